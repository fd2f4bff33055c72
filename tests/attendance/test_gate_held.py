"""What waits for the leader's word, and what becomes of it."""

from datetime import time, timedelta

import pytest

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.schools.models import Post
from attendance.actions import close_day, confirm_held, correct_mark, take_roll, undo_held
from attendance.actions.codes import call_back, make_code
from attendance.actions.lists import issue_list
from attendance.desk import tasks
from attendance.models import GateEvent, Handover, Incident, LateStay
from attendance.selectors.offline import held_events, list_content
from enrollment.models import DisputeHold
from tests import cast
from tests.attendance.families import father_of, restrict
from tests.attendance.gate import PHONE, TABLET, bring, mother_of, outcomes, tap, undo
from tests.attendance.town import THURSDAY, at


def event_of(taken) -> GateEvent:
    return GateEvent.objects.get(uid=taken.uid)


def test_an_old_list_holds_a_restricted_child_for_the_leader(here):
    """C3: at sixteen minutes the office has to be asked first; others are not concerned."""
    child, other, _ = here.children
    restrict(here, child, "某人")
    given = issue_list(here.school, day=THURSDAY, device=TABLET, now=at(17, 20), by=here.by_teacher).gate_list
    late = at(17, 36)
    held, free = bring(here, tap(child, when=late), tap(other, when=late), list_uid=given.uid)
    assert (held.outcome, free.outcome) == ("held", "accepted")

    [event] = held_events(here.school, THURSDAY)
    assert confirm_held(event, now=at(18, 5), by=here.by_leader).outcome == "accepted"
    assert Handover.objects.filter(student=child, at=late).exists()
    assert not held_events(here.school, THURSDAY)


def test_a_restriction_recorded_meanwhile_is_not_confirmed_away(here):
    child = here.children[0]
    [held] = bring(here, tap(child, pace=5))
    restrict(here, child, here.mothers[0].name)
    taken = confirm_held(GateEvent.objects.get(uid=held.uid), now=at(18, 5), by=here.by_leader)

    assert taken.outcome == "denied"
    assert not Handover.objects.exists()


def test_a_burst_is_held_and_the_notices_are_the_releases(town):
    """C8: six adults in ten seconds; brothers and sisters with one adult are one."""
    children = [*town.children, *(town.add_child(f"更多{n}") for n in range(4))]
    twin = cast.make_student(town.section.school_class, "双胞胎", guardian=town.mothers[0])
    town.seat(twin)
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    moments = [at(17, 42, second=n) for n in range(8)]
    shared = mother_of(children[0])
    queue = [tap(children[0], when=moments[0]), tap(twin, shared, when=moments[0])]
    queue += [tap(child, when=when) for child, when in zip(children[1:], moments[1:], strict=False)]
    taken = bring(town, *queue)

    assert outcomes(taken) == ["accepted"] * 6 + ["held"] * 2
    assert Handover.objects.count() == Notice.objects.filter(kind="handed_over").count() == 6
    assert bring(town, *queue) == taken
    with pytest.raises(RuleBroken, match="还有 2 个孩子没有交接"):
        close_day(town.school, day=THURSDAY, now=at(18), by=town.by_leader)


def test_what_a_leader_confirms_a_teacher_cannot(here):
    child = here.children[0]
    [held] = bring(here, tap(child, pace=9))
    said = tap(child, "", kind="confirm", about=held.uid)
    assert outcomes(bring(here, said)) == ["refused"]
    elsewhere = cast.make_school(here.school.bureau, "实验小学")
    Post.objects.create(person=here.teacher, role=Role.LEADER.name, school=elsewhere, began_on=cast.LONG_AGO)
    assert outcomes(bring(here, said)) == ["refused"], "who leads another school does not lead this one"
    assert not list_content(here.school, THURSDAY, here.by_teacher, at(18))["by"]["leader"]
    assert outcomes(bring(here, said, by=here.by_leader)) == ["accepted"]
    assert Handover.objects.get().by == here.teacher


