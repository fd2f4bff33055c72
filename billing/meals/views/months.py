"""A month's meals at the desk of finance."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.refusals import tell
from billing.actions import enter_expense
from billing.forms.books import minted_key
from billing.models import Fund
from billing.views.months import month_within
from billing.views.saying import rights, said, spreadsheet

from ..actions import charge_meals, settle_meals
from ..forms import InvoiceForm
from ..papers import charges_xlsx
from ..selectors.overview import overview
from ..selectors.register import billable, category_of


@requires(Capability.SEE_BOOKS)
def meal_month(request, reach, pk):
    fee_month = month_within(reach, pk)
    seen = overview(fee_month, timezone.localdate())
    page = Paginator(seen.rows, 100).get_page(request.GET.get("page"))
    context = {**rights(request), "month": fee_month, "seen": seen, "page": page}
    return render(request, "meals/meal_month.html", context)


@require_POST
@requires(Capability.KEEP_BOOKS)
def meals_charge(request, reach, pk):
    with said(request):
        made = charge_meals(month_within(reach, pk), by=request.actor)
        messages.success(request, f"已生成 {len(made)} 份餐费，家长已收到通知" if made else "都生成过了，没有新的")
    return redirect("meals:meal-month", pk)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def meals_settle(request, reach, pk):
    with said(request):
        made = settle_meals(month_within(reach, pk), now=timezone.now(), by=request.actor)
        fen = sum(refund.amount_fen for refund in made)
        messages.success(
            request, f"已结清，应退 {len(made)} 笔 {Money(fen)} 元，可以列入退费批次" if made else "已结清，没有要退的"
        )
    return redirect("meals:meal-month", pk)


@requires(Capability.SEE_BOOKS)
def meal_sheet(request, reach, pk):
    fee_month = month_within(reach, pk)
    return spreadsheet(charges_xlsx(fee_month), f"meals-{fee_month.month:%Y-%m}")


@requires(Capability.KEEP_BOOKS)
def invoice_create(request, reach, pk):
    fee_month = month_within(reach, pk)
    initial = {"key": minted_key(), "on": min(timezone.localdate(), fee_month.last_on)}
    form = InvoiceForm(request.POST or None, request.FILES or None, meals=billable(fee_month), initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        facts = {"fund": Fund.MEAL, "category": category_of(fee_month), "payee": told["meal"].supplier}
        try:
            enter_expense(fee_month, **told, **facts, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已录入：{facts['payee']} {told['amount']} 元，等复核审批")
            return redirect("meals:meal-month", pk)
    context = {"form": form, "month": fee_month, "heading": "录入供餐结算单", "back": "meals:meal-month"}
    return render(request, "billing/form.html", context, status=422 if form.errors else 200)
