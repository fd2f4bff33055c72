"""异常: written down, followed to its end; and the second person's call."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.access.models import Person
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from enrollment.selectors import guardians_to_tell, held_in_dispute
from staffing.asked import number_in, school_asked
from staffing.selectors import leaders_of

from .. import actions, selectors
from ..day_forms import CallBackForm, IncidentForm, StepForm
from ..models import CallBack, Incident
from ..selectors.incidents import numbers_of
from .day import board_of


@requires(Capability.HAND_OVER)
def incident_create(request, reach):
    school, on = school_asked(request, reach), timezone.localdate()
    leads = school.pk in request.actor.reach(Capability.LEAD_DAY).schools
    theirs = selectors.children_of(school, on) if leads else selectors.children_at_the_gate(request.actor, on)
    children = theirs.filter(school=school)
    form = IncidentForm(
        request.POST or None, students=children, initial={"student": number_in(request.GET.get("child"))}
    )
    hearing = _hearing(school, on, request.actor, leads)
    if request.method == "POST" and form.is_valid():
        try:
            actions.note_incident(school, day=on, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已记下，{hearing}已收到通知" if hearing else "已记下，请接着处理")
            return redirect(board_of(school, on) if leads else "attendance:handover")
    context = {"form": form, "school": school, "leads": leads, "hearing": hearing}
    return render(request, "attendance/incident_create.html", context, status=422 if form.errors else 200)


def _hearing(school, on, actor, leads: bool) -> str:
    """Who else hears of it: a leader who writes it down knows already."""
    others = leaders_of(school, on) - {actor.person_id}
    return ("另一位带班领导" if leads else "带班领导") if others else ""


@require_safe
@requires(Capability.SEE_ATTENDANCE)
def incident(request, reach, pk):
    return _incident_page(request, _incident(reach, pk))


@require_POST
@requires(Capability.LEAD_DAY)
def incident_follow(request, reach, pk):
    incident, form = _incident(reach, pk), StepForm(request.POST)
    if form.is_valid():
        step = actions.Step(**form.cleaned_data)
        try:
            actions.follow_incident(incident, step=step, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "已处理完毕" if step.settles else "已记下")
            return redirect("attendance:incident", pk)
    return _incident_page(request, incident, form)


@requires(Capability.CALL_BACK)
def call_back(request, reach, pk):
    incident = get_object_or_404(selectors.calls_open_to(request.actor, _incidents(reach)), pk=pk)
    disputed = incident.student_id in held_in_dispute([incident.student], incident.day)
    numbers = numbers_of(incident.student, incident.day, disputed=disputed)
    guardians = Person.objects.filter(pk__in=[number.tie.person_id for number in numbers])
    in_time = disputed or incident.day == timezone.localdate()  # whoever waits in a dispute is told of afterwards too
    form = CallBackForm(request.POST or None, guardians=guardians, about_dispute=disputed)
    if request.method == "POST" and form.is_valid():
        try:
            call = actions.call_back(incident, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _said(call))
            return redirect("attendance:call-back", pk)
    context = {
        "form": form,
        "incident": incident,
        "numbers": numbers,
        "disputed": disputed,
        "all_told": disputed and numbers and all(number.call and number.call.agreed for number in numbers),
        "calls": _calls(incident),
        "may_call": in_time and request.actor.person_id != incident.by_id,
        "in_time": in_time,
    }
    return render(request, "attendance/call_back.html", context, status=422 if form.errors else 200)


def _incident_page(request, incident, form=None):
    leads, today = incident.school_id in request.actor.reach(Capability.LEAD_DAY).schools, timezone.localdate()
    child = incident.student if leads else None
    context = {
        "incident": incident,
        "calls": _calls(incident),
        "leads": leads,
        "guardians": guardians_to_tell([child], today, today)[child.pk] if child else [],
        "stranger": incident.kind == Incident.Kind.WRONG_ADULT and incident.day == today,
        "form": form or StepForm(initial={"first_aid": incident.first_aid, "reported_to": incident.reported_to}),
    }
    return render(request, "attendance/incident.html", context, status=422 if form else 200)


def _incident(reach, pk) -> Incident:
    return get_object_or_404(_incidents(reach), pk=pk)


def _incidents(reach):
    people = ("by", "guardian_told_by", "settled_by")
    return Incident.objects.within(reach).select_related("school", "student__school_class", *people)


def _calls(incident):
    calls = CallBack.objects.filter(student=incident.student_id, day=incident.day)
    return calls.select_related("guardian", "called_by")


def _said(call: CallBack) -> str:
    if not call.adult_name:
        return f"已告知 {call.guardian.name}"
    if call.agreed:
        return f"{call.guardian.name} 同意交给 {call.adult_name}。校门口点“刷新名单”，来接的人就在孩子名下"
    return f"{call.guardian.name} 不同意。孩子留在学校，请到现场处置"
