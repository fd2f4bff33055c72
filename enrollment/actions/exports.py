"""查阅复制: a guardian takes a copy of what the school holds on the child (PIPL 45); guardians at odds wait for a release."""

from datetime import datetime

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify
from afterschool.schools.models import Student

from ..held import may_export
from ..models import ExportRequest

State = ExportRequest.State


@transaction.atomic
def ask_export(student: Student, *, now: datetime, by: Actor) -> ExportRequest:
    """Ask the school to let the copy go. Asked again while it waits, it is the same request."""
    Student.objects.select_for_update(no_key=True).get(pk=student.pk)
    request, is_new = ExportRequest.objects.get_or_create(
        student=student,
        asked_by_id=by.signer,
        state=State.ASKED,
        defaults={"school_id": student.school_id, "asked_at": now},
    )
    if is_new:
        record(by, "asked_export", request, student=student.pk)
    return request


@transaction.atomic
def decide_export(
    request: ExportRequest, *, released: bool, reason: str = "", now: datetime, by: Actor
) -> ExportRequest:
    """Let it go for a week, or refuse and say why. Nobody decides what they asked for themselves."""
    waiting = ExportRequest.objects.select_for_update(of=("self",)).select_related("student", "asked_by")
    request = waiting.get(pk=request.pk)
    if request.state != State.ASKED:
        raise RuleBroken("这份申请已经答复过了")
    if request.asked_by_id == by.signer:
        raise RuleBroken("自己申请的要由别人答复")
    if not released and not reason.strip():
        raise RuleBroken("不同意要写明理由", field="reason")
    request.state = State.RELEASED if released else State.REFUSED
    request.reason, request.decided_by_id, request.decided_at = reason.strip(), by.signer, now
    request.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    record(by, "released_export" if released else "refused_export", request, student=request.student_id)
    said = "可以下载了，七天以内有效" if released else f"学校没有同意：{request.reason}"
    title, link = f"{request.student.name}的资料{said}", f"/my-child/{request.student_id}/"
    notify(request.asked_by, "export_answered", title=title, link=link, school_id=request.school_id)
    return request


@transaction.atomic
def note_export(student: Student, *, form: str, now: datetime, by: Actor) -> None:
    """Written down before the copy is handed out; refused where it waits for the school."""
    if not may_export(student, by.signer, now):
        raise RuleBroken("这份资料要学校先看过，请先提出申请")
    record(by, "exported", student, form=form)
