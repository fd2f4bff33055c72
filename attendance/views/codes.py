"""接送码: the one that changes on the guardian's telephone, and the one for somebody without a smartphone."""

from datetime import timedelta

import segno
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from afterschool.schools.models import Student

from .. import codes, selectors
from ..actions import cancel_code, make_code
from ..asked import turned_away
from ..forms import CodeForm
from ..models import PickupCode

LOOK_AHEAD, MOST_DAYS = timedelta(days=10), 3


@require_safe
@requires(Capability.APPLY)
def pickup_code(request, reach, student_id):
    """The whole page, and every half a minute its code alone."""
    student = _child(reach, student_id)
    if answer := turned_away(request, student, "attendance/pickup_code.html"):
        return answer
    if request.htmx:
        return render(request, "attendance/_pickup_code.html", _rotating(request, student))
    form = CodeForm(days=_days(student), initial={"day": request.GET.get("day")})
    return render(request, "attendance/pickup_code.html", {**_rotating(request, student), **_once(student, form)})


@require_POST
@requires(Capability.APPLY)
def code_make(request, reach, student_id):
    """The digits are shown by this answer and never again."""
    student = _child(reach, student_id)
    if answer := turned_away(request, student, "attendance/pickup_code.html"):
        return answer
    form = CodeForm(request.POST, days=_days(student))
    if form.is_valid():
        try:
            code, digits = make_code(student, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            context = {"student": student, "code": code, "digits": digits, "qr": _qr(digits)}
            return render(request, "attendance/pickup_code_slip.html", context)
    return render(request, "attendance/pickup_code.html", _once(student, form), status=422)


@require_POST
@requires(Capability.APPLY)
def code_cancel(request, reach, pk):
    code = get_object_or_404(PickupCode.objects.within(reach), pk=pk)
    try:
        cancel_code(code, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{code.name}的接送码已作废")
    return redirect("attendance:pickup-code", code.student_id)


def _child(reach, pk: int) -> Student:
    students = Student.objects.within(reach).enrolled().select_related("school__bureau", "school_class")
    return get_object_or_404(students, pk=pk)


def _rotating(request, student: Student) -> dict:
    """Only while there is a child to collect."""
    now = timezone.now()
    page = selectors.family_day(student, timezone.localdate(now), now)
    context = {"student": student, "page": page}
    if page.adults:
        digits = codes.rotating_code(student.pk, request.actor.person_id, now)
        qr = _qr(f"{student.pk}:{request.actor.person_id}:{digits}")
        context |= {"digits": digits, "qr": qr, "seconds": codes.seconds_left(now), "step": codes.STEP}
    return context


def _once(student: Student, form: CodeForm) -> dict:
    standing = PickupCode.objects.filter(student=student, day__gte=timezone.localdate(), cancelled_at=None)
    return {"student": student, "form": form, "standing": standing.select_related("made_by", "sms")}


def _days(student: Student):
    today = timezone.localdate()
    return selectors.service_days_of(student, today, today + LOOK_AHEAD)[:MOST_DAYS]


def _qr(text: str) -> str:
    return segno.make(text, error="m", micro=False).svg_data_uri(border=2, scale=4)
