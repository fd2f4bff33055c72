"""The gate's two JSON doors: a list to work with, and what was tapped."""

from django.contrib import messages
from django.http import Http404, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.schools.models import School

from .. import selectors, wire
from ..actions import confirm_held, take_events
from ..actions.lists import issue_list
from ..models import GateEvent


@require_POST
@requires(Capability.HAND_OVER)
def gate_list(request, reach):
    try:
        wanted = wire.read_wanted(request.body)
    except wire.Unreadable as wrong:
        return HttpResponseBadRequest(str(wrong))
    day, now = timezone.localdate(), timezone.now()
    school = _school(selectors.schools_at_the_gate(request.actor, day), wanted.school_id)
    issued = issue_list(school, day=day, device=wanted.device, section_id=wanted.section_id, now=now, by=request.actor)
    return JsonResponse({"list": issued.content, "signature": issued.signature})


@require_POST
@requires(Capability.HAND_OVER)
def gate_events(request, reach):
    """Whatever a device has to tell of this person's schools; a queue that is hours old is welcome."""
    try:
        brought = wire.read_brought(request.body)
    except wire.Unreadable as wrong:
        return HttpResponseBadRequest(str(wrong))
    if brought.school_id not in reach.schools:
        raise Http404
    # The number suffices: the intake asks all it needs in one question.
    school, now = School(pk=brought.school_id), timezone.now()
    told = {"device": brought.device, "list_uid": brought.list_uid, "now": now, "by": request.actor}
    taken = take_events(school, brought.events, **told)
    return wire.answer(now, taken)


@require_POST
@requires(Capability.LEAD_DAY)
def held_confirm(request, reach, pk):
    event = get_object_or_404(GateEvent.objects.within(reach).select_related("school", "student"), pk=pk)
    taken = confirm_held(event, now=timezone.now(), by=request.actor)
    if taken.outcome == GateEvent.Outcome.ACCEPTED:
        messages.success(request, f"已确认 {event.student.name} 的交接")
    else:
        messages.error(request, f"{event.student.name}：{taken.because}")
    return redirect(f"{reverse('attendance:day')}?school={event.school_id}&day={event.day.isoformat()}")


def _school(schools, pk: int | None) -> School:
    return get_object_or_404(schools, pk=pk) if pk else get_object_or_404(schools.order_by("pk")[:1])
