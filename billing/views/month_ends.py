"""Many schools at the end of one month: one page, a job each."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.schools.models import School
from billing.actions import draft_together, lock_together
from billing.models import FeeMonth
from billing.selectors.month_ends import standings, taking_part

from .saying import rights

OPEN = FeeMonth.State.OPEN


@requires(Capability.SEE_BOOKS)
def month_end(request, reach, month):
    """While jobs are under way, htmx asks for the panel again and again."""
    schools = taking_part(School.objects.within(reach), month)
    months = FeeMonth.objects.within(reach).order_by("-month").values_list("month", flat=True).distinct()
    context = {**rights(request), "month": month, "months": months[:24], "seen": standings(schools, month)}
    return render(request, "billing/_month_end.html" if request.htmx else "billing/month_end.html", context)


@require_POST
@requires(Capability.KEEP_BOOKS)
def month_end_draft(request, reach, month):
    schools = taking_part(School.objects.within(reach), _begun(month))
    draft_together(schools, month=month, now=timezone.now(), by=request.actor)
    return redirect("billing:month-end", month)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def month_end_lock(request, reach, month):
    schools = School.objects.within(reach).filter(fee_months__in=FeeMonth.objects.filter(month=month, state=OPEN))
    lock_together(schools, month=month, now=timezone.now(), by=request.actor)
    return redirect("billing:month-end", month)


def _begun(month):
    if month > timezone.localdate():
        raise Http404
    return month
