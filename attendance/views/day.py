"""带班领导: the board of the day, its close, and the day's papers."""

from datetime import timedelta
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.schools.desk import Desk
from afterschool.xlsx import write_xlsx
from staffing.asked import day_asked, school_asked

from .. import papers, selectors
from ..actions import close_day, open_day
from ..actions.close import leader_cite
from ..models import Incident, Session
from ..selectors.later import recorded_later
from ..selectors.owing import owing
from ..selectors.patrol import rooms_to_look_into
from ..selectors.unrecorded import lacking


@require_safe
@requires(Capability.SEE_ATTENDANCE)
def day(request, reach):
    return _page(request, reach, school_asked(request, reach), day_asked(request))


def _page(request, reach, school, on, **more):
    """`more`: what was typed when a signature was refused."""
    whole = school.pk in reach.schools
    still = owing(school, on, timezone.now()) if whole else None
    mine = Session.objects.held().within(request.actor.reach(Capability.TAKE_ROLL)).filter(school=school, day=on)
    context = {
        "school": school,
        "address": board_of(school, on),
        "board": selectors.board(school, on, sessions=Session.objects.held().within(reach)),
        "leads": school.pk in request.actor.reach(Capability.LEAD_DAY).schools,
        "whole": whole,
        "rolls": set(selectors.sessions_open_to(request.actor, mine).values_list("pk", flat=True)),
        "today": timezone.localdate(),
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "incidents": Incident.objects.within(reach).filter(school=school, day=on).select_related("student", "by"),
        "owing": still.words if still else "",
        # of today; what nobody did on another day is in the records
        "unresolved": still.unresolved if still and on == timezone.localdate() else [],
        "unlooked": rooms_to_look_into(school, on),
        "cite": leader_cite(school, on),
        "unrecorded": len(lacking(school, on, timezone.now())) if whole else 0,
        "later": recorded_later(school, on) if whole else [],
        **more,
    }
    template = "attendance/day.html" if Desk(request.actor, request.path).stands else "attendance/day_desk.html"
    return render(request, template, context, status=422 if more else 200)


@require_POST
@requires(Capability.LEAD_DAY)
def day_open(request, reach):
    school, on = school_asked(request, reach), timezone.localdate()
    if not open_day(school, day=on, by=request.actor):
        messages.warning(request, "今天没有课后服务，或者还没有在册的孩子")
    return redirect(board_of(school, on))


@require_POST
@requires(Capability.LEAD_DAY)
def day_close(request, reach):
    school, on = school_asked(request, reach), day_asked(request)
    note, despite = request.POST.get("note", ""), request.POST.get("despite", "")
    try:
        close_day(school, day=on, note=note, despite=despite, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, f"{refusal}（{refusal.cite.label}）" if refusal.cite else str(refusal))
        seen = request.actor.reach(Capability.SEE_ATTENDANCE)
        return _page(request, seen, school, on, note=note, asked=refusal.field == "despite")
    messages.success(request, f"已签字。还有 {despite}" if despite else "今天已清零签字")
    return redirect(board_of(school, on))


@require_safe
@requires(Capability.SEE_ATTENDANCE)
def day_xlsx(request, reach):
    """考勤表、交接记录、值班记录 of one day."""
    school, on = school_asked(request, reach), day_asked(request)
    sessions, incidents = Session.objects.held().within(reach), Incident.objects.within(reach)
    content = write_xlsx(papers.day_tables(school, on, sessions, incidents))
    name = quote(f"{school.name}{on:%Y-%m-%d}考勤交接.xlsx")
    return HttpResponse(
        content,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def board_of(school, on) -> str:
    return f"{reverse('attendance:day')}?school={school.pk}&day={on.isoformat()}"
