"""What runs without a person waiting in the request."""

from django.urls import reverse

from afterschool.jobs.work import work
from afterschool.schools.people import actor_for

from .actions import charge_month
from .models import FeeMonth


@work("billing.charge_month")
def run_charges(job, progress) -> dict:
    fee_month = charge_month(
        FeeMonth.objects.get(pk=job.args["fee_month"]), by=actor_for(job.asked_by), progress=progress
    )
    return {"url": reverse("billing:charge-list", args=[fee_month.pk])}
