"""By when money must be back with families, where the policy gives days for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, DateField, Exists, F, Min, OuterRef, Subquery, When
from django.db.models.functions import Coalesce, TruncDate

from afterschool.access.reach import Reach
from afterschool.schools.models import Term
from billing.models import FeeMonth, Receipt, Refund, Round, SetOff

from .readiness import route_of

NEAR = timedelta(days=3)


@dataclass(frozen=True)
class Leftover:
    """What was set off and not used up when the term was over: the children, and by when they have it back."""

    fee_month: FeeMonth  # the open one, that gives it back
    students: set[int]
    by: date


def pay_back_by(fee_month: FeeMonth) -> date | None:
    """The last day for the oldest refund of this month that is not paid: so many days after it was due."""
    route = route_of(fee_month)
    if route is None or route.within_days is None:
        return None
    states = [Refund.State.PAYABLE, Refund.State.FAILED, Refund.State.INSTRUCTED]
    waiting = fee_month.refunds.filter(state__in=states, charge__isnull=False)
    since = waiting.annotate(since=_since()).aggregate(first=Min("since"))["first"]
    return since and since + timedelta(days=route.within_days)


def _since() -> Coalesce:
    """When it was due: on leaving, with the round that found it, with the lock."""
    rounds = Round.objects.filter(fee_month=OuterRef("fee_month"), number=OuterRef("round"))
    confirmed = Subquery(rounds.values(day=TruncDate("confirmed_at")), output_field=DateField())
    left_on = F("charge__agreement__withdrawal__last_on")
    return Coalesce(
        Case(When(cause=Refund.Cause.WITHDRAWAL, then=left_on)), confirmed, TruncDate("fee_month__locked_at")
    )


def leftovers(reach: Reach, today: date) -> list[Leftover]:
    """School by school. What pays the next charge is no leftover before its term is over."""
    held = Receipt.objects.within(reach).in_advance()
    schools = held.filter(Exists(SetOff.objects.filter(receipt=OuterRef("pk")))).order_by().values("school")
    months = FeeMonth.objects.filter(school__in=schools, state=FeeMonth.State.OPEN).select_related("school__bureau")
    oldest = {month.school_id: month for month in months.order_by("-month")}
    return list(filter(None, (_leftover(month, today) for month in oldest.values())))


def _leftover(fee_month: FeeMonth, today: date) -> Leftover | None:
    over = Term.objects.filter(bureau=fee_month.school.bureau_id, ended_on__lt=today).order_by("ended_on").last()
    if over is None:
        return None
    held = Receipt.objects.filter(school=fee_month.school_id).in_advance()
    made = SetOff.objects.filter(receipt__in=held.values("pk"), refund__fee_month__month__lte=over.ended_on)
    rows = list(made.select_related("refund__fee_month__school__bureau").order_by("refund__fee_month__month"))
    route = route_of(rows[-1].refund.fee_month) if rows else None
    if route is None or route.within_days is None:
        return None
    return Leftover(fee_month, _students(rows), over.ended_on + timedelta(days=route.within_days))


def _students(rows: Iterable[SetOff]) -> set[int]:
    return {row.refund.student_id for row in rows}
