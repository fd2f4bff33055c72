"""Where many schools stand at the end of one month. As many queries for two schools as for two hundred."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from afterschool.jobs.models import Job
from afterschool.money import Money
from afterschool.schools.models import School
from billing.models import FeeMonth, Settlement
from enrollment.models import Agreement

DRAFT, LOCK = "billing.month_end", "billing.month_lock"  # kinds of jobs
UNDER_WAY = {Job.State.WAITING, Job.State.RUNNING}


def period_of(month: date) -> str:
    """How the periods of all jobs about that month begin; the minute in which they were asked for follows."""
    return f"{month:%Y-%m} "


@dataclass(frozen=True)
class Standing:
    """One school's month, and the last job that was about it."""

    school: School
    fee_month: FeeMonth | None
    settlement: Settlement | None
    job: Job | None

    @property
    def is_under_way(self) -> bool:
        return bool(self.job and self.job.state in UNDER_WAY)

    @property
    def refund(self) -> Money | None:
        return self._sum("refund_fen")

    @property
    def borne(self) -> Money | None:
        return self._sum("borne_fen")

    def _sum(self, column: str) -> Money | None:
        return Money(sum(group[column] for group in self.settlement.groups)) if self.settlement else None

    @property
    def has_failed(self) -> bool:
        return bool(self.job and self.job.state == Job.State.FAILED)

    @property
    def say(self) -> str:
        if self.fee_month is None:
            return "还没有开启"
        if not self.fee_month.is_open:
            return "已锁定"
        if self.settlement is None:
            return "还没有结算草案" if self.fee_month.charged_at else "还没有生成收费"
        if self.settlement.objections_until:
            return f"家长核对到{self.settlement.objections_until:%-m月%-d日}"
        return "草案，还没有交家长核对"


@dataclass(frozen=True)
class Standings:
    rows: list[Standing]

    @property
    def ended(self) -> int:
        return sum(not row.is_under_way for row in self.rows)

    @property
    def is_under_way(self) -> bool:
        return self.ended < len(self.rows)

    @property
    def locked(self) -> int:
        return sum(bool(row.fee_month and not row.fee_month.is_open) for row in self.rows)


def taking_part(schools: QuerySet[School], month: date) -> QuerySet[School]:
    """Those with a child under a signed agreement in that month, or with a book of it."""
    last = month.replace(day=monthrange(month.year, month.month)[1])
    signed = Agreement.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=month),
        school=OuterRef("pk"),
        school_signed_at__isnull=False,
        began_on__lte=last,
    )
    opened = FeeMonth.objects.filter(school=OuterRef("pk"), month=month)
    return schools.filter(Exists(signed) | Exists(opened)).order_by("name")


def standings(schools: Iterable[School], month: date) -> Standings:
    schools = list(schools)
    months = FeeMonth.objects.filter(school__in=schools, month=month).select_related("settlement")
    by_school = {one.school_id: one for one in months}
    about = Job.objects.filter(
        kind__in=[DRAFT, LOCK], period__startswith=period_of(month), school_id__in=[school.pk for school in schools]
    )
    jobs = {job.school_id: job for job in about.order_by("pk")}
    return Standings(
        [
            Standing(
                school,
                its := by_school.get(school.pk),
                getattr(its, "settlement", None),
                jobs.get(school.pk),
            )
            for school in schools
        ]
    )
