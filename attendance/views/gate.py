"""纸质名单: printed for the day, and its ticks typed in afterwards."""

from urllib.parse import quote
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from enrollment.models import Section
from staffing.asked import number_in

from .. import paper, selectors
from ..actions import take_events
from ..models import GateList


@require_safe
@requires(Capability.HAND_OVER)
def gate_paper(request, reach):
    today = timezone.localdate()
    mine = selectors.sessions_at_the_gate(request.actor, today).select_related("section")
    context = {"sessions": mine, "papers": paper.papers(request.actor, today), "today": today}
    return render(request, "attendance/gate_paper.html", context)


@require_POST
@requires(Capability.HAND_OVER)
def gate_paper_print(request, reach):
    mine = selectors.sessions_at_the_gate(request.actor, timezone.localdate())
    sections = Section.objects.filter(sessions__in=mine).select_related("school__bureau").distinct()
    section = get_object_or_404(sections, pk=number_in(request.POST.get("section")))
    now = timezone.now()
    name = quote(f"{section.name}{timezone.localdate(now):%Y-%m-%d}交接名单.pdf")
    return HttpResponse(
        paper.print_paper(section, now=now, by=request.actor),
        content_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"},
    )


@requires(Capability.HAND_OVER)
def gate_paper_type(request, reach, pk):
    given = get_object_or_404(GateList.objects.within(reach).select_related("school", "issued_to"), pk=pk)
    section = get_object_or_404(Section, pk=paper.section_of(given) if given.is_paper else 0)
    mine = selectors.sessions_at_the_gate(request.actor, given.day)
    if not mine.filter(section=section).exists():
        raise Http404
    now = timezone.now()
    lines = paper.paper_lines(given, request.actor, now)
    if request.method == "POST":
        events = list(paper.ticks(given, lines, request.POST, _form(request)))
        taken = take_events(given.school, events, device=given.device, list_uid=given.uid, now=now, by=request.actor)
        messages.success(request, _told(taken))
        return redirect("attendance:gate-paper-type", pk)
    context = {"paper": given, "section": section, "lines": lines, "form": uuid4()}
    return render(request, "attendance/gate_paper_type.html", context)


def _form(request) -> UUID:
    try:
        return UUID(request.POST.get("form", ""))
    except ValueError as wrong:
        raise Http404 from wrong


def _told(taken) -> str:
    entered = sum(one.outcome in ("accepted", "repeated") for one in taken)
    others = len(taken) - entered
    return f"已补录 {entered} 人" + (f"，另有 {others} 人要带班领导在看板上核实" if others else "")