def test_a_child_not_marked_or_absent_waits_for_the_leader(town):
    first, second, third = town.children
    assert outcomes(bring(town, tap(first))) == ["held"]
    take_roll(town.session, exceptions={second.pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    assert outcomes(bring(town, tap(second), tap(third))) == ["held", "accepted"]
    correct_mark(town.session, student=second, status="present", reason="点错了", now=at(17, 50), by=town.by_teacher)
    for event in held_events(town.school, THURSDAY):
        confirm_held(event, now=at(18, 1), by=town.by_leader)
    assert Handover.objects.count() == 3


def test_a_teacher_brings_a_child_of_another_section_and_it_is_held(here):
    other = cast.make_person("李老师", Role.TEACHER, here.school)
    assert outcomes(bring(here, tap(here.children[0]), by=cast.act(other, THURSDAY))) == ["held"]


def test_what_comes_after_the_close_is_held_but_for_a_child_kept_late(here):
    first, second, third = here.children
    bring(here, tap(first), tap(second))
    undo_later = Handover.objects.get(student=first)
    take = at(18, 20)
    LateStay.objects.create(
        school=here.school,
        day=THURSDAY,
        student=third,
        keeper=here.teacher,
        place="门卫室",
        began_at=take,
        by=here.leader,
    )
    here.school.day_closes.create(day=THURSDAY, closed_at=take, closed_by=here.leader)

    assert outcomes(bring(here, tap(third), now=at(18, 40))) == ["accepted"]
    said = tap(second, "", kind="undo", about=GateEvent.objects.get(student=second).uid)
    assert outcomes(bring(here, said, now=at(18, 41))) == ["denied"]
    assert "签字结束" in undo(undo_later, now=at(18, 42), by=here.by_leader).because
    assert Handover.objects.filter(undone_at=None).count() == 3


def test_who_was_there_at_noon_only_waits_for_the_leader(here):
    """Back at its lessons: the afternoon's roll says whether it is here."""
    child = here.children[0]
    noon = here.club(child, name="午托", starts=time(11, 40), ends=time(13, 50))
    type(noon.section.offering).objects.filter(pk=noon.section.offering_id).update(slot="noon")
    take_roll(noon, exceptions={}, now=at(11, 45), by=here.by_leader)
    correct_mark(here.session, student=child, status="absent", reason="没来", now=at(15, 50), by=here.by_teacher)

    assert outcomes(bring(here, tap(child))) == ["held"]


def test_what_was_held_is_still_confirmed_or_taken_back_the_day_after(here):
    first, second, third = here.children
    [held, mistake, _] = bring(here, tap(first, pace=7), tap(second, pace=7), tap(third))
    next_day = at(8, 30, day=THURSDAY + timedelta(days=1))
    assert confirm_held(event_of(held), now=next_day, by=here.by_leader).outcome == "accepted"
    assert undo_held(event_of(mistake), now=next_day, by=here.by_leader).outcome == "accepted"

    assert list(held_events(here.school, THURSDAY)) == []
    assert set(Handover.objects.filter(day=THURSDAY).values_list("student", flat=True)) == {first.pk, third.pk}
    undo(Handover.objects.get(student=third), now=next_day, by=here.by_leader)
    assert Handover.objects.get(student=third).undone_at == next_day


def test_a_dispute_needs_the_leader_and_a_call_to_both(here):
    """C5"""
    child = here.children[0]
    father = father_of(here, child)
    DisputeHold.objects.create(
        school=here.school, student=child, reason="电话里吵", recorded_by=here.leader, began_on=THURSDAY
    )
    [held] = bring(here, tap(child))
    event = GateEvent.objects.get(uid=held.uid)
    assert held.outcome == "held" and "告知监护人" in held.because
    assert confirm_held(event, now=at(18, 1), by=here.by_leader).outcome == "refused"
    bring(here, tap(child, "", kind="wrong_adult"))
    incident, office = Incident.objects.first(), cast.act(cast.make_person("办公室"), THURSDAY)
    for guardian in (here.mothers[0], father):
        call_back(incident, guardian=guardian, agreed=True, now=at(18, 2), by=office)

    assert outcomes(bring(here, tap(child))) == ["held"]
    assert confirm_held(event, now=at(18, 3), by=here.by_leader).outcome == "accepted"
    assert Handover.objects.count() == 1


def test_code_and_a_second_persons_call_are_known_to_the_leader_who_confirms(here):
    """The list was old: somebody else is barred, not the one who showed a code or whom a guardian named."""
    first, second, _ = here.children
    row, digits = make_code(
        first, day=THURSDAY, name="李桂花", relation="外婆", now=at(12), by=cast.act(here.mothers[0], THURSDAY)
    )
    bring(here, tap(second, "", kind="wrong_adult"))
    call = call_back(
        Incident.objects.get(), guardian=here.mothers[1], agreed=True, adult_name="周师傅", adult_relation="邻居",
        now=at(17, 20), by=here.by_leader,
    )  # fmt: skip
    for child in (first, second):
        restrict(here, child, "某人")
    given = issue_list(here.school, day=THURSDAY, device=TABLET, now=at(17, 20), by=here.by_teacher).gate_list
    taps = tap(first, f"code:{row.pk}", at(17, 36), code=digits), tap(second, f"call_back:{call.pk}", at(17, 37))
    taken = bring(here, *taps, list_uid=given.uid)
    assert outcomes(taken) == ["held", "held"]
    for one in taken:
        assert confirm_held(event_of(one), now=at(18, 5), by=here.by_leader).outcome == "accepted"


def test_what_was_held_after_the_close_is_taken_back_as_long_as_nobody_confirmed_it(here):
    bring(here, *map(tap, here.children))
    here.school.day_closes.create(day=THURSDAY, closed_at=at(18, 20), closed_by=here.leader)
    mistake, true = bring(here, tap(here.children[0], pace=7), tap(here.children[1]), device=PHONE, now=at(18, 30))
    next_day = THURSDAY + timedelta(days=1)
    [task] = tasks(cast.act(here.leader, next_day), next_day)
    assert (task.title, task.count) == ("10月15日交接待确认", 2)
    assert task.url == f"/attendance/day/?school={here.school.pk}&day=2026-10-15"
    assert confirm_held(event_of(true), now=at(18, 31), by=here.by_leader).outcome == "accepted"

    assert undo_held(event_of(mistake), now=at(18, 31), by=here.by_leader).outcome == "accepted"
    assert undo_held(event_of(true), now=at(18, 31), by=here.by_leader).outcome == "denied"
    assert not held_events(here.school, THURSDAY)
    assert not [one for one in tasks(cast.act(here.leader, next_day), next_day) if "待确认" in one.title]
    assert Handover.objects.filter(undone_at=None).count() == 3
