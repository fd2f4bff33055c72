"""safety.md 1.4 C: where each of the sixteen cases is proved, and those that no other file is about."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.signing import Signer
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from afterschool.access.capabilities import ROLES, Capability, Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import take_roll
from attendance.actions.lists import canonical, issue_list
from attendance.models import PickupChange
from attendance.selectors.gate_facts import facts_of
from attendance.told import Told
from enrollment.actions import (
    confirm_restriction,
    end_dispute,
    end_restriction,
    hold_in_dispute,
    keep_restriction,
    name_pickup,
    restrict,
)
from enrollment.models import PickupPerson, PickupRestriction, RestrictionReview
from enrollment.selectors import collectors_of, grants_of, held_in_dispute, restrictions_of
from tests import cast
from tests.attendance.families import father_of, name_grandma
from tests.attendance.families import restrict as barred
from tests.attendance.town import THURSDAY, at

TESTS = Path(__file__).parents[1]
HERE = "attendance/test_c_cases.py"
GATE = "attendance/test_gate_events.py"
HELD = "attendance/test_gate_held.py"
CODES = "attendance/test_gate_codes.py"
WHERE = {
    "C1 unknown adult": [
        (CODES, "test_unknown_adult_is_let_go_only_after_a_second_persons_call"),
        ("attendance/test_release.py", "test_an_adult_nobody_named_needs_a_code_or_a_second_persons_call"),
    ],
    "C2 adult under a restriction": [
        ("attendance/test_release.py", "test_no_grant_opens_to_whom_a_restriction_bars"),
        (GATE, "test_what_the_rules_deny_is_kept_as_an_incident_and_never_as_a_handover"),
    ],
    "C3 restriction recorded while the gate is offline": [
        (HELD, "test_an_old_list_holds_a_restricted_child_for_the_leader"),
        (HELD, "test_a_restriction_recorded_meanwhile_is_not_confirmed_away"),
        ("attendance/test_release.py", "test_what_a_restriction_leaves_open_waits_for_the_office_when_the_list_is_old"),
    ],
    "C4 order that lapses": [(HERE, "test_c4_an_order_that_lapses_is_looked_at_and_lifts_nothing")],
    "C5 invented restriction, mere dispute": [
        (HERE, "test_c5_no_restriction_without_a_document_and_two_people"),
        (HERE, "test_c5_a_dispute_bars_nobody_and_both_are_told"),
        (HELD, "test_a_dispute_needs_the_leader_and_a_call_to_both"),
    ],
    "C6 screenshot or forwarded code": [
        (CODES, "test_rotating_code_opens_once_for_its_child_guardian_and_minute"),
        (CODES, "test_code_of_a_barred_guardian_opens_nothing"),
    ],
    "C7 a call that says it is the mother": [
        (CODES, "test_unknown_adult_is_let_go_only_after_a_second_persons_call"),
        (HERE, "test_c7_nobody_at_the_school_can_name_an_adult_for_a_family"),
    ],
    "C8 everybody handed over at once": [
        (HELD, "test_a_burst_is_held_and_the_notices_are_the_releases"),
        ("attendance/test_release.py", "test_the_sixth_adult_in_ten_seconds_waits_for_the_leader"),
    ],
    "C9 child left behind": [
        ("attendance/test_close.py", "test_leader_principal_and_bureau_are_alarmed_in_turn_each_once_within_a_minute")
    ],
    "C10 two handovers for one child": [
        (GATE, "test_two_devices_with_the_same_children_make_one_handover_each_and_the_rest_incidents"),
        (GATE, "test_any_order_and_any_batches_of_six_offline_events_end_the_same"),
    ],
    "C11 young child leaving alone": [
        ("attendance/test_release.py", "test_a_child_leaves_alone_only_as_agreed_and_from_its_grade")
    ],
    "C12 absent child not noticed": [
        ("attendance/test_roll.py", "test_child_is_unmarked_until_the_roll_is_taken"),
        ("attendance/test_roll.py", "test_c12_a_roll_nobody_takes_is_told_to_the_teacher_then_the_leader_then_the_guardians_once_each"),
    ],
    "C13 who collects whom, when": [
        (HERE, "test_c13_c15_a_guard_sees_who_may_collect_and_no_reason_no_number"),
        ("attendance/test_guard.py", "test_c13_the_guard_sees_first_name_class_and_who_may_collect_today"),
        ("attendance/test_guard.py", "test_c13_the_history_of_handovers_is_not_there_for_a_guard"),
    ],
    "C14 a copy of the data as a weapon": [
        ("desks/test_child_export.py", "test_c14_a_copy_holds_nothing_of_the_other_guardian"),
        ("desks/test_child_export.py", "test_c14_where_guardians_are_at_odds_a_person_looks_first"),
    ],
    "C15 restriction seen at the gate": [
        (HERE, "test_c13_c15_a_guard_sees_who_may_collect_and_no_reason_no_number"),
        ("attendance/test_guard.py", "test_c15_of_a_restricted_child_the_guard_sees_nothing_but_that"),
    ],
    "C16 server gone at half past five": [
        ("attendance/test_offline.py", "test_forty_handovers_without_a_network_arrive_once_each_and_in_order"),
        (HERE, "test_c16_the_list_is_signed_dated_and_all_a_gate_needs"),
        ("attendance/test_paper.py", "test_paper_says_what_the_list_says"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", WHERE)
def test_each_case_is_proved_where_this_page_says(case):
    missing = [
        (file, name) for file, name in WHERE[case] if f"def {name}(" not in (TESTS / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_there_are_sixteen_cases():
    assert [case.split()[0] for case in WHERE] == [f"C{number}" for number in range(1, 17)]


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
    barred(town, child, father.name)
    end_dispute(hold, today=THURSDAY + timedelta(days=1), by=office)
    assert Notice.objects.filter(to=father, kind="dispute").count() == 1, "a document came: not told any more"
    assert held_in_dispute([child], THURSDAY + timedelta(days=1)) == set()


def test_c7_nobody_at_the_school_can_name_an_adult_for_a_family(town):
    """An adult is named by a guardian who has signed in; a telephone call reaches nobody who could do it."""
    assert [role for role, may in ROLES.items() if Capability.APPLY in may] == [Role.GUARDIAN]
    child, grandma = town.children[0], {"name": "王秀兰", "relation": "奶奶", "phone": "13900001111"}
    with pytest.raises(RuleBroken, match="监护人"):
        name_pickup(student=child, **grandma, began_on=THURSDAY, by=town.by_leader)
    assert not PickupPerson.objects.filter(student=child).exists()


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
    told = [Told(uuid4(), "release", one.pk, at(17)) for one in town.children]
    facts = facts_of(town.school, THURSDAY, told, device="", by=town.by_teacher)
    known, held = grants_of(town.children, THURSDAY), restrictions_of(town.children, THURSDAY)
    for one in town.children:
        assert [adult.grant for adult in facts.known[one.pk].values()] == [adult.grant for adult in known[one.pk]]
        assert {r.adult for r in facts.restrictions[one.pk]} == {r.adult for r in held[one.pk]}
    assert facts.own == {one.pk for one in town.children}
