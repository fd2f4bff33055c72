"""查阅、复制: a guardian takes what the school holds on the child."""

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from afterschool.access import codes
from afterschool.access.addresses import address_of
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
    if request.method != "POST":
        return _page(request, student)
    wish = request.POST.get("form")
    if wish in FORMS:
        return _handed(request, student, wish)
    if wish == "code":
        return _code_sent(request, student)
    ask_export(student, now=timezone.now(), by=request.actor)
    messages.success(request, "已提出申请，学校看过以后会发消息给您")
    return redirect("child-export", student.pk)


def _page(request, student, refusal="", sent=False):
    now, reader = timezone.now(), request.actor.person_id
    free = may_export(student, reader, now)
    context = {
        "student": student,
        "free": free,
        "answer": "" if free else last_answer(student, reader, now),
        "records": held_on(student, reader) if free else [],
        "phone": request.user.phone,
        "refusal": refusal,
        "sent": sent,
    }
    return render(request, "desks/child_export.html", context, status=422 if refusal else 200)


def _code_sent(request, student):
    try:
        codes.ask(request.user.phone, session=request.session, address=address_of(request))
    except RuleBroken as refusal:
        return _page(request, student, refusal=str(refusal))
    return _page(request, student, sent=True)


def _handed(request, student, form):
    """Who holds the phone proves once more to be the guardian, before all that is known of a child goes out."""
    typed, now = request.POST.get("code", ""), timezone.now()
    if codes.redeem(request.user.phone, typed, session=request.session) != request.user:
        return _page(request, student, refusal=codes.WRONG)
    try:
        note_export(student, form=form, now=now, by=request.actor)
    except RuleBroken as refusal:
        return _page(request, student, refusal=str(refusal))
    make, kind = FORMS[form]
    name = quote(f"{student.name}的资料.{form}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(make(student, request.actor.person_id, now), content_type=kind, headers=headers)
