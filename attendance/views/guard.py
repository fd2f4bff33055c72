"""门卫: who may collect today, and who and what comes in. Today, and who is still inside; at night the page is empty."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import School
from staffing.asked import school_asked

from ..actions import enter_gate, leave_gate
from ..forms import GateEntryForm
from ..models import GateEntry
from ..selectors import guard as reading


@require_safe
@requires(Capability.KEEP_GATE)
def guard(request, reach):
    """The whole page, and for the search the children alone."""
    school = school_asked(request, reach)
    template = "attendance/_guard_pupils.html" if request.htmx else "attendance/guard.html"
    return render(request, template, _page(request, school, GateEntryForm(initial={"kind": "visitor"})))


@require_POST
@requires(Capability.KEEP_GATE)
def guard_entry_create(request, reach):
    school, form = school_asked(request, reach), GateEntryForm(request.POST)
    if form.is_valid():
        try:
            entry = enter_gate(school, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{entry.name} 已登记进校")
            return redirect(f"{reverse('attendance:guard')}?school={school.pk}")
    return render(request, "attendance/guard.html", _page(request, school, form), status=422)


@require_POST
@requires(Capability.KEEP_GATE)
def guard_entry_leave(request, reach, pk):
    entry = get_object_or_404(GateEntry.objects.within(reach).to_watch(timezone.localdate()), pk=pk)
    leave_gate(entry, now=timezone.now(), by=request.actor)
    messages.success(request, f"{entry.name} 已离校")
    return redirect(f"{reverse('attendance:guard')}?school={entry.school_id}")


def _page(request, school: School, form: GateEntryForm) -> dict:
    now, today, asked = timezone.now(), timezone.localdate(), request.GET.get("q", "")
    away = reading.is_put_away(school, today, now)
    kept = reading.kept_children(school, today).count() if away else 0
    entries = reading.entries_of(school, today)
    return {
        "school": school,
        "today": today,
        "form": form,
        "asked": asked,
        "kept": kept,  # of the children that are put away, these may still be asked for
        "closed": away and not kept,
        "seconds": 0 if away else int((reading.put_away_at(school, today) - now).total_seconds()),
        "pupils": reading.pupils_found(school, today, asked, now),
        "entries": entries.filter(out_at=None) if away else entries,
        "entered": entries.filter(day=today).count(),
    }
