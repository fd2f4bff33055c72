"""What became known of a month after its lock, and that no round has looked at: a waiver, a correction of the roll, a
withdrawal, a day or a session without service."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from afterschool.access.reach import Reach
from afterschool.errors import NoRule
from afterschool.money import Money, total
from afterschool.schools.models import CalendarChange
from attendance.models import MarkCorrection, Session
from billing.models import FeeMonth, Round
from enrollment.models import Waiver, Withdrawal

from .late import given_of, late_returns
from .settling import by_unit, charges_of
from .terms import together

LOOK_BACK = timedelta(days=190)  # a term, and what follows it
MOST = 3  # months that are worked out for one page


@dataclass(frozen=True)
class Fact:
    """Something about one child, or about all of the school, of these days; known since a moment."""

    school_id: int
    first_on: date
    last_on: date | None
    at: datetime
    student_id: int | None


@dataclass(frozen=True)
class Due:
    """What a round would give back now."""

    fee_month: FeeMonth
    families: int
    amount: Money


def due_from_late_facts(reach: Reach, today: date) -> list[Due]:
    """Worked out for the children alone of whom something is new; no more queries where there are more of them."""
    locked = FeeMonth.objects.within(reach).filter(state=FeeMonth.State.LOCKED, month__gte=today - LOOK_BACK)
    months = list(locked.select_related("school__bureau").order_by("-month"))
    if not months:
        return []
    looked = _looked(months)
    facts: dict[int, list[Fact]] = defaultdict(list)
    for fact in _facts(months, min(looked.values())):
        facts[fact.school_id].append(fact)
    fresh = ((month, _of_month(month, looked[month.pk], facts[month.school_id])) for month in months)
    new = [(month, students) for month, students in fresh if students]
    return [due for month, students in new[:MOST] if (due := _due(month, students))]


def _looked(months: Collection[FeeMonth]) -> dict[int, datetime]:
    """When each month was last worked out: for its last round, or when it was locked."""
    drafted = (
        Round.objects.filter(fee_month__in=months).order_by().values_list("fee_month").annotate(at=Max("drafted_at"))
    )
    return {month.pk: month.locked_at for month in months if month.locked_at} | dict(drafted)


def _facts(months: Collection[FeeMonth], since: datetime) -> Iterator[Fact]:
    schools = {month.school_id: month.school.bureau_id for month in months}
    granted = Waiver.objects.annotate(at=Coalesce("decided_at", "asked_at")).filter(
        school__in=schools, state=Waiver.State.GRANTED, at__gt=since
    )
    for row in granted.values_list("school", "began_on", "ended_on", "at", "student"):
        yield Fact(*row)
    made = MarkCorrection.objects.annotate(at=Coalesce("decided_at", "asked_at")).filter(
        school__in=schools, state=MarkCorrection.State.MADE, at__gt=since
    )
    for school, day, at, student in made.values_list("school", "session__day", "at", "student"):
        yield Fact(school, day, day, at, student)
    stopped = Session.objects.unserved().annotate(at=Coalesce("cut_short_at", "cancelled_at"))
    for school, day, at in stopped.filter(school__in=schools, at__gt=since).values_list("school", "day", "at"):
        yield Fact(school, day, day, at, None)
    left = Withdrawal.objects.filter(school__in=schools, asked_at__gt=since)
    for school, last_on, at, student in left.values_list("school", "last_on", "asked_at", "student"):
        yield Fact(school, last_on, None, at, student)
    changed = CalendarChange.objects.filter(
        Q(school__in=schools) | Q(school=None, bureau__in=set(schools.values())), serves=False, made_at__gt=since
    )
    for bureau, own, day, at in changed.values_list("bureau", "school", "day", "made_at"):
        for school in [own] if own else [pk for pk, its in schools.items() if its == bureau]:
            yield Fact(school, day, day, at, None)


def _of_month(month: FeeMonth, looked_at: datetime, facts: Collection[Fact]) -> set[int | None]:
    """Of whom something is new; None stands for everybody."""
    return {
        fact.student_id
        for fact in facts
        if fact.at > looked_at
        and fact.first_on <= month.last_on
        and (fact.last_on is None or fact.last_on >= month.month)
    }


def _due(fee_month: FeeMonth, students: set[int | None]) -> Due | None:
    """None where nothing comes of it, or the end of the term will tell, or the policy does not say."""
    term = together(fee_month)
    settles = term.settled_by if term else fee_month
    if settles is None:
        return None
    charges = [one for one in charges_of(fee_month) if None in students or one.student_id in students]
    given = given_of(charges)
    parts = by_unit(charges, term) if term else [(charges, None)]
    try:
        found = [one for some, days in parts for one in late_returns(fee_month, some, given, days)]
    except NoRule:
        return None
    families = {one.charge.student_id for one in found}
    return Due(settles, len(families), total(one.amount for one in found)) if families else None
