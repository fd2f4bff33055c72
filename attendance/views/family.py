"""A child's day as its guardian reads it, and a change of who comes today."""

from datetime import date, timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import Student
from enrollment.selectors import barred_guardians
from staffing.asked import day_asked

from .. import selectors
from ..actions import cancel_change, change_pickup
from ..forms import ChangeForm
from ..models import PickupChange


@require_safe
@requires(Capability.APPLY)
def family_day(request, reach, student_id):
    student = _child(reach, student_id)
    return _page(request, student, min(day_asked(request), timezone.localdate()))


@require_POST
@requires(Capability.APPLY)
def change_create(request, reach, student_id):
    """The adult's tile or the time is the button: one tap each."""
    student, now = _child(reach, student_id), timezone.now()
    form = ChangeForm(request.POST, page=selectors.family_day(student, timezone.localdate(now), now))
    if form.is_valid():
        try:
            change = change_pickup(student, **form.said, now=now, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已告诉老师：{student.name}{change.words}")
            return redirect("attendance:family-day", student.pk)
    return _page(request, student, timezone.localdate(now), form, status=422)


@require_POST
@requires(Capability.APPLY)
def change_cancel(request, reach, pk):
    change = get_object_or_404(PickupChange.objects.within(reach).select_related("student"), pk=pk)
    try:
        cancel_change(change, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已撤销，{change.student.name} 今天照原来的安排接")
    return redirect("attendance:family-day", change.student_id)


def _page(request, student: Student, day: date, form=None, status=200):
    """Whoever must not collect the child is not told where it is."""
    now, today = timezone.now(), timezone.localdate()
    context = {"student": student, "day": day, "today": today, "form": form, "before": day - timedelta(days=1)}
    if (student.pk, request.actor.person_id) not in barred_guardians([student], today):
        context["page"] = selectors.family_day(student, day, now)
    if day < today:
        context["after"] = day + timedelta(days=1)
    return render(request, "attendance/family_day.html", context, status=status)


def _child(reach, pk: int) -> Student:
    return get_object_or_404(Student.objects.within(reach).select_related("school__bureau", "school_class"), pk=pk)
