"""What the pages ask: the public index, one school's month with all its versions, and what is due."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from afterschool.access.reach import Reach
from afterschool.schools.models import School
from billing.models import FeeMonth
from enrollment.models import Placement

from .models import Disclosure

DUE_DAY = 10  # by custom the sheet is out by the 10th of the next month; the policies only say 定期


def newest_published() -> QuerySet[Disclosure]:
    """Of each school and month the version that counts."""
    newer = Disclosure.objects.published().filter(fee_month=OuterRef("fee_month"), version__gt=OuterRef("version"))
    return (
        Disclosure.objects.published()
        .filter(~Exists(newer))
        .select_related("school__bureau", "fee_month")
        .order_by("-fee_month__month", "school__name")
    )


def search(words: str, month: date | None) -> QuerySet[Disclosure]:
    """By name of school or bureau, and by month."""
    found = newest_published()
    if words:
        found = found.filter(Q(school__name__icontains=words) | Q(school__bureau__name__icontains=words))
    return found.filter(fee_month__month=month) if month else found


def months_published() -> QuerySet:
    published = FeeMonth.objects.filter(disclosures__published_at__isnull=False)
    return published.order_by("-month").values_list("month", flat=True).distinct()


def versions(code: str, month: date) -> list[Disclosure]:
    """What this school has published of the month, the newest first."""
    published = Disclosure.objects.published().filter(school__code=code, fee_month__month=month)
    return list(published.select_related("school__bureau", "fee_month").order_by("-version"))


def months_to_disclose(reach: Reach) -> QuerySet[FeeMonth]:
    """The locked months, with the newest version of each."""
    return (
        FeeMonth.objects.within(reach)
        .filter(state=FeeMonth.State.LOCKED)
        .select_related("school")
        .prefetch_related("disclosures")
        .order_by("-month", "school__name")
    )


def due_month(today: date) -> date:
    """The last month whose sheet should be out or on its way."""
    months_back = 1 if today.day >= DUE_DAY else 2
    ordinal = today.year * 12 + today.month - 1 - months_back
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def due(today: date) -> list[tuple[int, date]]:
    """School and month of what is locked, due and not composed."""
    waiting = FeeMonth.objects.filter(state=FeeMonth.State.LOCKED, month__lte=due_month(today), disclosures=None)
    return list(waiting.order_by("month", "school_id").values_list("school_id", "month"))


def overdue(today: date) -> list[tuple[int, date]]:
    """School and month of what is due and not locked: opened months, and schools that served without opening any.

    A school that keeps books only since a later month is not asked for the time before.
    """
    last = due_month(today)
    opened = FeeMonth.objects.filter(state=FeeMonth.State.OPEN, month__lte=last)
    seated = Placement.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=last), school=OuterRef("pk"), began_on__lt=_next(last)
    )
    unopened = School.objects.filter(Exists(seated)).exclude(fee_months__month__gte=last)
    return [
        *opened.order_by("month", "school_id").values_list("school_id", "month"),
        *((school_id, last) for school_id in unopened.order_by("pk").values_list("pk", flat=True)),
    ]


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
