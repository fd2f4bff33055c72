from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import redirect, render
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.refusals import tell
from billing.actions import enter_receipt
from billing.forms import ReceiptForm, minted_key
from billing.models import BankLine, Receipt, StatementImport
from billing.selectors.sheets import receipts_xlsx
from billing.selectors.students import student_named

from .months import month_within
from .saying import rights, spreadsheet


@requires(Capability.SEE_BOOKS)
def receipt_list(request, reach, pk):
    fee_month = month_within(reach, pk)
    receipts = _of(fee_month).annotate(rest_fen=F("amount_fen") - Coalesce(Sum("allocations__fen"), 0))
    days = (fee_month.month, fee_month.last_on)
    context = {
        **rights(request),
        "month": fee_month,
        "page": Paginator(receipts, 100).get_page(request.GET.get("page")),
        "total_fen": _of(fee_month).aggregate(fen=Sum("amount_fen", default=0))["fen"],
        "statements": StatementImport.objects.filter(school=fee_month.school, lines__on__range=days).distinct(),
        "open_lines": BankLine.objects.filter(school=fee_month.school, state="open", on__range=days).count(),
    }
    return render(request, "billing/receipt_list.html", context)


@requires(Capability.KEEP_BOOKS)
def receipt_create(request, reach, pk):
    fee_month = month_within(reach, pk)
    today = timezone.localdate()
    form = ReceiptForm(request.POST or None, today=today, initial={"key": minted_key(), "on": today})
    if request.method == "POST" and form.is_valid():
        try:
            receipt = _receive(fee_month.school, dict(form.cleaned_data), request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request, f"已收 {receipt.student.name} {Money(receipt.amount_fen)} 元，收据 {receipt.number} 号"
            )
            return redirect("billing:receipt-list", pk)
    status = 422 if form.errors else 200
    context = {"form": form, "month": fee_month, "heading": "登记收款", "back": "billing:receipt-list"}
    return render(request, "billing/form.html", context, status=status)


@requires(Capability.SEE_BOOKS)
def receipt_sheet(request, reach, pk):
    fee_month = month_within(reach, pk)
    receipts = _of(fee_month).order_by("number")
    return spreadsheet(receipts_xlsx(fee_month, receipts), f"receipts-{fee_month.month:%Y-%m}")


def _of(fee_month):
    days = (fee_month.month, fee_month.last_on)
    receipts = Receipt.objects.filter(school=fee_month.school, on__range=days)
    return receipts.select_related("student__school_class", "bank_line").order_by("-number")


def _receive(school, typed: dict, by) -> Receipt:
    student = student_named(school, typed.pop("student"))
    return enter_receipt(student, **typed, by=by)
