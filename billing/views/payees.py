"""更换收款人 and 预收款退回, at the school."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.money import Money, total
from billing import actions
from billing.models import PayeeChange
from billing.selectors.advances import advances
from billing.selectors.payees import payers_of

from .months import month_within
from .saying import rights, said

LATEST = 50


@requires(Capability.REVIEW_BOOKS)
def payee_change_list(request, reach):
    changes = PayeeChange.objects.within(reach).select_related("student__school_class", "asked_by", "decided_by")
    waiting = list(changes.filter(state=PayeeChange.State.ASKED).order_by("asked_at"))
    payers = payers_of([change.student_id for change in waiting])
    context = {
        "waiting": [(change, payers[change.student_id]) for change in waiting],
        "decided": changes.exclude(state=PayeeChange.State.ASKED)[:LATEST],
    }
    return render(request, "billing/payee_change_list.html", context)


@require_POST
@requires(Capability.REVIEW_BOOKS)
def payee_change_decide(request, reach, pk):
    change = get_object_or_404(PayeeChange.objects.within(reach), pk=pk)
    with said(request, "已审批，家长会收到通知"):
        actions.decide_payee_change(
            change,
            agreed=request.POST.get("agreed") == "yes",
            answer=request.POST.get("answer", ""),
            now=timezone.now(),
            by=request.actor,
        )
    return redirect("billing:payee-change-list")


@requires(Capability.SEE_BOOKS)
def advance_list(request, reach, pk):
    fee_month = month_within(reach, pk)
    rows = advances(fee_month.school, timezone.localdate())
    context = {**rights(request), "month": fee_month, "rows": rows, "whole": total(row.held for row in rows)}
    context["leavers"] = sum(not row.stays for row in rows)
    return render(request, "billing/advance_list.html", context)


@require_POST
@requires(Capability.KEEP_BOOKS)
def advance_return(request, reach, pk):
    """Of the children that are ticked."""
    fee_month = month_within(reach, pk)
    held = {row.student.pk for row in advances(fee_month.school, timezone.localdate())}
    picked = held & {int(pk) for pk in request.POST.getlist("pick") if pk.isdecimal()}
    with said(request):
        if not picked:
            raise RuleBroken("请勾选要退的孩子")
        made = actions.return_advances(fee_month.school, picked, on=timezone.localdate(), by=request.actor)
        back = total(Money(refund.amount_fen) for refund in made)
        messages.success(request, f"{len(made)} 笔预收款共 {back} 元列为待退，退给当初付款的人")
    return redirect("billing:advance-list", pk)
