from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.refusals import tell
from billing.actions import (
    approve_expense,
    attach_voucher,
    book_stipends,
    enter_expense,
    pay_stipends,
    receive_subsidy,
    reject_expense,
)
from billing.forms import ExpenseForm, PaidForm, SubsidyForm, VoucherForm, minted_key
from billing.models import Expense, FeeMonth
from billing.selectors.costs import expense_rows, stipends_to_pay
from billing.selectors.outflows import guess
from billing.selectors.shares import shares
from billing.selectors.subsidies import owed_by_payers, rule_of

from .months import month_within
from .saying import rights, said
from .statements import back_to, line_within


@requires(Capability.SEE_BOOKS)
def expense_list(request, reach, pk):
    fee_month = month_within(reach, pk)
    context = {
        **rights(request),
        "month": fee_month,
        "funds": expense_rows(fee_month, request.actor),
        "shares": [share.verdict() for share in shares(fee_month)],
        "subsidies": fee_month.subsidies.order_by("on", "pk"),
        "has_subsidy": rule_of(fee_month) is not None,
        "owed": owed_by_payers(fee_month.school),
        "stipends": stipends_to_pay(fee_month),
        "today": timezone.localdate(),
    }
    return render(request, "billing/expense_list.html", context)


@requires(Capability.KEEP_BOOKS)
def expense_create(request, reach, pk):
    fee_month = month_within(reach, pk)
    return _expense_form(request, fee_month, {"on": min(timezone.localdate(), fee_month.last_on)})


@requires(Capability.KEEP_BOOKS)
def line_expense(request, reach, pk):
    """An outflow of the bank statement becomes a cost of its month."""
    line = line_within(reach, pk)
    fee_month = get_object_or_404(FeeMonth.objects.within(reach), school=line.school, month=line.on.replace(day=1))
    typed = {"on": line.on, "amount": Money(line.out_fen).plain(), "payee": line.payer, "note": line.memo}
    typed |= guess(fee_month, line)
    return _expense_form(request, fee_month, typed, line)


def _expense_form(request, fee_month, typed, line=None):
    initial = typed | {"key": minted_key()}
    form = ExpenseForm(request.POST or None, request.FILES or None, fee_month=fee_month, initial=initial)
    if request.method == "POST" and form.is_valid():
        fund, category = form.cleaned_data["category"]
        try:
            enter_expense(
                fee_month, **form.cleaned_data | {"fund": fund, "category": category}, bank_line=line, by=request.actor
            )
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request, f"已录入：{form.cleaned_data['payee']} {form.cleaned_data['amount']} 元，等复核审批"
            )
            return back_to(line) if line else redirect("billing:expense-list", fee_month.pk)
    context = {"form": form, "month": fee_month, "heading": "录入支出", "back": "billing:expense-list", "line": line}
    return render(request, "billing/form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def expense_approve(request, reach, pk):
    expense = _expense(reach, pk)
    with said(request, f"已审批并记账：{expense.payee} {Money(expense.amount_fen)} 元"):
        approve_expense(expense, now=timezone.now(), by=request.actor)
    return _next_waiting(expense)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def expense_reject(request, reach, pk):
    expense = _expense(reach, pk)
    with said(request, "已退回"):
        reject_expense(expense, reason=request.POST.get("reason", ""), by=request.actor)
    return _next_waiting(expense)


@require_POST
@requires(Capability.KEEP_BOOKS)
def expense_attach(request, reach, pk):
    expense = _expense(reach, pk)
    form = VoucherForm(request.POST, request.FILES)
    with said(request, "扫描件已经补上"):
        if not form.is_valid():
            raise RuleBroken("请选择票据扫描件")
        attach_voucher(expense, voucher=form.cleaned_data["voucher"], by=request.actor)
    return redirect("billing:expense-list", expense.fee_month_id)


@requires(Capability.SEE_BOOKS)
def expense_voucher(request, reach, pk):
    """The scan, always as a download: a browser never runs what somebody uploaded."""
    expense = get_object_or_404(Expense.objects.within(reach), pk=pk)
    if not expense.voucher:
        raise Http404
    response = HttpResponse(bytes(expense.voucher), content_type=expense.voucher_type)
    ending = expense.voucher_type.rpartition("/")[2]
    response.headers["Content-Disposition"] = f'attachment; filename="voucher-{expense.pk}.{ending}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@requires(Capability.KEEP_BOOKS)
def stipends_book(request, reach, pk):
    with said(request, "补助发放表已经列支"):
        book_stipends(month_within(reach, pk), by=request.actor)
    return redirect("billing:month-detail", pk)


@require_POST
@requires(Capability.KEEP_BOOKS)
def stipends_paid(request, reach, pk):
    fee_month = month_within(reach, pk)
    with said(request, "补助发放已经记账"):
        paid_on = PaidForm(request.POST, today=timezone.localdate()).day()
        pay_stipends(fee_month, paid_on=paid_on, by=request.actor)
    return redirect("billing:expense-list", pk)


@requires(Capability.KEEP_BOOKS)
def subsidy_create(request, reach, pk):
    fee_month = month_within(reach, pk)
    initial = {"key": minted_key(), "on": timezone.localdate()}
    form = SubsidyForm(request.POST or None, rule=rule_of(fee_month), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            receive_subsidy(fee_month, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            return redirect("billing:expense-list", pk)
    context = {"form": form, "month": fee_month, "heading": "登记财政补助", "back": "billing:expense-list"}
    return render(request, "billing/form.html", context, status=422 if form.errors else 200)


def _next_waiting(expense: Expense) -> HttpResponseRedirect:
    """Back to the list, where the next cost is that waits for approval."""
    waiting = expense.fee_month.expenses.filter(state=Expense.State.ENTERED).order_by("on", "pk").defer("voucher")
    here = waiting.filter(on__gte=expense.on).exclude(on=expense.on, pk__lt=expense.pk).first() or waiting.first()
    place = f"#cost-{here.pk}" if here else ""
    return HttpResponseRedirect(reverse("billing:expense-list", args=[expense.fee_month_id]) + place)


def _expense(reach, pk) -> Expense:
    return get_object_or_404(Expense.objects.within(reach).select_related("fee_month__school"), pk=pk)
