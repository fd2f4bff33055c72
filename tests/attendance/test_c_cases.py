"""safety.md 1.4 C, what is not named elsewhere.

C1 C3 C5 C6 C8 C10: test_gate_events. C2 C11: test_release. C9 C12: the alarms. Here: C4, C5 at the office, C13, C15, C16.
"""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.signing import Signer
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import take_roll
from attendance.actions.lists import canonical, issue_list
from attendance.models import PickupChange
from attendance.selectors.facts import facts_of
from enrollment.actions import (
    confirm_restriction,
    end_dispute,
    end_restriction,
    hold_in_dispute,
    keep_restriction,
    restrict,
)
from enrollment.models import PickupPerson, PickupRestriction, RestrictionReview
from enrollment.selectors import collectors_of, grants_of, held_in_dispute, restrictions_of
from tests import cast
from tests.attendance.test_gate_events import father_of, name_grandma
from tests.attendance.test_gate_events import restrict as barred
from tests.attendance.town import THURSDAY, at


@pytest.fixture
def office(town):
    return cast.act(cast.make_person("办公室", Role.SCHOOL_ADMIN, town.school), THURSDAY)


def test_c4_an_order_that_lapses_is_looked_at_and_lifts_nothing(town, office):
    child, father = town.children[0], father_of(town, town.children[0])
    expires = THURSDAY + timedelta(days=30)
    row = restrict(
        student=child,
        person_name="陈志强",
        document="（2026）民保令1号",
        began_on=THURSDAY,
        expires_on=expires,
        by=office,
    )

    def lapsing(day):
        return list(PickupRestriction.objects.lapsing(day))

    assert [lapsing(expires - timedelta(days=n)) == [row] for n in (15, 14, 0, -200)] == [False, True, True, True]
    for day in (expires, expires + timedelta(days=1), expires + timedelta(days=400)):
        assert [one.barred for one in collectors_of([child], day)[child.pk] if one.pk == father.pk] == [True]

    with pytest.raises(RuleBroken, match="理由"):
        keep_restriction(restriction=row, expires_on=None, reason=" ", today=expires, by=office)
    keep_restriction(restriction=row, expires_on=None, reason="法院续期", today=expires, by=office)
    assert lapsing(expires) == []
    end_restriction(
        restriction=row, ended_on=expires, reason="法院撤销", by=cast.act(cast.make_person("校长"), THURSDAY)
    )
    assert list(RestrictionReview.objects.values_list("kept", "reason")) == [(True, "法院续期"), (False, "法院撤销")]


