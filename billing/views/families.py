"""What a guardian asks of the money room: another payee, money back that was paid in advance, what a withdrawal gives."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from afterschool.access import codes
from afterschool.access.addresses import address_of
from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.money import Money, total
from afterschool.refusals import tell
from afterschool.schools.models import Student
from billing import actions
from billing.forms.families import PayeeForm
from billing.selectors.payees import payers_of
from billing.selectors.withdrawing import estimate
from enrollment.asked import unbarred
from enrollment.models import Agreement

from .saying import said


@sensitive_post_parameters("code")
@requires(Capability.APPLY)
@unbarred
def payee_change(request, reach, student_id):
    """Who holds the phone proves once more to be the guardian, by a code, before money goes elsewhere."""
    student, form = _child(reach, student_id), PayeeForm(request.POST or None)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        if codes.redeem(request.user.phone, typed.pop("code"), session=request.session) != request.user:
            form.add_error("code", codes.WRONG)
        else:
            try:
                actions.ask_payee_change(student, **typed, now=timezone.now(), by=request.actor)
            except RuleBroken as refusal:
                tell(form, refusal)
            else:
                messages.success(request, "申请已交学校，有结果会通知您")
                return redirect("billing:payee-change", student_id)
    return _page(request, student, form)


@require_POST
@requires(Capability.APPLY)
@unbarred
def payee_code(request, reach, student_id):
    """Send a code to the guardian's own phone; what is typed so far stays."""
    student, form = _child(reach, student_id), PayeeForm(initial=request.POST.dict() | {"code": ""})
    try:
        codes.ask(request.user.phone, session=request.session, address=address_of(request))
    except RuleBroken as refusal:
        return _page(request, student, form, refusal=str(refusal))
    return _page(request, student, form, sent=True)


def _page(request, student, form, *, sent=False, refusal=""):
    context = {
        "student": student,
        "form": form,
        "changes": student.payee_changes.select_related("asked_by", "decided_by"),
        "payers": payers_of([student.pk])[student.pk],
        "sent": sent,
        "refusal": refusal,
        "phone": request.user.phone,
    }
    return render(request, "billing/payee_change.html", context, status=422 if form.errors or refusal else 200)


@require_POST
@requires(Capability.APPLY)
@unbarred
def advance_ask(request, reach, student_id):
    student = _child(reach, student_id)
    with said(request):
        made = actions.ask_advance_back(student, now=timezone.now(), by=request.actor)
        back = total(Money(refund.amount_fen) for refund in made)
        messages.success(request, f"学校会把 {back} 元退给当初付款的人，到账以后通知您")
    return redirect("disclosures:my-months")


@requires(Capability.APPLY)
@unbarred
def withdrawal_estimate(request, reach, pk):
    """What would go back with this last day: told beside the form, before anything is asked for."""
    agreement = get_object_or_404(Agreement.objects.within(reach).select_related("school"), pk=pk)
    try:
        last_on = date.fromisoformat(request.GET.get("last_on", ""))
    except ValueError:
        last_on = timezone.localdate()
    return render(request, "billing/_estimate.html", {"estimate": estimate(agreement, last_on), "last_on": last_on})


def _child(reach, student_id) -> Student:
    if student_id not in reach.students:
        raise Http404
    return get_object_or_404(Student.objects.select_related("school", "school_class"), pk=student_id)
