import pytest

from attendance.actions import take_roll
from tests.attendance.town import at, build


@pytest.fixture
def town(haitang, term):
    """海棠路小学 on Thursday 15 October 2026, its day opened."""
    town = build(haitang, term)
    town.open()
    return town


@pytest.fixture
def here(town):
    """The roll is taken, everybody is there."""
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return town
