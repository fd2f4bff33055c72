"""The rota at a desk: who is on, who is missing, one tap for a stand-in."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import NoRule, RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import Term
from enrollment.models import Section

from .. import selectors
from ..actions import plan_rota, put_on_duty, remove_duty, substitute
from ..asked import day_asked, monday_asked, number_in, school_asked
from ..forms import PlaceForm, PlanForm
from ..models import Duty


@require_safe
@requires(Capability.KEEP_ROTA)
def rota(request, reach):
    school = school_asked(request, reach)
    context = {"school": school, "week": selectors.rota(school, monday_asked(request)), "today": timezone.localdate()}
    return render(request, "staffing/rota.html", context)


@requires(Capability.KEEP_ROTA)
def rota_plan(request, reach):
    """One person for many days: a section on given weekdays, all term."""
    school, today = school_asked(request, reach), timezone.localdate()
    term = Term.objects.filter(bureau=school.bureau, ended_on__gte=today).order_by("began_on").first()
    form = PlanForm(
        request.POST or None,
        initial={"first": max(today, term.began_on) if term else today, "last": term and term.ended_on},
        people=selectors.people_for(school, today, Duty.Role.TEACHER),
        sections=Section.objects.filter(school=school, term=term),
        roles=selectors.roles_of(school, today),
    )
    if form.is_valid():
        try:
            duties = plan_rota(school=school, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已为 {duties[0].person.name} 排 {len(duties)} 天，已通知本人")
            return redirect(_week(school, duties[0].day))
    context = {"form": form, "school": school}
    return render(request, "staffing/rota_plan.html", context, status=422 if form.is_bound else 200)


@requires(Capability.KEEP_ROTA)
def duty_create(request, reach):
    """An empty place: the people who are free, one tap each."""
    school, day = school_asked(request, reach), day_asked(request)
    asked = request.POST or request.GET
    form = PlaceForm(asked, school=school, people=selectors.people_for(school, day, asked.get("role", "")))
    if not form.is_valid():
        messages.error(request, "这个位置已经变了，请在值班表里重新点")
        return redirect(_week(school, day))
    section, role = form.cleaned_data["section"], form.cleaned_data["role"]
    if request.method == "POST" and form.cleaned_data["person"]:
        try:
            duty = put_on_duty(school=school, day=day, **form.cleaned_data, by=request.actor)
        except (RuleBroken, NoRule) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{day:%-m月%-d日} 由 {duty.person.name} 值班，已通知本人")
            return redirect(_week(school, day))
    hours = selectors.hours_of(school, day, section)
    context = {"school": school, "day": day, "section": section, "role": Duty.Role(role), "hours": hours}
    context["free"] = selectors.free_people(school, role, *hours) if hours else []
    return render(request, "staffing/duty_create.html", context)


@require_safe
@requires(Capability.KEEP_ROTA)
def duty_detail(request, reach, pk):
    """One place on the rota: who could stand in, and taking it off."""
    duty = get_object_or_404(Duty.objects.within(reach).select_related("person", "section", "school"), pk=pk)
    free = selectors.free_people(duty.school, duty.role, duty.starts_at, duty.ends_at)
    return render(request, "staffing/duty_detail.html", {"duty": duty, "free": free})


@require_POST
@requires(Capability.KEEP_ROTA)
def duty_substitute(request, reach, pk):
    duty = get_object_or_404(Duty.objects.within(reach).select_related("school"), pk=pk)
    free = selectors.people_for(duty.school, duty.day, duty.role)
    person = get_object_or_404(free, pk=number_in(request.POST.get("person")))
    try:
        substitute(duty, person=person, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{duty.day:%-m月%-d日} 改由 {person.name} 代班，两位都已通知")
    return redirect(_week(duty.school, duty.day))


@require_POST
@requires(Capability.KEEP_ROTA)
def duty_delete(request, reach, pk):
    duty = get_object_or_404(Duty.objects.within(reach).select_related("school", "person"), pk=pk)
    try:
        remove_duty(duty, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{duty.person.name} {duty.day:%-m月%-d日} 的值班已取消")
    return redirect(_week(duty.school, duty.day))


def _week(school, day):
    monday = day - timedelta(days=day.weekday())
    return f"{reverse('staffing:rota')}?school={school.pk}&week={monday.isoformat()}"
