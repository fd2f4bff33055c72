"""今天的安排: which sessions meet, where; stopped, cut short, moved, taken back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from staffing.asked import number_in, school_asked

from .. import selectors
from ..actions import move_session, resume_sessions, stop_sessions
from ..models import Session
from ..roll_forms import RoomForm, StopForm


@require_safe
@requires(Capability.LEAD_DAY)
def stops(request, reach):
    school = school_asked(request, reach)
    form = StopForm(sessions=_today(school).held(), initial={"until": timezone.localtime().time()})
    return _page(request, school, form)


@require_POST
@requires(Capability.LEAD_DAY)
def stop_create(request, reach):
    school = school_asked(request, reach)
    form = StopForm(request.POST, sessions=_today(school).held())
    if form.is_valid():
        try:
            stopped = stop_sessions(school, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{len(stopped)} 个班已停，家长和老师都收到了通知")
            return redirect("attendance:stops")
    return _page(request, school, form)


@require_POST
@requires(Capability.LEAD_DAY)
def stop_undo(request, reach):
    """All of today's, or the one named."""
    school = school_asked(request, reach)
    wanted = request.POST.get("session")
    session = get_object_or_404(_today(school), pk=number_in(wanted)) if wanted else None
    try:
        resumed = resume_sessions(school, session=session, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{len(resumed)} 个班照常，家长和老师都收到了更正")
    return redirect("attendance:stops")


@requires(Capability.LEAD_DAY)
def session_move(request, reach, pk):
    meeting = Session.objects.held().within(reach).select_related("section", "school", "merged_into")
    session = get_object_or_404(meeting.filter(day=timezone.localdate()), pk=pk)
    others = _today(session.school).held().filter(merged_into=None).exclude(pk=pk)
    said = {"room": session.room, "merged_into": session.merged_into}
    form = RoomForm(request.POST or None, others=others, initial=said)
    if form.is_valid():
        try:
            move_session(session, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{session.section.name} 已改，老师已收到通知")
            return redirect("attendance:stops")
    context = {"session": session, "form": form}
    return render(request, "attendance/session_move.html", context, status=422 if form.is_bound else 200)


def _today(school):
    sessions = Session.objects.filter(school=school, day=timezone.localdate())
    return sessions.select_related("section__offering", "merged_into__section")


def _page(request, school, form):
    lines = selectors.day_plan(school, timezone.localdate())
    context = {"school": school, "form": form, "lines": lines, "today": timezone.localdate()}
    context["stopped"] = sum(line.is_stopped for line in lines)
    return render(request, "attendance/stops.html", context, status=422 if form.is_bound else 200)
