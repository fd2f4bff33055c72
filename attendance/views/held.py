"""Handovers that wait for the leader: one that was a mistake, and the calls a dispute needs first."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken

from ..actions import call_about_dispute, undo_held
from ..models import GateEvent
from .day import board_of


@require_POST
@requires(Capability.LEAD_DAY)
def held_undo(request, reach, pk):
    event = _event(reach, pk)
    taken = undo_held(event, now=timezone.now(), by=request.actor)
    if taken.outcome == GateEvent.Outcome.ACCEPTED:
        messages.success(request, f"{event.student.name} 的这次交接已撤销")
    else:
        messages.error(request, f"{event.student.name}：{taken.because}")
    return redirect(board_of(event.school, event.day))


@require_POST
@requires(Capability.LEAD_DAY)
def held_calls(request, reach, pk):
    event = _event(reach, pk)
    try:
        incident = call_about_dispute(event, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect(board_of(event.school, event.day))
    return redirect("attendance:call-back", incident.pk)


def _event(reach, pk) -> GateEvent:
    waited = GateEvent.objects.within(reach).filter(outcome=GateEvent.Outcome.HELD)
    return get_object_or_404(waited.select_related("school", "student"), pk=pk)
