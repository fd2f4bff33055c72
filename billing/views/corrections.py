"""After the lock: adjustments of what was spent, and further rounds of the settlement."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.refusals import tell
from billing import actions
from billing.forms import minted_key
from billing.forms.corrections import AdjustmentForm
from billing.models import Adjustment, Round
from billing.selectors.corrections import adjustment_rows, waiting_to_go_back
from billing.selectors.settling import sums
from billing.selectors.terms import settled_elsewhere
from billing.selectors.why import explain_refunds

from .months import month_within
from .saying import rights, said


@requires(Capability.SEE_BOOKS)
def correction_list(request, reach, pk):
    fee_month = month_within(reach, pk)
    context = {
        **rights(request),
        "month": fee_month,
        "adjustments": adjustment_rows(fee_month, request.actor),
        "rounds": fee_month.rounds.select_related("booked_in", "drafted_by", "confirmed_by"),
        "settled_by": settled_elsewhere(fee_month),
        "waiting": None if fee_month.is_open else waiting_to_go_back(fee_month),
    }
    return render(request, "billing/correction_list.html", context)


@requires(Capability.KEEP_BOOKS)
def adjustment_create(request, reach, pk):
    fee_month = month_within(reach, pk)
    initial = {"on": timezone.localdate(), "key": minted_key()}
    form = AdjustmentForm(request.POST or None, fee_month=fee_month, initial=initial)
    if form.is_valid():
        try:
            actions.enter_adjustment(fee_month, **form.deed(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "更正已录入，等复核审批")
            return redirect("billing:correction-list", pk)
    context = {"form": form, "month": fee_month, "heading": f"更正{fee_month}", "back": "billing:correction-list"}
    return render(request, "billing/form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def adjustment_approve(request, reach, pk):
    adjustment = _adjustment(reach, pk)
    with said(request, f"已审批并记账：{adjustment.get_side_display()} {Money(adjustment.amount_fen)} 元"):
        actions.approve_adjustment(adjustment, now=timezone.now(), by=request.actor)
    return redirect("billing:correction-list", adjustment.fee_month_id)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def adjustment_reject(request, reach, pk):
    adjustment = _adjustment(reach, pk)
    with said(request, "已退回"):
        reason = request.POST.get("reason", "")
        actions.reject_adjustment(adjustment, reason=reason, now=timezone.now(), by=request.actor)
    return redirect("billing:correction-list", adjustment.fee_month_id)


@require_POST
@requires(Capability.KEEP_BOOKS)
def round_draft(request, reach, pk):
    fee_month = month_within(reach, pk)
    with said(request, "追加结算草案已经算好，交复核确认"):
        actions.draft_round(fee_month, by=request.actor)
    return redirect("billing:correction-list", pk)


@requires(Capability.SEE_BOOKS)
def round_detail(request, reach, pk):
    found = _round(reach, pk)
    fee_month = found.fee_month
    refunds = found.refunds.select_related("student__school_class", "charge__agreement")
    refunds = refunds.order_by("charge__agreement__number", "pk")
    explain_refunds(fee_month, refunds)
    may_confirm = rights(request)["reviews"] and found.drafted_by_id != request.actor.person_id
    context = {"month": fee_month, "round": found, "sums": sums(found.groups), "refunds": refunds}
    return render(request, "billing/round_detail.html", context | {"may_confirm": may_confirm})


@require_POST
@requires(Capability.REVIEW_BOOKS)
def round_confirm(request, reach, pk):
    found = _round(reach, pk)
    with said(request, "追加结算已经确认，退费可以送银行了"):
        actions.confirm_round(found, now=timezone.now(), by=request.actor)
    return redirect("billing:round-detail", pk)


def _adjustment(reach, pk) -> Adjustment:
    found = Adjustment.objects.within(reach).select_related("fee_month__school", "school")
    return get_object_or_404(found, pk=pk)


def _round(reach, pk) -> Round:
    found = Round.objects.within(reach).select_related(
        "fee_month__school__bureau", "booked_in", "drafted_by", "confirmed_by"
    )
    return get_object_or_404(found, pk=pk)
