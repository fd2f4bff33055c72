"""查阅、复制: a guardian takes what the school holds on the child."""

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student
from enrollment.actions import ask_export, note_export
from enrollment.held import last_answer, may_export

from .exports import as_json, as_pdf, held_on

FORMS = {"json": (as_json, "application/json"), "pdf": (as_pdf, "application/pdf")}


@requires(Capability.APPLY)
def child_export(request, reach, student_id):
    """What there is, and two buttons; where a person has to look first, the one that asks for it."""
    student = get_object_or_404(Student.objects.within(reach).select_related("school", "school_class"), pk=student_id)
    if request.method == "POST":
        return _handed(request, student)
    now, reader = timezone.now(), request.actor.person_id
    free = may_export(student, reader, now)
    context = {
        "student": student,
        "free": free,
        "answer": "" if free else last_answer(student, reader, now),
        "records": held_on(student, reader) if free else [],
    }
    return render(request, "desks/child_export.html", context)


def _handed(request, student):
    form, now = request.POST.get("form"), timezone.now()
    if form not in FORMS:
        ask_export(student, now=now, by=request.actor)
        messages.success(request, "已提出申请，学校看过以后会发消息给您")
        return redirect("child-export", student.pk)
    try:
        note_export(student, form=form, now=now, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect("child-export", student.pk)
    make, kind = FORMS[form]
    name = quote(f"{student.name}的资料.{form}")
    content = make(student, request.actor.person_id, now)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)
