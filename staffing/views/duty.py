"""On post, with a phone; and the leader's confirmation of the hours."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell

from .. import selectors
from ..actions import amend_duty, arrive, confirm_duties, leave_post
from ..forms import HoursForm
from ..models import Duty


@require_safe
@requires(Capability.STAND_DUTY)
def my_duty(request, reach):
    """Today's places of the person who looks, and those to come."""
    today = timezone.localdate()
    mine = Duty.objects.within(reach).filter(person=request.actor.person_id, day__gte=today)
    mine = list(mine.select_related("section", "school")[: selectors.DAYS_SHOWN * 2])
    context = {
        "today": today,
        "now_on": [duty for duty in mine if duty.day == today],
        "later": [duty for duty in mine if duty.day > today],
        "confirms": selectors.unconfirmed(request.actor, today).exists(),
    }
    return render(request, "staffing/my_duty.html", context)


@require_POST
@requires(Capability.STAND_DUTY)
def duty_arrive(request, reach, pk):
    return _tap(request, reach, pk, arrive)


@require_POST
@requires(Capability.STAND_DUTY)
def duty_leave(request, reach, pk):
    return _tap(request, reach, pk, leave_post)


def _tap(request, reach, pk, deed):
    duty = get_object_or_404(Duty.objects.within(reach).filter(person=request.actor.person_id), pk=pk)
    try:
        deed(duty, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    return redirect("staffing:my-duty")


@requires(Capability.CONFIRM_DUTY)
def duty_confirm_list(request, reach):
    """Hours of others that wait for a leader's word; ticked ones are confirmed together."""
    waiting = selectors.unconfirmed(request.actor, timezone.localdate())
    if request.method == "POST":
        chosen = waiting.filter(pk__in=[pk for pk in request.POST.getlist("duty") if pk.isdecimal()])
        try:
            done = confirm_duties(chosen, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"已确认 {len(done)} 条值班时间")
        return redirect("staffing:duty-confirm-list")
    duties = list(waiting.select_related("person", "section")[:200])
    context = {
        "whole": [duty for duty in duties if duty.arrived_at and duty.left_at],
        "odd": [duty for duty in duties if not (duty.arrived_at and duty.left_at)],
    }
    return render(request, "staffing/duty_confirm_list.html", context)


@requires(Capability.CONFIRM_DUTY)
def duty_amend(request, reach, pk):
    duty = get_object_or_404(Duty.objects.within(reach).select_related("person", "section"), pk=pk)
    start = {"arrived": duty.arrived_at or duty.starts_at, "left": duty.left_at or duty.ends_at}
    form = HoursForm(request.POST or None, initial={k: timezone.localtime(v).time() for k, v in start.items()})
    if form.is_valid():
        try:
            amend_duty(duty, **form.hours(duty), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{duty.person.name} {duty.day:%-m月%-d日} 的时间已补上，请确认")
            return redirect("staffing:duty-confirm-list")
    context = {"form": form, "duty": duty}
    return render(request, "staffing/duty_amend.html", context, status=422 if form.is_bound else 200)
