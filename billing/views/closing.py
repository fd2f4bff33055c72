"""Between the draft and the lock: the guardians look, the bank is reconciled."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.refusals import tell
from billing import actions
from billing.actions.showing import usual_day
from billing.forms.closing import AnswerForm, BankForm, ShowForm, items_form
from billing.models import Objection, Reconciliation
from billing.selectors.reconciling import balance_of, in_book, items_of, stands, suggested

from .months import month_within
from .saying import rights


@requires(Capability.KEEP_BOOKS)
def settlement_show(request, reach, pk):
    fee_month, now = month_within(reach, pk), timezone.now()
    form = ShowForm(request.POST) if request.method == "POST" else ShowForm(initial={"until": usual_day(now)})
    if form.is_valid():
        try:
            shown = actions.show_settlement(fee_month, until=form.cleaned_data["until"], now=now, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已通知家长，核对到{shown.objections_until:%-m月%-d日}")
            return redirect("billing:month-detail", pk)
    context = {"form": form, "month": fee_month, "heading": "交家长核对", "back": "billing:month-detail"}
    return render(request, "billing/form.html", context, status=422 if form.is_bound else 200)


@requires(Capability.SEE_BOOKS)
def objection_list(request, reach, pk):
    fee_month = month_within(reach, pk)
    return _objections(request, fee_month)


@require_POST
@requires(Capability.KEEP_BOOKS)
def objection_answer(request, reach, pk):
    objection = get_object_or_404(Objection.objects.within(reach).select_related("fee_month__school"), pk=pk)
    form = AnswerForm(request.POST, prefix=f"answer-{pk}")
    if form.is_valid():
        try:
            actions.answer_objection(objection, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "已答复，家长会收到")
            return redirect("billing:objection-list", objection.fee_month_id)
    return _objections(request, objection.fee_month, form, objection)


def _objections(request, fee_month, form=None, asked=None):
    rows = list(fee_month.objections.select_related("student__school_class", "raised_by", "answered_by"))
    for row in rows:
        row.form = form if asked and row.pk == asked.pk else AnswerForm(prefix=f"answer-{row.pk}")
        row.form.action = reverse("billing:objection-answer", args=[row.pk])
    settlement = getattr(fee_month, "settlement", None)
    context = {**rights(request), "month": fee_month, "rows": rows, "settlement": settlement}
    return render(request, "billing/objection_list.html", context, status=422 if form and form.is_bound else 200)


@requires(Capability.SEE_BOOKS)
def reconciliation(request, reach, pk):
    fee_month = month_within(reach, pk)
    made = Reconciliation.objects.filter(fee_month=fee_month).select_related("made_by").first()
    items = items_of(made) if made else suggested(fee_month)
    form = BankForm(initial={"bank": Money(made.bank_fen).plain() if made else ""})
    return _bank(request, fee_month, form, items_form(initial=items), made)


@require_POST
@requires(Capability.KEEP_BOOKS)
def reconciliation_make(request, reach, pk):
    fee_month, form, rows = month_within(reach, pk), BankForm(request.POST), items_form(request.POST)
    if form.is_valid() and rows.is_valid():
        items, now = [item for row in rows if (item := row.item())], timezone.now()
        try:
            actions.reconcile(fee_month, bank=form.cleaned_data["bank"], items=items, now=now, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "余额调节表已编制，两边相符")
            return redirect("billing:reconciliation", pk)
    return _bank(request, fee_month, form, rows, Reconciliation.objects.filter(fee_month=fee_month).first())


def _bank(request, fee_month, form, rows, made):
    context = {
        **rights(request), "month": fee_month, "form": form, "rows": rows, "made": made,
        "balance": balance_of(made) if made else None, "stands": bool(stands(fee_month)), "book": in_book(fee_month),
    }  # fmt: skip
    return render(request, "billing/reconciliation.html", context, status=422 if form.is_bound else 200)
