"""The month end of one school as far as nobody has to decide anything, and of many schools: a job each."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.jobs.book import enqueue
from afterschool.jobs.models import Job
from afterschool.schools.models import School
from billing.models import FeeMonth, Settlement
from billing.selectors.month_ends import DRAFT, LOCK, period_of
from billing.selectors.readiness import sheet_to_book
from billing.selectors.settling import has_moved

from .charges import Progress, charge_month
from .expenses import book_stipends
from .months import open_month
from .settlements import draft_settlement


def draft_month_end(school: School, month: date, *, by: Actor, progress: Progress) -> FeeMonth:
    """Open, charge, book the approved stipends, draft. Done again it begins where it ended: each deed is whole by
    itself, and finds what is done. Raises RuleBroken where somebody must decide first."""
    progress(0, 3, "开启月份")
    fee_month = open_month(school, month=month, by=by)
    if not fee_month.is_open:
        return fee_month
    progress(1, 3, "生成收费")
    charge_month(fee_month, by=by)
    if sheet_to_book(fee_month):
        book_stipends(fee_month, by=by)
    progress(2, 3, "结算草案")
    drafted = Settlement.objects.filter(fee_month=fee_month).first()
    if drafted is None or has_moved(drafted):
        draft_settlement(fee_month, by=by)
    progress(3, 3, "完成")
    return fee_month


def draft_together(schools: Iterable[School], *, month: date, now: datetime, by: Actor) -> list[Job]:
    return _together(DRAFT, schools, month, now, by)


def lock_together(schools: Iterable[School], *, month: date, now: datetime, by: Actor) -> list[Job]:
    return _together(LOCK, schools, month, now, by)


def _together(kind: str, schools: Iterable[School], month: date, now: datetime, by: Actor) -> list[Job]:
    """A job a school: what one lacks holds up no other. Two presses within a minute are one run."""
    period = f"{period_of(month)}{timezone.localtime(now):%m-%d %H:%M}"
    args = {"month": month.isoformat()}
    return [enqueue(kind, period=period, school_id=school.pk, args=args, by=by) for school in schools]
