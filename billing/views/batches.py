"""退费批次: the bank's file, its rows, and the bank's answers."""

from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from billing import actions
from billing.forms import AnswerForm, PaidForm
from billing.models import BankAnswer, Payout, RefundBatch
from billing.selectors.answers import TURN, tally, weigh
from billing.selectors.payouts import counted, shown
from billing.selectors.sheets import batch_xlsx

from .saying import rights, said, spreadsheet

A_PAGE = 100


@requires(Capability.SEE_BOOKS)
def batch_list(request, reach):
    batches = counted(RefundBatch.objects.within(reach)).order_by("-made_at", "-pk")
    page = Paginator(batches, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "billing/batch_list.html", {**rights(request), "page": page})


@requires(Capability.SEE_BOOKS)
def batch_detail(request, reach, pk):
    batch = _batch(reach, pk)
    rows = shown(batch.payouts.select_related("refund__student__school_class", "refund__fee_month")).order_by("row")
    context = {
        **rights(request),
        "batch": batch,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "answers": batch.answers.select_related("uploaded_by", "taken_by"),
        "today": timezone.localdate(),
    }
    return render(request, "billing/batch_detail.html", context)


@requires(Capability.SEE_BOOKS)
def batch_file(request, reach, pk):
    batch = _batch(reach, pk)
    return spreadsheet(batch_xlsx(batch), f"refunds-{batch.school.code}-batch-{batch.number}")


@require_POST
@requires(Capability.REVIEW_BOOKS)
def batch_paid(request, reach, pk):
    """All rows of which the bank has said nothing else."""
    batch = _batch(reach, pk)
    with said(request, "已登记到账"):
        rows = list(batch.payouts.filter(state=Payout.State.SENT).exclude(payee_account=""))
        if not rows:
            raise RuleBroken("没有等回单的退费")
        actions.payouts_paid(rows, paid_on=_day(request), by=request.actor)
    return redirect("billing:batch-detail", pk)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def payout_paid(request, reach, pk):
    row = _payout(reach, pk)
    with said(request, f"第 {row.row} 行 {row.payee} 已登记"):
        actions.payouts_paid([row], paid_on=_day(request), by=request.actor)
    return _next_row(row)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def payout_failed(request, reach, pk):
    row = _payout(reach, pk)
    with said(request, f"第 {row.row} 行已记为银行退回，下次编批次时重办"):
        actions.payout_failed(row, reason=request.POST.get("reason", ""), by=request.actor)
    return _next_row(row)


@requires(Capability.REVIEW_BOOKS)
def answer_upload(request, reach, pk):
    batch = _batch(reach, pk)
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            answer = actions.bring_answer(batch, file_name=file.name, data=file.read(), by=request.actor)
        except RuleBroken as refusal:
            refusal.field = "file"
            tell(form, refusal)
        else:
            return redirect("billing:answer-detail", answer.pk)
    return render(
        request, "billing/answer_form.html", {"form": form, "batch": batch}, status=422 if form.errors else 200
    )


@requires(Capability.SEE_BOOKS)
def answer_detail(request, reach, pk):
    answer = _answer(reach, pk)
    weighed = sorted(weigh(answer), key=lambda one: TURN.index(one.verdict))
    context = {
        **rights(request),
        "answer": answer,
        "batch": answer.batch,
        "page": Paginator(weighed, A_PAGE).get_page(request.GET.get("page")),
        "tally": tally(weighed),
        "today": timezone.localdate(),
    }
    return render(request, "billing/answer_detail.html", context)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def answer_take(request, reach, pk):
    answer = _answer(reach, pk)
    with said(request, "回单已登记"):
        actions.take_answer(answer, paid_on=_day(request), now=timezone.now(), by=request.actor)
    return redirect("billing:answer-detail", pk)


def _next_row(row: Payout) -> HttpResponseRedirect:
    """To the next row of the batch that waits for its result, on its page."""
    waiting = Payout.objects.filter(batch=row.batch_id, state=Payout.State.SENT)
    here = waiting.filter(row__gte=row.row).first() or waiting.first() or row
    url = reverse("billing:batch-detail", args=[row.batch_id])
    return HttpResponseRedirect(f"{url}?page={(here.row - 1) // A_PAGE + 1}#row-{here.row}")


def _day(request):
    return PaidForm(request.POST, today=timezone.localdate()).day()


def _batch(reach, pk) -> RefundBatch:
    return get_object_or_404(counted(RefundBatch.objects.within(reach)), pk=pk)


def _payout(reach, pk) -> Payout:
    return get_object_or_404(Payout.objects.within(reach), pk=pk)


def _answer(reach, pk) -> BankAnswer:
    return get_object_or_404(BankAnswer.objects.within(reach).select_related("batch__school"), pk=pk)
