"""带班领导: the board of the day, incidents, the close; and the day's papers."""

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
from afterschool.schools.models import Student
from afterschool.xlsx import write_xlsx
from staffing.asked import day_asked, school_asked

from .. import papers, selectors
from ..actions import close_day, note_incident, open_day
from ..actions.close import leader_cite
from ..forms import IncidentForm
from ..models import Incident, Session


@require_safe
@requires(Capability.SEE_ATTENDANCE)
def day(request, reach):
    school, on = school_asked(request, reach), day_asked(request)
    board = selectors.board(school, on, sessions=Session.objects.held().within(reach))
    leads = school.pk in request.actor.reach(Capability.LEAD_DAY).schools
    context = {
        "school": school,
        "board": board,
        "leads": leads,
        "today": timezone.localdate(),
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "incidents": Incident.objects.within(reach).filter(school=school, day=on).select_related("student", "by"),
        "cite": leader_cite(school, on),
        "form": IncidentForm(students=selectors.children_of(school, on)),
    }
    return render(request, "attendance/day.html", context)


@require_POST
@requires(Capability.LEAD_DAY)
def day_open(request, reach):
    school, on = school_asked(request, reach), timezone.localdate()
    if not open_day(school, day=on, by=request.actor):
        messages.warning(request, "今天没有课后服务，或者还没有在册的孩子")
    return redirect(_address(school, on))


@require_POST
@requires(Capability.LEAD_DAY)
def day_close(request, reach):
    school, on = school_asked(request, reach), day_asked(request)
    try:
        close_day(school, day=on, note=request.POST.get("note", ""), now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, f"{refusal}（{refusal.cite.label}）" if refusal.cite else str(refusal))
    else:
        messages.success(request, "今天已清零签字")
    return redirect(_address(school, on))


@require_POST
@requires(Capability.HAND_OVER)
def incident_create(request, reach):
    school, on = school_asked(request, reach), timezone.localdate()
    form = IncidentForm(request.POST, students=Student.objects.within(reach).filter(school=school))
    if form.is_valid():
        note_incident(school, day=on, **form.cleaned_data, now=timezone.now(), by=request.actor)
        messages.success(request, "已记录，带班领导已收到通知")
    else:
        messages.error(request, "请写明经过与处置")
    back = "attendance:day" if request.actor.may(Capability.SEE_ATTENDANCE) else "attendance:handover"
    return redirect(back)


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


def _address(school, on) -> str:
    return f"{reverse('attendance:day')}?school={school.pk}&day={on.isoformat()}"
