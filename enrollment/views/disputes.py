"""争议暂扣, for the office."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student

from .. import actions
from ..forms import DisputeForm, refuse_on
from ..models import DisputeHold


@requires(Capability.RESTRICT_PICKUP)
def dispute_create(request, reach, student_id):
    children = Student.objects.within(reach).enrolled().select_related("school_class")
    student, form = get_object_or_404(children, pk=student_id), DisputeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hold_in_dispute(student, **form.cleaned_data, today=timezone.localdate(), by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, "已登记，立即生效，监护人会收到通知。")
            return redirect("enrollment:restriction-list")
    context = {"student": student, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "enrollment/dispute_form.html", context, status=status)


@require_POST
@requires(Capability.RESTRICT_PICKUP)
def dispute_end(request, reach, pk):
    hold = get_object_or_404(DisputeHold.objects.within(reach), pk=pk)
    try:
        actions.end_dispute(hold, today=timezone.localdate(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已结束，监护人会收到通知。")
    return redirect("enrollment:restriction-list")
