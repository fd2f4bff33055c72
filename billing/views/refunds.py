from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.money import Money
from billing import actions
from billing.models import FeeMonth, Payout, Refund
from billing.selectors.deadlines import pay_back_by
from billing.selectors.payouts import batches_with, counted, shown
from billing.selectors.readiness import to_pay_by_wechat, to_pay_out, to_set_off
from billing.selectors.sheets import refunds_xlsx
from billing.wechat.selectors import on_wechat
from enrollment.models import Withdrawal

from .months import month_within
from .saying import rights, said, spreadsheet


@requires(Capability.SEE_BOOKS)
def refund_list(request, reach, pk):
    fee_month = month_within(reach, pk)
    refunds = fee_month.refunds.exclude(state=Refund.State.DRAFT)
    told = refunds.select_related("student__school_class", "payment_refund__payment__made_by")
    told = told.prefetch_related(Prefetch("payouts", shown(Payout.objects.standing())))
    context = {
        **rights(request),
        "month": fee_month,
        "page": Paginator(told.order_by("state", "pk"), 100).get_page(request.GET.get("page")),
        "total_fen": _sum(refunds.exclude(cause=Refund.Cause.MEAL)),
        "meal_fen": _sum(refunds.filter(cause=Refund.Cause.MEAL)),
        "waiting": _sum(to_pay_out(fee_month)),
        "wechat": to_pay_by_wechat(fee_month).count(),
        "to_set_off": to_set_off(fee_month).count(),
        "by": pay_back_by(fee_month),
        "asked": on_wechat(refunds).filter(state=Refund.State.INSTRUCTED).count(),
        "batches": counted(fee_month.school.refund_batches.filter(pk__in=batches_with(fee_month))),
    }
    return render(request, "billing/refund_list.html", context)


def _sum(refunds) -> int:
    return refunds.aggregate(fen=Sum("amount_fen", default=0))["fen"]


@require_POST
@requires(Capability.REVIEW_BOOKS)
def refunds_instruct(request, reach, pk):
    fee_month = month_within(reach, pk)
    with said(request):
        batch = actions.instruct_refunds(fee_month, now=timezone.now(), by=request.actor)
        messages.success(request, f"{batch}已编好，请下载交银行")
        return redirect("billing:batch-detail", batch.pk)
    return redirect("billing:refund-list", pk)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def refunds_set_off(request, reach, pk):
    fee_month = month_within(reach, pk)
    with said(request):
        refunds = actions.set_off_refunds(fee_month, now=timezone.now(), by=request.actor)
        messages.success(request, f"{len(refunds)} 笔退费抵下期，家长已收到通知")
    return redirect("billing:refund-list", pk)


@requires(Capability.SEE_BOOKS)
def refund_sheet(request, reach, pk):
    fee_month = month_within(reach, pk)
    return spreadsheet(refunds_xlsx(fee_month), f"refunds-{fee_month.month:%Y-%m}")


@require_POST
@requires(Capability.KEEP_BOOKS)
def withdrawal_settle(request, reach, pk):
    withdrawal = get_object_or_404(Withdrawal.objects.within(reach).select_related("school", "student"), pk=pk)
    with said(request):
        made = actions.settle_withdrawal(withdrawal, by=request.actor)
        fen = sum(refund.amount_fen for refund in made)
        messages.success(request, f"{withdrawal.student.name}退出已结算，应退 {Money(fen)} 元")
    month = FeeMonth.objects.filter(school=withdrawal.school, state=FeeMonth.State.OPEN).order_by("month").first()
    return redirect("billing:month-detail", month.pk) if month else redirect("billing:month-list")
