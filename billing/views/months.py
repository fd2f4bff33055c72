from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.schools.models import School
from billing.actions import draft_settlement, lock_month, open_month
from billing.models import FeeMonth
from billing.selectors.months import openable, overview
from billing.selectors.settling import sums
from billing.selectors.why import explain_refunds, of_group

from .saying import rights, said


@requires(Capability.SEE_BOOKS)
def month_list(request, reach):
    months = FeeMonth.objects.within(reach).select_related("school").order_by("-month", "school__name")
    schools = School.objects.within(request.actor.reach(Capability.KEEP_BOOKS))
    return render(
        request,
        "billing/month_list.html",
        {
            "page": Paginator(months, 50).get_page(request.GET.get("page")),
            "openable": openable(schools, timezone.localdate()),
            "many": len(reach.schools) != 1 or reach.bureaus,
        },
    )


@require_POST
@requires(Capability.KEEP_BOOKS)
def month_open(request, reach):
    asked = request.POST.get("school"), request.POST.get("month")
    offered = openable(School.objects.within(reach), timezone.localdate())
    found = next((one for one in offered if (str(one[0].pk), one[1].isoformat()) == asked), None)
    if found is None:
        raise Http404
    school, month = found
    with said(request, "月份已经开启"):
        return redirect("billing:month-detail", open_month(school, month=month, by=request.actor).pk)
    return redirect("billing:month-list")


@requires(Capability.SEE_BOOKS)
def month_detail(request, reach, pk):
    fee_month = month_within(reach, pk)
    seen = overview(fee_month, request.actor, timezone.localdate())
    context = {"month": fee_month, "seen": seen, "sums": sums(seen.groups), **rights(request)}
    return render(request, "billing/month_detail.html", context)


@requires(Capability.SEE_BOOKS)
def settlement_detail(request, reach, pk, grade):
    fee_month = month_within(reach, pk)
    groups = fee_month.settlement.groups if hasattr(fee_month, "settlement") else []
    group = next((group for group in groups if group["grade"] == grade), None)
    if group is None:
        raise Http404
    refunds = fee_month.refunds.filter(charge__grade=grade) if grade else fee_month.refunds.exclude(charge=None)
    refunds = refunds.select_related("student__school_class", "charge__agreement", "charge__fee_month")
    refunds = refunds.order_by("charge__agreement__number", "pk")
    explain_refunds(fee_month, refunds)
    context = {"month": fee_month, "group": group, "why": of_group(fee_month, group), "refunds": refunds}
    return render(request, "billing/settlement_detail.html", context)


@require_POST
@requires(Capability.KEEP_BOOKS)
def settlement_draft(request, reach, pk):
    with said(request, "结算草案已经生成"):
        draft_settlement(month_within(reach, pk), by=request.actor)
    return redirect("billing:month-detail", pk)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def month_lock(request, reach, pk):
    with said(request, "本月已经锁定，退费可以送银行了"):
        lock_month(month_within(reach, pk), now=timezone.now(), by=request.actor)
    return redirect("billing:month-detail", pk)


def month_within(reach, pk) -> FeeMonth:
    return get_object_or_404(FeeMonth.objects.within(reach).select_related("school__bureau"), pk=pk)
