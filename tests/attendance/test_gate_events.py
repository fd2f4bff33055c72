"""The intake: each event once, nothing lost, nothing overwritten, whatever the order."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from afterschool.notices.models import Notice
from attendance.actions import take_roll
from attendance.actions.lists import issue_list
from attendance.models import GateEvent, Handover, Incident
from attendance.selectors.offline import held_events
from attendance.told import Told
from enrollment.models import PickupPerson
from tests import cast
from tests.attendance.families import father_of, name_grandma, restrict
from tests.attendance.gate import PHONE, TABLET, bring, mother_of, outcomes, tap
from tests.attendance.town import THURSDAY, at


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
