import pytest

from attendance.actions import take_events, take_roll
from enrollment.models import Section
from tests import cast
from tests.attendance.gate import hand_over
from tests.attendance.phones import Phone
from tests.attendance.town import at, build

NAMES = [f"{family}{given}" for family in "陈林郑周何孙郭张李王" for given in ("一诺", "可欣", "浩然", "思远")]


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


@pytest.fixture
def wall(monkeypatch):
    """What the server's clock shows, and whether the server is there; tests move both. A page that is loaded anew without
    a network may slip one request through before the browser holds it back: nobody is there to take it.
    """
    wall = {"now": at(15, 40), "there": True}
    monkeypatch.setattr("django.utils.timezone.now", lambda: wall["now"])
    monkeypatch.setattr("attendance.views.gate_api.take_events", lambda *told, **how: _taken(wall, *told, **how))
    return wall


def _taken(wall, *told, **how):
    if not wall["there"]:
        raise ConnectionError("the server is gone")
    return take_events(*told, **how)


@pytest.fixture
def gate(wall, browser, live_server):
    """A school of so many children at 17:40, the roll taken; and telephones for its people."""
    phones = []

    def make(count, younger=""):
        bureau = cast.make_bureau()
        town = build(cast.make_school(bureau), cast.make_term(bureau), children=0)
        for name in NAMES[:count]:
            town.add_child(name)
        if younger:
            klass = cast.make_class(town.school, grade=3, number=1)
            beside = Section.objects.create(
                school=town.school, term=town.term, offering=town.offering, school_class=klass, name="三(1)班"
            )
            town.seat(cast.make_student(klass, younger, guardian=town.mothers[0]), section=beside)
        town.open()
        for session in town.school.sessions.all():
            take_roll(session, exceptions={}, now=at(15, 46), by=town.by_leader)
        wall["now"] = at(17, 40)
        town.phone = phone
        return town

    def phone(person, **context):
        phones.append(Phone(browser, live_server.url, person, **context))
        return phones[-1]

    yield make
    for one in phones:
        one.context.close()
