from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.refusals import tell
from billing.actions import enter_receipt, void_receipt
from billing.forms import ReceiptForm, minted_key
from billing.ledger.selectors import vouchers_of
from billing.models import BankLine, FeeMonth, Fund, Meal, Receipt, StatementImport
from billing.papers import receipt_pdf
from billing.selectors.sheets import receipts_xlsx
from billing.selectors.students import names_of, student_named

from .months import month_within
from .saying import paper, rights, said, spreadsheet


@requires(Capability.SEE_BOOKS)
def receipt_list(request, reach, pk):
    fee_month = month_within(reach, pk)
    receipts = _of(fee_month).with_rest()
    days = (fee_month.month, fee_month.last_on)
    statements = StatementImport.objects.filter(school=fee_month.school, lines__on__range=days)
    still_open = Count("lines", filter=Q(lines__state=BankLine.State.OPEN))
    context = {
        **rights(request),
        "month": fee_month,
        "page": Paginator(receipts, 100).get_page(request.GET.get("page")),
        "total_fen": _sum(fee_month, Fund.FEES),
        "meal_fen": _sum(fee_month, Fund.MEAL),
        "void_count": _of(fee_month).exclude(voided_at=None).count(),
        "statements": statements.annotate(still_open=still_open),
        "open_lines": BankLine.objects.filter(school=fee_month.school, state="open", on__range=days).count(),
    }
    return render(request, "billing/receipt_list.html", context)


@requires(Capability.KEEP_BOOKS)
def receipt_create(request, reach, pk):
    fee_month = month_within(reach, pk)
    today = timezone.localdate()
    kept = {name: request.GET[name] for name in ("on", "method", "fund") if name in request.GET}
    initial = {"key": minted_key(), "on": today, **kept}
    collects = Meal.objects.published().filter(school=fee_month.school).exists()
    form = ReceiptForm(request.POST or None, today=today, collects=collects, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            receipt = _receive(fee_month.school, dict(form.cleaned_data), request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request, f"已收 {receipt.student.name} {Money(receipt.amount_fen)} 元，收据 {receipt.number} 号"
            )
            same = urlencode({"on": receipt.on.isoformat(), "method": receipt.method, "fund": receipt.fund})
            return redirect(f"{reverse('billing:receipt-create', args=[pk])}?{same}")
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "month": fee_month,
        "heading": "登记收款",
        "back": "billing:receipt-list",
        "children": names_of(fee_month.school),
        "before": _last_typed(fee_month.school, request.actor),
    }
    return render(request, "billing/form.html", context, status=status)


@requires(Capability.SEE_BOOKS)
def receipt_detail(request, reach, pk):
    receipt = _receipt(reach, pk)
    parts = receipt.allocations.select_related("charge__fee_month", "charge__item__offering")
    month = FeeMonth.objects.filter(school=receipt.school, month=receipt.on.replace(day=1)).first()
    stands = month and month.is_open and not receipt.voided_at and receipt.method != Receipt.Method.WECHAT
    context = {
        "receipt": receipt,
        "parts": parts,
        "back": receipt.refunds.order_by("pk"),
        "rest_fen": receipt.rest_fen,
        "vouchers": vouchers_of(receipt),
        "month": month,
        "may_void": stands and rights(request)["reviews"] and receipt.entered_by_id != request.actor.person_id,
    }
    return render(request, "billing/receipt_detail.html", context)


@requires(Capability.SEE_BOOKS)
def receipt_paper(request, reach, pk):
    receipt = _receipt(reach, pk)
    return paper(receipt_pdf(receipt), f"receipt-{receipt.number}")


@require_POST
@requires(Capability.REVIEW_BOOKS)
def receipt_void(request, reach, pk):
    receipt = _receipt(reach, pk)
    with said(request, f"收据 {receipt.number} 号已经作废"):
        void_receipt(receipt, reason=request.POST.get("reason", ""), now=timezone.now(), by=request.actor)
    return redirect("billing:receipt-detail", pk)


@requires(Capability.SEE_BOOKS)
def receipt_sheet(request, reach, pk):
    fee_month = month_within(reach, pk)
    receipts = _of(fee_month).order_by("number")
    return spreadsheet(receipts_xlsx(fee_month, receipts), f"receipts-{fee_month.month:%Y-%m}")


def _of(fee_month):
    days = (fee_month.month, fee_month.last_on)
    receipts = Receipt.objects.filter(school=fee_month.school, on__range=days)
    return receipts.select_related("student__school_class", "bank_line").order_by("-number")


def _sum(fee_month, fund) -> int:
    return _of(fee_month).standing().filter(fund=fund).aggregate(fen=Sum("amount_fen", default=0))["fen"]


def _last_typed(school, actor):
    typed = Receipt.objects.filter(school=school, bank_line=None, entered_by=actor.person_id, voided_at=None)
    return typed.select_related("student__school_class").order_by("-number")[:5]


def _receipt(reach, pk) -> Receipt:
    whole = Receipt.objects.select_related("school", "student__school_class", "bank_line", "entered_by", "voided_by")
    return get_object_or_404(whole.within(reach).with_rest(), pk=pk)


def _receive(school, typed: dict, by) -> Receipt:
    student = student_named(school, typed.pop("student"))
    return enter_receipt(student, **typed, by=by)
