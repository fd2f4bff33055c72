"""减免: put forward by class teacher or office, decided by the principal; nobody else sees these pages."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.policy import waivers
from afterschool.schools.models import Student
from afterschool.schools.rules import policy_of

from .. import actions
from ..forms import DecisionForm, WaiverForm, refuse_on
from ..models import Waiver
from ..selectors import found_children, waivers_due, with_groups


@requires(Capability.REQUEST_WAIVERS)
def waiver_list(request, reach):
    students, q = Student.objects.within(reach), request.GET.get("q", "")
    context = {
        "waivers": with_groups(_waivers(reach)),
        "due": waivers_due(students),
        "q": q,
        "found": found_children(students, q),
    }
    return render(request, "enrollment/waiver_list.html", context)


@requires(Capability.REQUEST_WAIVERS)
def waiver_create(request, reach, student_id):
    students = Student.objects.within(reach).enrolled().select_related("school_class", "school__bureau")
    student = get_object_or_404(students, pk=student_id)
    today = timezone.localdate()
    groups = waivers.groups(policy_of(student.school, today), today)
    initial: dict[str, object] = {"began_on": today.replace(day=1)}
    if student.is_registered_poor:
        initial |= {"category": "registered_poor", "evidence": "学籍名册登记为建档立卡"}
    form = WaiverForm(request.POST or None, groups=groups, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_waiver(student=student, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, f"已为{student.name}提请减免，等校长决定。")
            return redirect("enrollment:waiver-list")
    context = {"student": student, "form": form, "groups": groups}
    status = 422 if request.method == "POST" else 200
    return render(request, "enrollment/waiver_form.html", context, status=status)


@requires(Capability.DECIDE_WAIVERS)
def waiver_desk(request, reach):
    """What waits for a decision comes first."""
    waiting_first = sorted(_waivers(reach), key=lambda waiver: waiver.state != Waiver.State.ASKED)
    context = {"waivers": with_groups(waiting_first), "deciding": True}
    return render(request, "enrollment/waiver_list.html", context)


@require_POST
@requires(Capability.DECIDE_WAIVERS)
def waiver_decide(request, reach, pk):
    waiver = get_object_or_404(_waivers(reach), pk=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            actions.decide_waiver(waiver=waiver, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{waiver.student.name}的减免已有决定，经办人和家长能看到结果。")
    else:
        messages.error(request, "请选择同意或不同意。")
    return redirect("enrollment:waiver-desk")


def _waivers(reach):
    return Waiver.objects.within(reach).select_related(
        "student__school_class", "school__bureau", "asked_by", "decided_by"
    )
