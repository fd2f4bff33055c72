"""What runs without a person waiting in the request."""

from datetime import date

from django.urls import reverse
from django.utils import timezone

from afterschool.jobs.work import work
from afterschool.schools.models import School
from afterschool.schools.people import actor_for

from .actions import charge_month, draft_month_end, lock_month
from .models import FeeMonth
from .selectors.month_ends import DRAFT, LOCK


@work("billing.charge_month")
def run_charges(job, progress) -> dict:
    fee_month = charge_month(
        FeeMonth.objects.get(pk=job.args["fee_month"]), by=actor_for(job.asked_by), progress=progress
    )
    return {"url": reverse("billing:charge-list", args=[fee_month.pk])}


@work(DRAFT)
def run_month_end(job, progress) -> dict:
    school, month = School.objects.get(pk=job.school_id), date.fromisoformat(job.args["month"])
    draft_month_end(school, month, by=actor_for(job.asked_by), progress=progress)
    return {}


@work(LOCK)
def run_month_lock(job, progress) -> dict:
    fee_month = FeeMonth.objects.get(school=job.school_id, month=job.args["month"])
    if fee_month.is_open:
        lock_month(fee_month, now=timezone.now(), by=actor_for(job.asked_by))
    return {}