def test_c5_no_restriction_without_a_document_and_two_people(town, office):
    child = town.children[0]
    with pytest.raises(RuleBroken, match="没有文书"):
        restrict(student=child, person_name="陈志强", document=" ", began_on=THURSDAY, by=office)
    row = restrict(student=child, person_name="陈志强", document="（2026）民保令1号", began_on=THURSDAY, by=office)
    with pytest.raises(RuleBroken, match="两个人"):
        confirm_restriction(restriction=row, by=office)
    with pytest.raises(IntegrityError), transaction.atomic():
        PickupRestriction.objects.filter(pk=row.pk).update(confirmed_by=office.person_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        PickupRestriction.objects.filter(pk=row.pk).update(document="")


def test_c5_a_dispute_bars_nobody_and_both_are_told(town, office):
    child, father = town.children[0], father_of(town, town.children[0])
    hold = hold_in_dispute(child, reason="电话里吵", today=THURSDAY, by=office)

    assert held_in_dispute([child], THURSDAY) == {child.pk}
    assert not any(one.barred for one in collectors_of([child], THURSDAY)[child.pk])
    assert set(Notice.objects.filter(kind="dispute").values_list("to", flat=True)) == {father.pk, town.mothers[0].pk}
    with pytest.raises(RuleBroken, match="已经登记"):
        hold_in_dispute(child, reason="又吵", today=THURSDAY, by=office)
    end_dispute(hold, today=THURSDAY + timedelta(days=1), by=office)
    assert held_in_dispute([child], THURSDAY + timedelta(days=1)) == set()


def given_to(town, person):
    return issue_list(town.school, day=THURSDAY, device=str(uuid4()), now=at(17, 20), by=cast.act(person, THURSDAY))


def test_c13_c15_a_guard_sees_who_may_collect_and_no_reason_no_number(town):
    child, father = town.children[0], father_of(town, town.children[0])
    barred(town, child, "陈志强")
    name_grandma(town, child)
    guard = cast.make_person("门卫", Role.GUARD, town.school)
    said = json.dumps(given_to(town, guard).content, ensure_ascii=False)
    [row] = [one for one in json.loads(said)["children"] if one["id"] == child.pk]

    assert row["call_office"]
    assert {one["name"]: one["barred"] for one in row["adults"]} == {
        town.mothers[0].name: False, "陈志强": True, "王秀兰": False,
    }  # fmt: skip
    for secret in ("民初1号", father.phone, town.mothers[0].phone, "13900001111", child.number, str(child.born_on)):
        assert secret not in said


def test_c16_the_list_is_signed_dated_and_all_a_gate_needs(town):
    take_roll(town.session, exceptions={town.children[1].pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    grandma = name_grandma(town, town.children[0])
    PickupChange.objects.create(
        school=town.school, student=town.children[0], day=THURSDAY, pickup_person=grandma, comes_at=at(17, 50).time(),
        asked_by=town.mothers[0], asked_at=at(12),
    )  # fmt: skip
    issued = given_to(town, town.teacher)
    content = issued.content

    assert issued.gate_list.sha256 and issued.gate_list.children == 3
    assert Signer(salt="attendance.gate-list").signature(issued.gate_list.sha256) == issued.signature
    assert (content["issued_at"], content["stale_after"], content["works_until"]) == (
        at(17, 20).isoformat(), at(17, 35).isoformat(), at(21, 20).isoformat(),
    )  # fmt: skip
    assert [one["state"] for one in content["children"]] == ["here", "absent", "here"]
    first = content["children"][0]
    assert (first["leaves_at"], first["mode"], first["note"]) == ("17:30", "collected", "今天由王秀兰来接，17:50 到")
    assert [one["name"] for one in first["adults"] if one["today"]] == ["王秀兰"]
    assert canonical(content) == canonical(json.loads(json.dumps(content)))


def test_c16_the_list_takes_no_more_questions_for_more_children(town):
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            given_to(town, town.leader)
        asked.append(len(queries))
        for number in range(4):
            town.add_child(f"更多{number}{len(asked)}")
    assert asked[0] == asked[1]


def test_the_gate_knows_what_the_rooms_know(town):
    """The one question of the intake against the selectors, child by child."""
    child, other, _ = town.children
    father, _grandma = father_of(town, child), name_grandma(town, child)
    barred(town, child, "陈志强")
    PickupRestriction.objects.create(
        school=town.school, student=other, person_name="某人", person=father, document="号", recorded_by=town.leader,
        began_on=THURSDAY,
    )  # fmt: skip
    lapsed, not_yet = name_grandma(town, other), name_grandma(town, other)
    PickupPerson.objects.filter(pk=lapsed.pk).update(ended_on=THURSDAY - timedelta(days=1))
    PickupPerson.objects.filter(pk=not_yet.pk).update(began_on=THURSDAY + timedelta(days=1))
    facts = facts_of(
        town.school, THURSDAY, students=[one.pk for one in town.children], uids=[], device="", claims=[at(17)],
        by=town.by_teacher,
    )  # fmt: skip
    known, held = grants_of(town.children, THURSDAY), restrictions_of(town.children, THURSDAY)
    for one in town.children:
        assert [adult.grant for adult in facts.known[one.pk]] == [adult.grant for adult in known[one.pk]]
        assert {r.adult for r in facts.restrictions[one.pk]} == {r.adult for r in held[one.pk]}
    assert facts.own == {one.pk for one in town.children}
