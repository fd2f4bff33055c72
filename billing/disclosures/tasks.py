"""The night porter: each morning the sheets that are due, one job for each school."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.errors import NoRule, RuleBroken
from afterschool.jobs.book import enqueue
from afterschool.jobs.models import Job
from afterschool.jobs.work import work
from afterschool.schools.models import School
from billing.models import FeeMonth

from .actions import alarm, compose_on_its_day
from .selectors import due, overdue

COMPOSE, ALARM = "disclosures.compose", "disclosures.alarm"


@shared_task(name="disclosures.compose_due")
def compose_due() -> None:
    """Write down what is due. A job already there is not done twice; one that failed is tried again each morning."""
    today, by = timezone.localdate(), Actor.system("disclosures.compose_due")
    for school_id, month in due(today):
        enqueue(COMPOSE, period=f"{month:%Y-%m}", school_id=school_id, by=by)
    for school_id, month in overdue(today):
        enqueue(ALARM, period=f"{month:%Y-%m}", school_id=school_id, by=by)


@work(COMPOSE)
def compose_month(job: Job, progress) -> dict:
    today, by = timezone.localdate(), Actor.system(COMPOSE)
    fee_month = FeeMonth.objects.select_related("school").get(school=job.school_id, month=_month(job))
    try:
        disclosure = compose_on_its_day(fee_month, on=today, by=by)
    except (RuleBroken, NoRule) as refusal:
        alarm(fee_month.school, title=f"{fee_month}收支公示没有编出来", body=str(refusal), on=today, by=by)
        raise
    return {"disclosure": disclosure.pk}


@work(ALARM)
def alarm_month(job: Job, progress) -> dict:
    month = _month(job)
    told = alarm(
        School.objects.get(pk=job.school_id),
        title=f"{month.year}年{month.month}月还没有锁定，到了收支公示的日子",
        body="请在“收支”里完成结算并锁定；锁定后的第二天早上会自动排好公示。",
        on=timezone.localdate(),
        by=Actor.system(ALARM),
    )
    return {"told": told}


def _month(job: Job) -> date:
    return date.fromisoformat(f"{job.period}-01")
