"""A family's own months, on the phone."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from billing.actions import raise_objection
from billing.forms.closing import ObjectionForm
from billing.meals.selectors.families import eaters_among
from billing.meals.selectors.overview import family_months
from billing.models import Receipt
from billing.papers import receipt_pdf
from billing.selectors.advances import advances_back_of, advances_of
from billing.views.saying import paper
from billing.wechat.selectors import due_of
from enrollment.asked import kept_from, unbarred

from ..again import agains_of
from ..families import FamilyMonth, all_months_of, disclosure_of, month_of


@requires(Capability.APPLY)
@unbarred
def month_list(request, reach):
    held, back = advances_of(reach.students), advances_back_of(reach.students)
    children = [
        (child, months, held.get(child.pk), back.get(child.pk, ())) for child, months in all_months_of(reach.students)
    ]
    context = {"children": children, "eaters": eaters_among(reach.students), "kept_from": kept_from(request, reach)}
    return render(request, "disclosures/month_list.html", context)


@requires(Capability.APPLY)
@unbarred
def month_detail(request, reach, student_id, month):
    return _page(request, _find(reach, student_id, month), ObjectionForm())


@require_POST
@requires(Capability.APPLY)
@unbarred
def objection_create(request, reach, student_id, month):
    found, form = _find(reach, student_id, month), ObjectionForm(request.POST)
    if form.is_valid():
        try:
            raise_objection(found.fee_month, found.student, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "学校已经收到，答复会出现在这里，也会通知您")
            return redirect("disclosures:my-month", student_id, month)
    return _page(request, found, form)


def _find(reach, student_id, month) -> FamilyMonth:
    found = month_of(student_id, month) if student_id in reach.students else None
    if found is None:
        raise Http404
    return found


def _page(request, found: FamilyMonth, form: ObjectionForm):
    disclosure = disclosure_of(found.fee_month)
    form.action = reverse("disclosures:objection-create", args=[found.student.pk, found.month])
    context = {
        "form": form,
        "month": found,
        "disclosure": disclosure,
        "agains": agains_of(found),
        "due": due_of(found.student, found.fee_month),
        "meals": next(family_months(found.student.pk, month=found.month), None),
    }
    return render(request, "disclosures/month_detail.html", context, status=422 if form.is_bound else 200)


@requires(Capability.APPLY)
@unbarred
def receipt_paper(request, reach, pk):
    receipt = get_object_or_404(Receipt.objects.within(reach).select_related("school", "student__school_class"), pk=pk)
    return paper(receipt_pdf(receipt), f"receipt-{receipt.number}")
