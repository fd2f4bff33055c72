"""协议: read, signed and withdrawn by the guardian; printed by both sides; checked by anyone who holds the paper."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import public, requires
from afterschool.errors import RuleBroken

from .. import actions
from ..actions.withdrawals import first_last_day
from ..asked import unbarred
from ..forms import SigningForm, WithdrawalForm, refuse_on
from ..models import Agreement
from ..papers import agreement_pdf, code_of


@requires(Capability.APPLY)
@unbarred
def agreement_detail(request, reach, pk):
    agreement = get_object_or_404(_agreements(reach), pk=pk)
    return _page(request, agreement, SigningForm(initial={"sha256": agreement.sha256}))


@require_POST
@requires(Capability.APPLY)
@unbarred
def agreement_sign(request, reach, pk):
    agreement = get_object_or_404(_agreements(reach), pk=pk)
    form = SigningForm(request.POST)
    if form.is_valid():
        sha256 = form.cleaned_data["sha256"]
        try:
            actions.sign_as_guardian(agreement=agreement, sha256=sha256, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, "已签字，学校盖章后孩子就在册了。")
            return redirect("enrollment:application-detail", agreement.application_id)
    return _page(request, agreement, form, status=422)


def _page(request, agreement, form, status=200):
    context = {"agreement": agreement, "content": agreement.content, "form": form}
    return render(request, "enrollment/agreement_detail.html", context, status=status)


@requires(Capability.APPLY)
@unbarred
def agreement_withdraw(request, reach, pk):
    agreement = get_object_or_404(_agreements(reach), pk=pk)
    if agreement.ended_on is not None or not agreement.is_signed:
        return redirect("enrollment:agreement-detail", pk)
    first = first_last_day(agreement, timezone.localdate())
    form = WithdrawalForm(request.POST or None, initial={"last_on": first})
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(agreement=agreement, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, "已收到退出申请，最后一天之后不再收费。")
            return redirect("enrollment:agreement-detail", pk)
    context = {"agreement": agreement, "form": form}
    return render(request, "enrollment/withdraw.html", context, status=422 if request.method == "POST" else 200)


@requires(Capability.APPLY)
@unbarred
def agreement_paper(request, reach, pk):
    """The guardian's copy."""
    return _paper(get_object_or_404(_agreements(reach), pk=pk))


@requires(Capability.SEE_PLACEMENTS)
def agreement_copy(request, reach, pk):
    """The school's copy."""
    return _paper(get_object_or_404(_agreements(reach), pk=pk))


def _paper(agreement):
    name = f'inline; filename="{agreement.number}.pdf"'
    return HttpResponse(agreement_pdf(agreement), content_type="application/pdf", headers={"Content-Disposition": name})


@public("whoever holds the paper may check it; shows no names")
def agreement_verify(request, number, code):
    agreement = get_object_or_404(Agreement.objects.select_related("school"), number=number)
    genuine = code == code_of(agreement)
    return render(request, "enrollment/agreement_verify.html", {"agreement": agreement, "genuine": genuine})


def _agreements(reach):
    return Agreement.objects.within(reach).select_related(
        "application", "student__school_class", "school", "term", "guardian_signed_by", "school_signed_by", "withdrawal"
    )
