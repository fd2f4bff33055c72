"""请假, for guardians."""

from datetime import date, timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import Student

from .. import selectors
from ..actions import ask_leave, cancel_leave
from ..asked import turned_away
from ..forms import LeaveForm
from ..models import Leave

LOOK_AHEAD = timedelta(days=10)  # over the longest holiday of a term
NEXT_DAYS = {0: "今天", 1: "明天"}


@requires(Capability.APPLY)
def leave_create(request, reach, student_id):
    """One tap for each of the next two days with service, dates for longer."""
    student = get_object_or_404(Student.objects.within(reach).enrolled().select_related("school"), pk=student_id)
    if answer := turned_away(request, student, "attendance/leave_create.html"):
        return answer
    today = timezone.localdate()
    form = LeaveForm.from_tap(request.POST) if request.method == "POST" else LeaveForm()
    if form.is_valid():
        try:
            leave = ask_leave(student, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已为 {student.name} 请假：{selectors.span(leave)}")
            return redirect("attendance:leave-create", student.pk)
    context = {"student": student, "today": today, "leaves": selectors.leaves_ahead(student, today)}
    # A refusal stands once: above the buttons, or in the form of the dates.
    context |= {"form": LeaveForm(), "refused": form.errors} if request.POST.get("when") else {"form": form}
    context["days"] = [(day, NEXT_DAYS.get((day - today).days)) for day in _next_days(student, today)]
    return render(request, "attendance/leave_create.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Capability.APPLY)
def leave_cancel(request, reach, pk):
    leave = get_object_or_404(Leave.objects.within(reach).select_related("student"), pk=pk)
    try:
        leave = cancel_leave(leave, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已撤销 {leave.student.name} {selectors.span(leave)}的请假")
    return redirect("attendance:leave-create", leave.student_id)


def _next_days(student: Student, today: date) -> list[date]:
    return selectors.service_days_of(student, today, today + LOOK_AHEAD)[:2]
