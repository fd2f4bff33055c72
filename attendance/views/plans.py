"""应急预案: at hand on every telephone of the school."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from staffing.asked import school_asked

from ..actions.plans import write_plan
from ..log_forms import PlanForm
from ..models import EmergencyPlan
from ..selectors.venues import earlier_texts, plans_at_hand


@require_safe
@requires(Capability.HAND_OVER, Capability.SEE_ATTENDANCE)
def emergency(request, reach):
    school = school_asked(request, reach)
    writes = school.pk in request.actor.reach(Capability.KEEP_SAFETY).schools
    context = {"school": school, "plans": plans_at_hand(school), "writes": writes}
    return render(request, "attendance/emergency.html", context)


@requires(Capability.KEEP_SAFETY)
def emergency_write(request, reach, pk=None):
    """A new plan, or a new text of one in force; below it what it said before."""
    in_force = EmergencyPlan.objects.within(reach).filter(ended_on=None).select_related("school", "written_by")
    before = get_object_or_404(in_force, pk=pk) if pk else None
    school = before.school if before else school_asked(request, reach)
    form = PlanForm(request.POST or None, initial={name: getattr(before, name, "") for name in PlanForm.Meta.fields})
    if form.is_valid():
        try:
            write_plan(school, **form.cleaned_data, before=before, today=timezone.localdate(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "预案已更新，老师和门卫现在看到的就是这一份")
            return redirect("attendance:emergency")
    context = {"school": school, "before": before, "form": form, "earlier": earlier_texts(before) if before else ()}
    return render(request, "attendance/emergency_write.html", context, status=422 if form.is_bound else 200)
