"""The intake: each event once, nothing lost, nothing overwritten, whatever the order."""

from datetime import time, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.schools.models import Guardianship, Post
from attendance import codes
from attendance.actions import close_day, confirm_held, correct_mark, take_events, take_roll, undo_held
from attendance.actions.codes import call_back, make_code
from attendance.actions.lists import issue_list
from attendance.desk import tasks
from attendance.models import GateEvent, Handover, Incident, LateStay
from attendance.selectors.offline import held_events, list_content
from attendance.told import Told
from enrollment.models import DisputeHold, PickupPerson, PickupRestriction
from tests import cast
from tests.attendance.gate import mother_of, tap, undo
from tests.attendance.town import THURSDAY, at

TABLET, PHONE = str(uuid4()), str(uuid4())


@pytest.fixture
def here(town):
    """The roll is taken, everybody is there."""
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return town


def bring(town, *events, device=TABLET, now=None, by=None, **more):
    return take_events(town.school, events, device=device, now=now or at(18), by=by or town.by_teacher, **more)


def outcomes(taken) -> list[str]:
    return [one.outcome for one in taken]


def name_grandma(town, child):
    return PickupPerson.objects.create(
        school=town.school, student=child, name="王秀兰", relation="奶奶", phone="13900001111",
        named_by=town.mothers[0], began_on=cast.LONG_AGO,
    )  # fmt: skip


def restrict(town, child, name):
    return PickupRestriction.objects.create(
        school=town.school, student=child, person_name=name, document="（2026）民初1号", began_on=cast.LONG_AGO,
        recorded_by=cast.make_person("办公室甲"),
    )  # fmt: skip


def father_of(town, child):
    father = cast.make_person("陈志强")
    Guardianship.objects.create(
        school=town.school, student=child, person=father, relation="父亲", began_on=cast.LONG_AGO
    )
    return father


def state_of(town):
    """What must not depend on the order of receipt."""
    gone = set(Handover.objects.filter(undone_at=None).values_list("student", flat=True))
    open_twice = Incident.objects.filter(kind=Incident.Kind.TWICE, settled_at=None).values_list("student", flat=True)
    return gone, sorted(open_twice), set(held_events(town.school, THURSDAY).values_list("uid", flat=True))


def test_a_whole_queue_sent_again_and_again_is_taken_once(here):
    """F5, and F4: the answer was lost, the device asks again."""
    events = [tap(child) for child in here.children]
    first = bring(here, *events)
    for again in (events, events[:1], [*events, *events]):
        assert bring(here, *again, by=here.by_leader)[: len(events)] == first[: len(again)]

    assert outcomes(first) == ["accepted"] * 3
    assert Handover.objects.count() == GateEvent.objects.count() == 3
    assert Notice.objects.filter(kind="handed_over").count() == 3


def test_events_are_written_in_ink(here):
    bring(here, tap(here.children[0]))
    with pytest.raises(DatabaseError, match="written in ink"), transaction.atomic():
        GateEvent.objects.update(outcome="denied")


def test_two_devices_with_the_same_children_make_one_handover_each_and_the_rest_incidents(here):
    """C10"""
    bring(here, *[tap(child) for child in here.children])
    again = bring(here, *[tap(child) for child in here.children], device=PHONE)

    assert outcomes(again) == ["incident"] * 3
    assert Handover.objects.count() == 3
    assert Incident.objects.filter(kind=Incident.Kind.TWICE, settled_at=None).count() == 3
    assert "由母亲接走" in Incident.objects.first().note


def test_a_double_tap_on_one_device_is_no_incident(here):
    child = here.children[0]
    assert outcomes(bring(here, tap(child), tap(child))) == ["accepted", "repeated"]
    assert not Incident.objects.exists()


def test_any_order_and_any_batches_of_six_offline_events_end_the_same(here):
    """F6 on real tables; tests/attendance/test_settling.py tries every order."""
    first, second, third = here.children
    grandma = name_grandma(here, first)
    mine, hers = tap(first), tap(first, f"pickup:{grandma.pk}")
    events = [
        (TABLET, mine), (PHONE, hers), (TABLET, tap(first, "", kind="undo", about=mine.uid)), (PHONE, tap(second)),
        (TABLET, tap(third, pace=5)), (TABLET, tap(second)),
    ]  # fmt: skip
    wanted, dice = None, Random(5)
    for _ in range(12):
        dice.shuffle(events)
        with transaction.atomic():
            batches = dice.choice([[[one] for one in events], [events[:3], events[3:]]])
            for batch in batches:
                for device in (TABLET, PHONE):
                    bring(here, *[told for on, told in batch if on == device], device=device)
            found = state_of(here)
            assert Handover.objects.filter(student=first, undone_at=None).get().collector_relation == "奶奶"
            transaction.set_rollback(True)
        wanted = wanted or found
        assert found == wanted
    assert wanted == ({first.pk, second.pk}, [second.pk], {next(told.uid for _, told in events if told.pace)})


