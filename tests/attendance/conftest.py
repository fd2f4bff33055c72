import pytest

from attendance.actions import take_roll
from tests.attendance.gate import hand_over
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


@pytest.fixture
def past(here):
    """Of Thursday's three children nobody has written down how the first one left."""
    for child in here.children[1:]:
        hand_over(child, now=at(17, 35), by=here.by_teacher)
    return here
