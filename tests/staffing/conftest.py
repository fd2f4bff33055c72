import pytest

from tests.attendance.town import build


@pytest.fixture
def town(haitang, term):
    """海棠路小学 with 三(2)班, 王静 and 赵立新 on the rota of Thursday 15 October 2026."""
    return build(haitang, term)
