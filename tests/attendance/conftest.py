import pytest

from tests.attendance.town import build


@pytest.fixture
def town(haitang, term):
    """海棠路小学 on Thursday 15 October 2026, its day opened."""
    town = build(haitang, term)
    town.open()
    return town
