from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing import actions
from billing.forms import PaidForm
from billing.models import FeeMonth, Refund
from billing.selectors.readiness import at_the_bank, paid_out, through_the_bank, to_pay_by_wechat, to_pay_out
from billing.selectors.sheets import refunds_xlsx
from billing.wechat.selectors import on_wechat
from enrollment.models import Withdrawal

from .months import month_within
from .saying import rights, said, spreadsheet


@requires(Capability.SEE_BOOKS)
def refund_list(request, reach, pk):
    fee_month = month_within(reach, pk)
    refunds = paid_out(fee_month).select_related("student__school_class", "charge", "payment_refund")
    waiting, wechat = to_pay_out(fee_month), to_pay_by_wechat(fee_month)
    context = {
        **rights(request),
        "month": fee_month,
        "page": Paginator(refunds.order_by("state", "pk"), 100).get_page(request.GET.get("page")),
        "total_fen": refunds.aggregate(fen=Sum("amount_fen", default=0))["fen"],
        "waiting": waiting.aggregate(fen=Sum("amount_fen", default=0))["fen"],
        "wechat": wechat.count(),
        "instructed": at_the_bank(fee_month).count(),
        "asked": on_wechat(refunds).filter(state=Refund.State.INSTRUCTED).count(),
        "sent": through_the_bank(fee_month).exists(),
        "today": timezone.localdate(),
    }
    return render(request, "billing/refund_list.html", context)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def refunds_instruct(request, reach, pk):
    fee_month = month_within(reach, pk)
    with said(request, "退费已列入发放表，请下载后交银行"):
        actions.instruct_refunds(fee_month, now=timezone.now(), by=request.actor)
    return redirect("billing:refund-list", pk)


@requires(Capability.SEE_BOOKS)
def refund_sheet(request, reach, pk):
    fee_month = month_within(reach, pk)
    return spreadsheet(refunds_xlsx(fee_month), f"refunds-{fee_month.month:%Y-%m}")


@require_POST
@requires(Capability.REVIEW_BOOKS)
def refunds_paid(request, reach, pk):
    """All that the bank was told and has not sent back."""
    fee_month = month_within(reach, pk)
    with said(request, "回单已登记，退费到账"):
        sent = list(at_the_bank(fee_month))
        if not sent:
            raise RuleBroken("没有等回单的退费")
        paid_on = PaidForm(request.POST, today=timezone.localdate()).day()
        actions.refunds_paid(sent, paid_on=paid_on, by=request.actor)
    return redirect("billing:refund-list", pk)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def refund_failed(request, reach, pk):
    refunds = Refund.objects.within(reach)
    refund = get_object_or_404(refunds.exclude(pk__in=on_wechat(refunds)), pk=pk)
    with said(request, "已记为银行退回，下次一并重办"):
        actions.refund_failed(refund, reason=request.POST.get("reason", ""), by=request.actor)
    return redirect("billing:refund-list", refund.fee_month_id)


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