def test_an_undo_lets_the_other_claim_stand_and_settles_the_incident(here):
    child = here.children[0]
    grandma = name_grandma(here, child)
    mine = tap(child)
    bring(here, mine)
    bring(here, tap(child, f"pickup:{grandma.pk}"), device=PHONE)
    bring(here, tap(child, "", kind="undo", about=mine.uid))

    stands = Handover.objects.get(undone_at=None)
    assert stands.collector_relation == "奶奶"
    assert Handover.objects.count() == 2
    incident = Incident.objects.get()
    assert incident.settled_by == here.teacher and "撤销" in incident.follow_up


def test_a_device_clock_off_by_two_days_moves_no_day_and_no_handover(here):
    """X5: between the list and the receipt the claim is believed, beyond it is not."""
    given = issue_list(here.school, day=THURSDAY, device=TABLET, now=at(17, 20), by=here.by_teacher).gate_list
    whens = [at(17, 42) + timedelta(hours=hours) for hours in (-48, 0, 48)]
    bring(here, *[tap(child, when=when) for child, when in zip(here.children, whens, strict=True)], list_uid=given.uid)

    assert list(Handover.objects.order_by("student").values_list("at", flat=True)) == [at(17, 20), at(17, 42), at(18)]
    assert set(Handover.objects.values_list("day", flat=True)) == {THURSDAY}
    assert list(GateEvent.objects.order_by("student").values_list("claimed_at", flat=True)) == whens


def test_a_queue_brought_the_next_morning_belongs_to_the_day_of_its_list(here):
    given = issue_list(here.school, day=THURSDAY, device=TABLET, now=at(17, 20), by=here.by_teacher).gate_list
    tomorrow = at(7, 30, day=THURSDAY + timedelta(days=1))
    bring(here, tap(here.children[0]), list_uid=given.uid, now=tomorrow, by=here.by_leader)

    handover = Handover.objects.get()
    assert (handover.day, handover.at, handover.by) == (THURSDAY, at(17, 42), here.teacher)


def test_what_the_rules_deny_is_kept_as_an_incident_and_never_as_a_handover(here):
    """C2 through the intake: also a restriction that the device did not know of."""
    child = here.children[0]
    father = father_of(here, child)
    restrict(here, child, "陈志强")
    uncle = PickupPerson.objects.create(
        school=here.school, student=child, name="叔叔", relation="叔叔", phone="13900002222", named_by=father,
        began_on=cast.LONG_AGO,
    )  # fmt: skip
    ways = [f"guardian:{father.pk}", f"pickup:{uncle.pk}", "guardian:999999", "code:1", ""]
    taken = bring(here, *[tap(child, way) for way in ways], tap(child, "", mode="self"), by=here.by_leader)

    assert outcomes(taken) == ["denied"] * 6
    assert {one.because for one in taken} == {"不要放行，联系办公室"}
    assert not Handover.objects.exists()
    assert Incident.objects.filter(kind=Incident.Kind.RESTRICTED).count() == 6
    assert not Notice.objects.filter(to=father).exists()


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


def test_rotating_code_opens_once_for_its_child_guardian_and_minute(here):
    """C6: a screenshot, another child's, another guardian's, a guess."""
    first, second, _ = here.children
    mother, now = here.mothers[0], at(17, 42, second=5)
    code = codes.rotating_code(first.pk, mother.pk, now)
    way = f"guardian:{mother.pk}"
    Guardianship.objects.create(
        school=here.school, student=second, person=mother, relation="姑姑", began_on=cast.LONG_AGO
    )
    wrong = f"{(int(code) + 1) % 10**6:06}"
    bad = [tap(second, way, code=code), tap(first, way, code=wrong), tap(first, mother_of(here.children[2]), code=code)]
    assert outcomes(bring(here, *bad, now=now)) == ["denied"] * 3
    assert outcomes(bring(here, tap(first, way, code=code), now=at(17, 43, second=6))) == ["denied"]

    [taken] = bring(here, tap(first, way, code=code), now=now + timedelta(seconds=30))
    assert taken.outcome == "accepted"
    assert Handover.objects.get().how == "code"
    undo(Handover.objects.get(), now=now + timedelta(seconds=31), by=here.by_teacher)
    assert outcomes(bring(here, tap(first, way, code=code), now=now + timedelta(seconds=32))) == ["denied"]


def test_one_time_code_lets_its_holder_collect_once(here):
    child, mother = here.children[0], cast.act(here.mothers[0], THURSDAY)
    row, digits = make_code(child, day=THURSDAY, name="李桂花", relation="外婆", now=at(12), by=mother)
    way = f"code:{row.pk}"
    wrong = f"{(int(digits) + 1) % 10**6:06}"
    assert outcomes(bring(here, tap(child, way, code=wrong), tap(here.children[1], way, code=digits))) == ["denied"] * 2
    assert outcomes(bring(here, tap(child, way, code=digits))) == ["accepted"]

    assert Handover.objects.get().words == "由外婆接走"
    undo(Handover.objects.get(), now=at(18, 1), by=here.by_teacher)
    assert outcomes(bring(here, tap(child, way, code=digits))) == ["denied"]


