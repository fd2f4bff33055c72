"""What was written down after a day was over, what waits for a decision, and the days that still lack it."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Exists, OuterRef

from afterschool.access.reach import Actor, Reach
from afterschool.plans.models import Offering
from afterschool.schools.models import School
from attendance.models import (
    DayClose,
    GateEvent,
    Handover,
    LaterRecord,
    LateStay,
    Mark,
    MarkCorrection,
)

from .offline import waiting_events


def recorded_later(school: School, day: date) -> list[list[Handover]]:
    """What stands of that day by a later record; what was written down together is together."""
    by_class = ("student__school_class__grade", "student__school_class__number", "student__sort_key", "student")
    rows = _recorded(school.pk, day).select_related("student__school_class", "event__later__by")
    rows = rows.order_by("event__later__at", "event__later__by", *by_class)
    return [list(some) for _, some in groupby(rows, key=lambda one: (one.event.later.at, one.event.later.by_id))]


def recorded_with(handover: Handover) -> list[GateEvent]:
    """By what this child and those that were written down with it have left."""
    said = LaterRecord.objects.get(event=handover.event_id)
    rows = _recorded(handover.school_id, handover.day).filter(event__later__at=said.at, event__later__by=said.by_id)
    return [one.event for one in rows.select_related("event")]


def _recorded(school_id: int, day: date):
    return Handover.objects.filter(school=school_id, day=day, how=GateEvent.How.LATER, undone_at=None)


def last_said(school: School, day: date, by: Actor) -> LaterRecord | None:
    """What this person wrote down last of that day."""
    return LaterRecord.objects.filter(school=school, day=day, by=by.person_id).last()


def later_requests(reach: Reach) -> list[list[LaterRecord]]:
    """What waits for a decision, the oldest first; what was asked for together is decided together."""
    asked = _asked().within(reach).select_related("student__school_class", "by").order_by("id")
    return [list(some) for _, some in groupby(asked, key=lambda one: (one.school_id, one.day, one.by_id, one.at))]


def asked_with(later: LaterRecord) -> list[LaterRecord]:
    """This one and those that were asked for with it, as far as nobody has decided."""
    together = _asked().filter(school=later.school_id, day=later.day, by=later.by_id, at=later.at)
    return list(together.select_related("school", "student", "by"))


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
