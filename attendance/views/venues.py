"""场所检查, for those who look after the rooms."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import School
from staffing.asked import school_asked

from ..actions.venues import add_venue, check_venue, end_venue, mend_venue
from ..log_forms import CheckForm, VenueForm
from ..models import Venue, VenueCheck
from ..selectors.venues import venue_rows


@require_safe
@requires(Capability.KEEP_SAFETY)
def venues(request, reach):
    return _page(request, reach)


@require_POST
@requires(Capability.KEEP_SAFETY)
def venue_create(request, reach):
    form = VenueForm(request.POST)
    school = school_asked(request, reach)
    if form.is_valid() and _done(
        request, form, lambda: add_venue(school, **form.cleaned_data, today=timezone.localdate(), by=request.actor)
    ):
        return redirect("attendance:venues")
    return _page(request, reach, form=form, status=422)


@require_POST
@requires(Capability.KEEP_SAFETY)
def venue_check(request, reach, pk):
    venue, form = get_object_or_404(Venue.objects.within(reach), pk=pk), CheckForm(request.POST, prefix=f"venue-{pk}")
    if form.is_valid() and _done(
        request, form, lambda: check_venue(venue, **form.cleaned_data, today=timezone.localdate(), by=request.actor)
    ):
        return redirect("attendance:venues")
    return _page(request, reach, checking={pk: form}, status=422)


@require_POST
@requires(Capability.KEEP_SAFETY)
def venue_mend(request, reach, pk):
    check = get_object_or_404(VenueCheck.objects.within(reach).filter(is_safe=False), pk=pk)
    mend_venue(check, today=timezone.localdate(), by=request.actor)
    messages.success(request, "已记为改好")
    return redirect("attendance:venues")


@require_POST
@requires(Capability.KEEP_SAFETY)
def venue_end(request, reach, pk):
    venue = get_object_or_404(Venue.objects.within(reach), pk=pk)
    end_venue(venue, today=timezone.localdate(), by=request.actor)
    messages.success(request, f"{venue.name} 已停用，记录保留")
    return redirect("attendance:venues")


def _done(request, form, deed) -> bool:
    try:
        deed()
    except RuleBroken as refusal:
        tell(form, refusal)
        return False
    messages.success(request, "已记下")
    return True


def _page(request, reach, form=None, checking=None, status=200):
    rows = venue_rows(reach, timezone.localdate())
    context = {
        "rows": [
            (row, (checking or {}).get(row.venue.pk) or CheckForm(prefix=f"venue-{row.venue.pk}")) for row in rows
        ],
        "form": form or VenueForm(),
        "late": sum(row.days_late > 0 for row in rows),
        "dangers": sum(len(row.open_dangers) for row in rows),
        "schools": School.objects.within(reach),
    }
    return render(request, "attendance/venue_list.html", context, status=status)
