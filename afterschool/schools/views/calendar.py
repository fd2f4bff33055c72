from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.access.reach import Reach
from afterschool.errors import RuleBroken
from afterschool.refusals import tell

from ..actions import change_days, confirm_year, fill_calendar
from ..calendar import days_of
from ..forms import CalendarChangeForm
from ..models import Bureau, School
from ..months import months_of, span_of
from ..selectors import changes_within


@require_safe
@requires(Capability.KEEP_CALENDAR, Capability.ADJUST_CALENDAR)
def calendar(request, reach):
    place = _place(reach)
    bureau = _bureau(place)
    span = span_of(bureau, request.GET, timezone.localdate())
    context = {
        "place": place,
        "span": span,
        "months": months_of(days_of(place, span.first, span.last)),
        "changes": changes_within(place, span.first, span.last),
        "years": bureau.calendar_years.filter(year__range=(span.first.year, span.last.year)).order_by("year"),
        "terms": bureau.terms.all(),
        "may_keep": bool(reach.bureaus),
        "offered_years": (timezone.localdate().year, timezone.localdate().year + 1),
    }
    return render(request, "schools/calendar.html", context)


@requires(Capability.KEEP_CALENDAR, Capability.ADJUST_CALENDAR)
def calendar_change(request, reach):
    place = _place(reach)
    form = CalendarChangeForm(request.POST or None, initial=_as_it_stands(place, request.GET.get("day")))
    if form.is_valid():
        school = place if isinstance(place, School) else None
        try:
            changes = change_days(_bureau(place), **form.wish(), school=school, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已调整 {len(changes)} 天：{changes[0].reason}")
            return redirect("schools:calendar")
    context = {"form": form, "place": place}
    return render(request, "schools/calendar_change.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Capability.KEEP_CALENDAR)
def calendar_fill(request, reach, year):
    row = fill_calendar(get_object_or_404(Bureau, pk__in=reach.bureaus), _near(year), by=request.actor)
    messages.success(request, f"{year}年日历已生成" + ("" if row.official else "，是暂定的，请核对后确认"))
    return redirect("schools:calendar")


@require_POST
@requires(Capability.KEEP_CALENDAR)
def calendar_confirm(request, reach, year):
    try:
        confirm_year(get_object_or_404(Bureau, pk__in=reach.bureaus), year, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{year}年日历已确认，可以按它收费和算补助")
    return redirect("schools:calendar")


def _place(reach: Reach) -> Bureau | School:
    """Whose calendar this person keeps: the bureau's, or that of the school."""
    bureau = Bureau.objects.filter(pk__in=reach.bureaus).first()
    return bureau or get_object_or_404(School.objects.within(reach).select_related("bureau")[:1])


def _bureau(place: Bureau | School) -> Bureau:
    return place.bureau if isinstance(place, School) else place


def _as_it_stands(place: Bureau | School, asked: str | None) -> dict:
    """The form as the day is now."""
    try:
        day = date.fromisoformat(asked or "")
    except ValueError:
        return {}
    (now,) = days_of(place, day, day)
    follows = now.weekday if now.weekday != day.isoweekday() else None
    return {"day": day, "kind": now.kind, "serves": now.serves, "follows_weekday": follows}


def _near(year: int) -> int:
    """A year somebody may plan for."""
    if abs(year - timezone.localdate().year) > 2:
        raise Http404
    return year
