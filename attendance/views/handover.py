"""交接: child tile, adult tile, done."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.schools.models import School, Student
from enrollment.selectors import collectors_of

from .. import selectors
from ..actions import hand_over, report_wrong_adult, undo_handover
from ..actions.handover import Flagged
from ..models import Handover


@require_safe
@requires(Capability.HAND_OVER)
def handover(request, reach):
    return _page(request, child_id=_number(request.GET.get("child")))


@require_POST
@requires(Capability.HAND_OVER)
def handover_create(request, reach):
    """`adult` is "guardian:12", "pickup:5", or the way a child leaves without one: "self", "bus"."""
    day, student = timezone.localdate(), _child(request, request.POST.get("student"))
    kind, _, number = request.POST.get("adult", "").partition(":")
    adults = collectors_of([student], day)[student.pk]
    adult = next((one for one in adults if (one.kind, str(one.pk)) == (kind, number)), None)
    if adult is None and kind not in (Handover.Mode.SELF, Handover.Mode.BUS):
        raise Http404
    along = selectors.siblings_of(student, day).filter(pk__in=map(_number, request.POST.getlist("sibling")))
    mode = Handover.Mode.COLLECTED if adult else kind
    try:
        hand_over(
            student,
            day=day,
            collector=adult,
            mode=mode,
            siblings=list(along.select_related("school", "school_class")),
            now=timezone.now(),
            by=request.actor,
        )
    except Flagged as refusal:
        return _page(request, hold=refusal, status=422)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{_address(request)}&child={student.pk}")
    return redirect(_address(request))


@require_POST
@requires(Capability.HAND_OVER)
def handover_undo(request, reach, pk):
    day = timezone.localdate()
    mine = Handover.objects.within(reach).filter(day=day)
    children = selectors.children_at_the_gate(request.actor, day)
    standing = get_object_or_404(mine.filter(student__in=children), pk=pk)
    try:
        undo_handover(standing, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    return redirect(_address(request))


@require_POST
@requires(Capability.HAND_OVER)
def wrong_adult(request, reach):
    """都不是这几位: recorded, the leaders are told, the office's number is shown."""
    student = _child(request, request.POST.get("student"))
    report_wrong_adult(student, day=timezone.localdate(), now=timezone.now(), by=request.actor)
    messages.warning(request, f"{student.name} 没有放行，已记录并通知带班领导。办公室电话 {student.school.phone}")
    return redirect(_address(request))


def _page(request, *, child_id=None, hold: Flagged | None = None, status=200):
    day = timezone.localdate()
    sessions = selectors.sessions_at_the_gate(request.actor, day)
    schools = School.objects.filter(pk__in=sessions.values("school")).select_related("bureau")
    section_id = _number(request.GET.get("section") or request.POST.get("section"))
    if section_id and not sessions.filter(section=section_id).exists():
        raise Http404
    chosen = schools.filter(sections=section_id).first() if section_id else schools.first()
    gate = selectors.gate(request.actor, day, school=chosen, section_id=section_id, child_id=child_id)
    context = {"gate": gate, "section_id": section_id, "hold": hold, "now": timezone.now()}
    return render(request, "attendance/handover.html", context, status=status)


def _child(request, text) -> Student:
    """A child of the sections this person may hand over today."""
    children = selectors.children_at_the_gate(request.actor, timezone.localdate())
    return get_object_or_404(children.select_related("school__bureau", "school_class"), pk=_number(text) or 0)


def _address(request) -> str:
    section = _number(request.POST.get("section"))
    return f"{reverse('attendance:handover')}?section={section or ''}"


def _number(text) -> int | None:
    return int(text) if text and str(text).isdecimal() else None