def test_code_of_a_barred_guardian_opens_nothing(here):
    child = here.children[0]
    row, digits = make_code(
        child, day=THURSDAY, name="李桂花", relation="外婆", now=at(12), by=cast.act(here.mothers[0], THURSDAY)
    )
    restrict(here, child, here.mothers[0].name)
    assert outcomes(bring(here, tap(child, f"code:{row.pk}", code=digits))) == ["denied"]
    with pytest.raises(RuleBroken, match="学校办公室"):
        make_code(child, day=THURSDAY, name="某", relation="叔", now=at(12), by=cast.act(here.mothers[0], THURSDAY))


def test_unknown_adult_is_let_go_only_after_a_second_persons_call(here):
    """C1, C7"""
    child, mother = here.children[0], here.mothers[0]
    assert outcomes(bring(here, tap(child, "", kind="wrong_adult"))) == ["denied"]
    incident = Incident.objects.get(kind=Incident.Kind.WRONG_ADULT)
    asked = {"guardian": mother, "agreed": True, "adult_name": "周师傅", "adult_relation": "邻居", "now": at(17, 50)}
    with pytest.raises(RuleBroken, match="另一个人"):
        call_back(incident, **asked, by=here.by_teacher)
    newcomer = cast.make_person("新号码")
    child.guardianships.create(school=here.school, person=newcomer, relation="叔叔", began_on=THURSDAY)
    with pytest.raises(RuleBroken, match="今天以前"):
        call_back(incident, **{**asked, "guardian": newcomer}, by=here.by_leader)

    call = call_back(incident, **asked, by=here.by_leader)
    other = here.children[1]
    assert outcomes(bring(here, tap(other, f"call_back:{call.pk}"), tap(child, f"call_back:{call.pk}"))) == [
        "denied", "accepted",
    ]  # fmt: skip
    handover = Handover.objects.get()
    assert (handover.how, handover.words, handover.call_back) == ("call_back", "由邻居接走", call)


def test_a_later_no_takes_the_yes_back_and_a_second_press_is_one_call(here):
    """C1: the wrong button, or a guardian who calls again."""
    child = here.children[0]
    bring(here, tap(child, "", kind="wrong_adult"))
    incident = Incident.objects.get(kind=Incident.Kind.WRONG_ADULT)
    said = {"guardian": here.mothers[0], "adult_name": "周师傅", "adult_relation": "邻居", "by": here.by_leader}
    yes = call_back(incident, **said, agreed=True, now=at(17, 50))
    assert call_back(incident, **said, agreed=True, now=at(17, 50)) == yes
    call_back(incident, **said, agreed=False, now=at(17, 51))

    listed = list_content(here.school, THURSDAY, here.by_teacher, at(17, 52))["children"]
    assert not [one for row in listed for one in row["adults"] if one["key"].startswith("call_back")]
    assert outcomes(bring(here, tap(child, f"call_back:{yes.pk}"))) == ["denied"]
    again = call_back(incident, **said, agreed=True, now=at(17, 55))
    assert outcomes(bring(here, tap(child, f"call_back:{again.pk}"))) == ["accepted"]


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


def event_of(taken) -> GateEvent:
    return GateEvent.objects.get(uid=taken.uid)


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


def test_a_child_of_another_school_is_refused_and_not_written(here):
    stranger = cast.make_student(cast.make_class(cast.make_school(here.school.bureau, "别的小学")), "外校")
    assert outcomes(bring(here, tap(stranger, ""))) == ["refused"]
    assert not GateEvent.objects.exists()


def test_queries_do_not_grow_with_the_batch(town):
    """One question of each kind, however many children, handovers and incidents."""
    children = [*town.children, *(town.add_child(f"更多{n}") for n in range(6))]
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    used, by = [], town.by_teacher
    for group in (children[:1], children[1:5]):
        counts = []
        for device in (TABLET, PHONE):
            events = [tap(child) for child in group]
            with CaptureQueriesContext(connection) as queries:
                bring(town, *events, device=device, by=by)
            counts.append(len(queries))
        used.append(counts)
    assert used[0] == used[1]
    assert used[0][0] <= 18, used


def test_a_number_used_for_another_child_answers_with_the_first(here):
    first, second, _ = here.children
    told = tap(first)
    bring(here, told)
    again = Told(told.uid, "release", second.pk, told.claimed_at, mode="collected", adult=mother_of(second))
    [taken] = bring(here, again)
    assert (taken.student_id, Handover.objects.count()) == (first.pk, 1)
    assert isinstance(taken.uid, UUID)
