"""Days that are over: whose way home nobody registered, and what was written down afterwards."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from afterschool.access.reach import Reach
from afterschool.plans.models import Offering
from afterschool.schools.models import School, Student
from attendance.models import (
    CallBack,
    DayClose,
    GateEvent,
    Handover,
    LaterRecord,
    LateStay,
    Mark,
    MarkCorrection,
    PickupChange,
    PickupCode,
)
from enrollment.selectors import collectors_of
from staffing.selectors import moment

from .book import DayBook, State, day_book
from .gate import leave_modes
from .offline import held_events, waiting_events


@dataclass(frozen=True)
class Unrecorded:
    """A child that was there and of whom nobody registered how it left."""

    student: Student
    since: datetime  # when its first session began, or its keeper took over
    stay: LateStay | None
    asked: LaterRecord | None
    ways: dict[str, str]  # the gate's name of each way open on that day, and its words


def unrecorded(school: School, day: date, now: datetime) -> list[Unrecorded]:
    """Class after class, with the ways open to each."""
    if not _is_over(school, day, now):
        return []
    book = day_book(school, day)
    found = _lacking(school, book, now)
    ways = _ways(found, day)
    asked = {one.student_id: one for one in _asked().filter(school=school, day=day).select_related("by")}
    rows = []
    for child in sorted(found, key=lambda one: (one.school_class.grade, one.school_class.number, one.sort_key)):
        stay, began = book.stays.get(child.pk), moment(day, book.sessions_of(child.pk)[0].starts_at)
        since = stay.began_at if stay else began
        rows.append(Unrecorded(child, since, stay, asked.get(child.pk), ways[child.pk]))
    return rows


def count_unrecorded(school: School, day: date, now: datetime, *, students: Iterable[Student] | None = None) -> int:
    """How many of the school, or of some children."""
    return len(_lacking(school, day_book(school, day, students=students), now)) if _is_over(school, day, now) else 0


def _is_over(school: School, day: date, now: datetime) -> bool:
    """The day is, or it is signed."""
    return day < timezone.localdate(now) or DayClose.objects.filter(school=school, day=day).exists()


def _lacking(school: School, book: DayBook, now: datetime) -> list[Student]:
    """On the day itself whoever is kept still leaves by the gate; a handover that waits for the leader's word is no missing
    one."""
    wanted = {State.HERE, State.KEPT} if book.day < timezone.localdate(now) else {State.HERE}
    waiting = {event.student_id for event in held_events(school, book.day)}
    return [book.children[pk] for pk, state in book.states().items() if state in wanted and pk not in waiting]


def _ways(students: Collection[Student], day: date) -> dict[int, dict[str, str]]:
    """With each adult who might collect the child that day, and alone or by bus where that was agreed."""
    agreed = leave_modes(students, day)
    changes = PickupChange.objects.filter(student__in=students, day=day, cancelled_at=None)
    agreed |= dict(changes.values_list("student", "mode"))
    ways: dict[int, dict[str, str]] = defaultdict(dict)
    for pk, adults in collectors_of(students, day).items():
        ways[pk] |= {one.key: f"由{one.relation} {one.name} 接走" for one in adults if not one.barred}
    for call in CallBack.objects.standing().filter(student__in=students, day=day):
        ways[call.student_id][f"call_back:{call.pk}"] = (
            f"由{call.adult_relation} {call.adult_name} 接走（当天回拨核实）"
        )
    for code in PickupCode.objects.filter(student__in=students, day=day, cancelled_at=None):
        ways[code.student_id][f"code:{code.pk}"] = f"由{code.relation} {code.name} 接走（当天的接送码）"
    for pk, mode in agreed.items():
        if mode != Handover.Mode.COLLECTED:
            ways[pk][mode] = Handover.Mode(mode).label
    return ways


def recorded_later(school: School, day: date) -> list[Handover]:
    """What stands of that day by a later record."""
    rows = Handover.objects.filter(school=school, day=day, how=GateEvent.How.LATER, undone_at=None)
    return list(rows.select_related("student__school_class", "event__later__by"))


def later_asked(reach: Reach):
    """What waits for a decision, the oldest first."""
    return _asked().within(reach).select_related("student__school_class", "by", "school").order_by("id")


def _asked():
    return LaterRecord.objects.filter(state=LaterRecord.State.ASKED)


def unrecorded_days(reach: Reach, today: date, since: int = 14) -> dict[tuple[int, date], int]:
    """Of signed days: how many children of each school were found there afterwards, or were left with a keeper, and
    nobody registered how they went home. Two queries."""
    days = (today - timedelta(days=since), today - timedelta(days=1))
    found = MarkCorrection.objects.within(reach).filter(
        *_unseen_off("session__day"),
        Exists(Mark.objects.filter(session=OuterRef("session"), student=OuterRef("student"), status__in=Mark.HERE)),
        state=MarkCorrection.State.MADE,
        session__day__range=days,
    )
    found = found.exclude(session__section__offering__slot__in=Offering.INTO_LESSONS)
    kept = LateStay.objects.within(reach).filter(*_unseen_off("day"), day__range=days, ended_at=None)
    children = defaultdict(set)
    for school_id, day, student_id in found.order_by().values_list("school", "session__day", "student"):
        children[school_id, day].add(student_id)
    for school_id, day, student_id in kept.order_by().values_list("school", "day", "student"):
        children[school_id, day].add(student_id)
    return {where: len(pks) for where, pks in sorted(children.items(), key=lambda one: one[0][1])}


def _unseen_off(day: str) -> tuple:
    """Of a row about a child: the day is signed, the child has not left and no word that it did waits for another's."""
    of_child = {"student": OuterRef("student"), "day": OuterRef(day)}
    return (
        Exists(DayClose.objects.filter(school=OuterRef("school"), day=OuterRef(day))),
        ~Exists(Handover.objects.filter(**of_child, undone_at=None)),
        ~Exists(_asked().filter(**of_child)),
        ~Exists(waiting_events().filter(**of_child)),
    )
