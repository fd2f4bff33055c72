"""Two phones at once, on real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import close_day, take_roll
from attendance.models import DayClose, Handover, Incident, Mark
from enrollment.selectors import collectors_of
from tests import cast
from tests.attendance.gate import ask, hand_over
from tests.attendance.town import THURSDAY, at, build

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_town(transactional_db):
    bureau = cast.make_bureau()
    town = build(cast.make_school(bureau), cast.make_term(bureau))
    town.open()
    return town


def at_once(*deeds):
    """Each deed in its own thread and connection, let go together; what each came to."""
    barrier = Barrier(len(deeds))

    def run(deed):
        try:
            barrier.wait()
            return deed()
        except RuleBroken as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_two_gates_hand_over_one_child_and_one_stands(open_town):
    town, child = open_town, open_town.children[0]
    father = cast.make_person("爸爸")
    child.guardianships.create(school=town.school, person=father, relation="父亲", began_on=cast.LONG_AGO)
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    mother, dad = collectors_of([child], THURSDAY)[child.pk]
    by = town.by_leader

    outcomes = at_once(
        lambda: ask(child, mother, now=at(17, 42), by=by),
        lambda: ask(child, dad, now=at(17, 42), by=by),
    )

    assert sorted(outcome.outcome for outcome in outcomes) == ["accepted", "incident"]
    assert Handover.objects.count() == 1
    assert Incident.objects.count() == 1


def test_ten_taps_for_the_same_adult_are_one_handover(open_town):
    town, child = open_town, open_town.children[0]
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    by = town.by_leader

    outcomes = at_once(*[lambda: ask(child, now=at(17, 42), by=by)] * 10)

    assert sorted(outcome.outcome for outcome in outcomes) == ["accepted"] + ["repeated"] * 9
    assert Handover.objects.count() == 1
    assert Notice.objects.filter(kind="handed_over").count() == 1


def test_two_submits_of_one_roll_and_one_stands(open_town):
    town, first, second = open_town, open_town.children[0], open_town.children[1]
    session, teacher, leader = town.session, town.by_teacher, town.by_leader

    outcomes = at_once(
        lambda: take_roll(session, exceptions={first.pk: "absent"}, now=at(15, 46), by=teacher),
        lambda: take_roll(session, exceptions={second.pk: "absent"}, now=at(15, 46), by=leader),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["RuleBroken", "Session"]
    assert Mark.objects.count() == 3
    assert Mark.objects.filter(status="absent").count() == 1
    assert Notice.objects.filter(kind="absent").count() == 1


def test_day_closed_while_the_last_child_leaves_counts_what_stands(open_town):
    town = open_town
    take_roll(town.session, exceptions={c.pk: "absent" for c in town.children[1:]}, now=at(15, 46), by=town.by_teacher)
    child = town.children[0]
    by = town.by_leader

    _, closed = at_once(
        lambda: hand_over(child, now=at(17, 42), by=by),
        lambda: close_day(town.school, day=THURSDAY, despite="2 个没到的孩子没有联系上家长", now=at(18), by=by),
    )

    assert Handover.objects.count() == 1
    if isinstance(closed, DayClose):
        assert closed.counts["handed_over"] == 1
    else:
        assert "没有交接" in str(closed)
        assert not DayClose.objects.exists()
