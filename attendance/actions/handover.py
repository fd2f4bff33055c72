"""交接 from a page of the server: through the same intake as every device, but told at once what does not pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.schools.models import School, Student
from attendance.models import Handover, Incident
from attendance.release import CALL_OFFICE
from attendance.selectors import State, day_book
from attendance.told import Kind, Outcome, Taken, Told
from enrollment.selectors import Collector, collectors_of

from .day import lock, lock_open_day
from .gate import page_of, take_events, tick

Mode = Handover.Mode


@dataclass(frozen=True)
class Departure:
    """One child leaves: with which adult, or on their own or by bus."""

    student: Student
    at: datetime
    collector: Collector | None = None
    mode: str = Mode.COLLECTED
    code: str = ""

    @property
    def taker(self) -> tuple[str, int | None, int | None]:
        adult = self.collector if self.mode == Mode.COLLECTED else None
        pk = {adult.kind: adult.pk} if adult else {}
        return self.mode, pk.get("guardian"), pk.get("pickup")

    def told(self) -> Told:
        adult = f"{self.collector.kind}:{self.collector.pk}" if self.collector and self.mode == Mode.COLLECTED else ""
        return Told(
            uuid4(), Kind.RELEASE, self.student.pk, self.at, tick(self.at), mode=self.mode, adult=adult, code=self.code
        )


class Flagged(RuleBroken):
    """A refusal that goes on record as an incident, and the leaders are told."""

    def __init__(self, message: str, student: Student, told: Told):
        super().__init__(message)
        self.student, self.told = student, told


def hand_over(
    student: Student,
    *,
    day: date,
    collector: Collector | None = None,
    mode: str = Mode.COLLECTED,
    code: str = "",
    siblings: Sequence[Student] = (),
    now: datetime,
    by: Actor,
) -> Handover:
    """Two taps at the gate: this child, this adult; brothers and sisters may go along with the same adult.

    Said a second time it returns the first handover. Whoever may not take the child is refused and recorded.
    """
    departures = [Departure(student, now, collector, mode, code)]
    known = collectors_of(siblings, day) if siblings else {}
    for sibling in siblings:
        same = next((adult for adult in known[sibling.pk] if _is_same(adult, collector)), collector)
        departures.append(Departure(sibling, now, same, mode))
    return hand_over_all(departures, day=day, by=by)[0]


def hand_over_all(departures: Sequence[Departure], *, day: date, by: Actor) -> list[Handover]:
    """Several children of one school at once, all or none; queries do not grow with them."""
    school, now = departures[0].student.school, max(departure.at for departure in departures)
    try:
        return _hand_over_all(school, departures, day, now, by)
    except Flagged as refusal:
        # The refusal undid everything; what was tried at the gate is written down all the same.
        take_events(school, [refusal.told], device=page_of(by), day=day, now=now, by=by)
        raise


@transaction.atomic
def undo_handover(handover: Handover, *, now: datetime, by: Actor) -> Handover:
    """撤销: the child is still here. The undone handover stays on record."""
    lock_open_day(handover.school_id, handover.day)
    handover = Handover.objects.select_related("event", "school", "student").get(pk=handover.pk)
    if handover.event is None:
        raise RuleBroken("这次交接没有登记号，不能在这里撤销，请记为异常")
    if handover.undone_at is None:
        told = Told(uuid4(), Kind.UNDO, handover.student_id, now, tick(now), about=handover.event.uid)
        take_events(handover.school, [told], device=page_of(by), day=handover.day, now=now, by=by)
        handover.refresh_from_db()
    return handover


def report_wrong_adult(student: Student, *, day: date, now: datetime, by: Actor) -> Incident:
    """都不是这几位: an adult whom nobody has named asks for the child. The child stays; the leaders are called."""
    told = Told(uuid4(), Kind.WRONG_ADULT, student.pk, now, tick(now))
    take_events(student.school, [told], device=page_of(by), day=day, now=now, by=by)
    return Incident.objects.get(event__uid=told.uid)


@transaction.atomic
def _hand_over_all(
    school: School, departures: Sequence[Departure], day: date, now: datetime, by: Actor
) -> list[Handover]:
    lock(school.pk)
    students = [departure.student.pk for departure in departures]
    standing = Handover.objects.filter(student__in=students, day=day, undone_at=None)
    gone = {one.student_id: (one.mode, one.guardian_id, one.pickup_person_id) for one in standing}
    # Another colleague has just done the same: a page knows what stands, an offline device does not.
    new = [departure for departure in departures if gone.get(departure.student.pk) != departure.taker]
    told = [departure.told() for departure in new]
    taken = take_events(school, told, device=page_of(by), day=day, now=now, by=by)
    for departure, said, one in zip(new, told, taken, strict=True):
        if one.outcome not in (Outcome.ACCEPTED, Outcome.REPEATED):
            raise _refusal(departure, said, one, day)
    stands = {one.student_id: one for one in standing.all()}
    return [stands[pk] for pk in students]


def _refusal(departure: Departure, told: Told, taken: Taken, day: date) -> RuleBroken:
    student = departure.student
    if taken.outcome == Outcome.INCIDENT:
        gone = Handover.objects.get(student=student, day=day, undone_at=None)
        return Flagged(f"{student.name} {timezone.localtime(gone.at):%H:%M} 已经{gone.words}", student, told)
    if taken.because == CALL_OFFICE:
        return Flagged(f"{student.name}：{CALL_OFFICE}", student, told)
    if taken.outcome == Outcome.HELD:
        lock_open_day(student.school_id, day)
        _must_be_here(student, day_book(student.school, day, students=[student]).states().get(student.pk))
    return RuleBroken(f"{student.name}：{taken.because}")


def _must_be_here(student: Student, state: State | None) -> None:
    if state is None:
        raise RuleBroken(f"{student.name} 今天不在课后服务名单里")
    if state == State.UNMARKED:
        raise RuleBroken(f"{student.name} 还没有点名，请先点名再交接")
    if state not in (State.HERE, State.KEPT, State.GONE):
        raise RuleBroken(f"{student.name} 今天{state.label}，不能交接；如果孩子在学校，请先改考勤")


def _is_same(adult: Collector, asked: Collector | None) -> bool:
    """Is it the same person who may collect the brother or sister too?"""
    if asked is None:
        return False
    if adult.kind == asked.kind == "guardian":
        return adult.pk == asked.pk
    return (adult.name, adult.phone_tail) == (asked.name, asked.phone_tail)
