"""巡查: one tap a room where everything is fine."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from staffing.asked import school_asked

from ..actions.patrol import patrol as write_patrol
from ..actions.patrol import undo_patrol
from ..day_forms import PatrolForm
from ..models import Patrol, Session
from ..selectors.patrol import rooms


@require_safe
@requires(Capability.LEAD_DAY)
def patrol(request, reach):
    school, on = school_asked(request, reach), timezone.localdate()
    found = rooms(school, on, timezone.now())
    unlooked = [room for room in found if room.looked is None]
    context = {"school": school, "today": on, "rooms": found, "unlooked": unlooked, "wrong": PatrolForm.WRONG.items()}
    return render(request, "attendance/patrol.html", context)


@require_POST
@requires(Capability.LEAD_DAY)
def patrol_create(request, reach, pk):
    session = get_object_or_404(Session.objects.held().within(reach).select_related("section"), pk=pk)
    form = PatrolForm(request.POST)
    try:
        found = form.findings if form.is_valid() else {}
        write_patrol(session, **found, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, f"{session.section.name}：{refusal}")
    return redirect(f"{reverse('attendance:patrol')}?school={session.school_id}")


@require_POST
@requires(Capability.LEAD_DAY)
def patrol_undo(request, reach, pk):
    looked = get_object_or_404(Patrol.objects.within(reach).select_related("session__section"), pk=pk)
    try:
        undo_patrol(looked, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, f"{looked.session.section.name}：{refusal}")
    return redirect(f"{reverse('attendance:patrol')}?school={looked.school_id}")
