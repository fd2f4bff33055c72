"""考勤更正: what a mark was, what it becomes, who changed it and why; of a locked month it is asked for, and another decides."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify, notify_each
from afterschool.schools.models import Post, Student
from attendance.models import DayClose, Handover, Mark, MarkCorrection, Session
from attendance.selectors import TOLD, month_is_locked, roll
from staffing.selectors import leaders_of

from .day import lock
from .roll import tell_guardians, tell_missing

State = MarkCorrection.State
LIST = "/attendance/corrections/"


@transaction.atomic
def correct_mark(
    session: Session, *, student: Student, status: str, reason: str, now: datetime, by: Actor
) -> MarkCorrection:
    """Change one child's mark, or write the first of a child listed after the roll; the guardians hear of what concerns
    them. Once the month is locked nothing changes yet: whoever decides is told."""
    lock(session.school_id)
    session = Session.objects.select_related("school", "section").get(pk=session.pk)
    if status not in Mark.Status.values:
        raise RuleBroken("没有这种考勤状态", field="status")
    if not reason.strip():
        raise RuleBroken("请写为什么改", field="reason")
    was = _mark_of(session, student)
    if held := _said_before(session, student, status, was):
        return held
    _not_gone(session, student, status)
    locked = month_is_locked(session)
    correction = MarkCorrection.objects.create(
        school_id=session.school_id, session=session, student=student, was=was, now=status, reason=reason.strip(),
        state=State.ASKED if locked else State.MADE, asked_at=now, asked_by_id=by.signer,
    )  # fmt: skip
    if locked:
        record(by, "asked_correction", correction, student=student.pk, was=was, now=status, reason=reason)
        _ask(correction, by)
    else:
        _write(correction, now=now, by=by)
    return correction


@transaction.atomic
def decide_correction(
    correction: MarkCorrection, *, agreed: bool, refusal: str = "", now: datetime, by: Actor
) -> MarkCorrection:
    """Another than who asked says yes, and the mark changes; or no and why, and it stays."""
    lock(correction.school_id)
    correction = MarkCorrection.objects.select_related(
        "session__school", "session__section", "student", "asked_by"
    ).get(pk=correction.pk)
    if correction.state != State.ASKED:
        return correction
    if correction.asked_by_id == by.signer:
        raise RuleBroken("自己申请的更正，要由另一位带班领导或校长决定")
    if not agreed and not refusal.strip():
        raise RuleBroken("不同意的，请写一句为什么", field="refusal")
    correction.state = State.MADE if agreed else State.REFUSED
    correction.decided_at, correction.decided_by_id = now, by.signer
    correction.refusal = "" if agreed else refusal.strip()
    correction.save()
    if agreed:
        _not_gone(correction.session, correction.student, correction.now)
        _write(correction, now=now, by=by)
    else:
        record(by, "refused_correction", correction, student=correction.student_id, refusal=correction.refusal)
    title = (
        f"{correction.student.name} {correction.session.day:%-m月%-d日}的考勤更正{'已同意' if agreed else '没有同意'}"
    )
    link = f"/attendance/sessions/{correction.session_id}/"
    said = {"title": title, "body": correction.refusal, "link": link, "school_id": correction.school_id}
    notify(correction.asked_by, "correction_decided", **said)
    return correction


def _mark_of(session: Session, student: Student) -> str:
    """What the roll says of a child of this session; blank where it says nothing."""
    row = next((row for row in roll(session) if row.student.pk == student.pk), None)
    if row is None or session.taken_at is None:
        raise RuleBroken("这个班还没有点名，或者孩子不在名单里")
    return row.mark.status if row.mark else ""


def _said_before(session: Session, student: Student, status: str, was: str) -> MarkCorrection | None:
    """The same correction once more is the one already made or asked for; another waits for what was asked."""
    held = session.corrections.filter(student=student).first()
    if held and held.now == status and (held.state == State.ASKED or (held.state == State.MADE and was == status)):
        return held
    if held and held.state == State.ASKED:
        raise RuleBroken(f"{held.asked_by.name}已经申请改为{held.get_now_display()}，正等决定")
    if was == status:
        raise RuleBroken(f"{student.name} 记的就是{Mark.Status(status).label}", field="status")
    return None


def _gone(session: Session, student: Student):
    return Handover.objects.filter(student=student, day=session.day, undone_at=None).select_related("event")


def _not_gone(session: Session, student: Student, status: str) -> None:
    gone = _gone(session, student).first()
    if gone and status not in Mark.HERE:
        went = f"{student.name} {timezone.localtime(gone.at):%H:%M} {gone.words}"
        word = Mark.Status(status).label
        raise RuleBroken(f"{went}，不能改成{word}。交接点错的，那天签字以前可以撤销")


def _write(correction: MarkCorrection, *, now: datetime, by: Actor) -> None:
    """The mark becomes what was asked for, and those concerned hear of it."""
    session, student, status = correction.session, correction.student, correction.now
    mark, _ = Mark.objects.update_or_create(
        session=session,
        student=student,
        defaults={"status": status, "at": now, "by_id": by.signer},
        create_defaults={"school_id": session.school_id, "status": status, "at": now, "by_id": by.signer},
    )
    record(by, "corrected", mark, student=student.pk, was=correction.was, now=status, reason=correction.reason)
    signed = DayClose.objects.filter(school=session.school_id, day=session.day).exists()
    if signed or (correction.was in Mark.HERE and status not in Mark.HERE):
        _tell_leaders(correction, by)
    if session.day < timezone.localdate(now):
        title = f"更正：{{name}} {session.day:%-m月%-d日}{_mended(status)}"
        tell_guardians(session, [student], "absence_mended", title, loud=False, now=now)
    elif status in TOLD:
        tell_missing(session, [student], {student.pk: status}, now)
    elif correction.was in TOLD:
        tell_guardians(session, [student], "absence_mended", "更正：{name}" + _mended(status), loud=True, now=now)


def _ask(correction: MarkCorrection, by: Actor) -> None:
    title = f"{by.name}申请更正 {correction.student.name} {correction.session.day:%-m月%-d日}的考勤，请决定"
    ask_another(correction.school_id, title, correction.reason, timezone.localdate(correction.asked_at), by)


def ask_another(school_id: int, title: str, body: str, today: date, by: Actor) -> None:
    """Whoever may decide of a locked month: those who lead, and the principal."""
    posts = Post.objects.open_on(today).filter(school=school_id, role__in=(Role.LEADER.name, Role.PRINCIPAL.name))
    notify_each(
        Note(person, "correction_asked", title, body, LIST, school_id)
        for person in Person.objects.filter(pk__in=posts.values("person")).exclude(pk=by.signer)
    )


def _tell_leaders(correction: MarkCorrection, by: Actor) -> None:
    """A child taken off the list may be owed money back; what is signed was theirs: those who sign the day look too."""
    session, student = correction.session, correction.student
    was = correction.get_was_display() or "未点名"
    title = f"{by.name}把 {student.name} 由{was}改为{correction.get_now_display()}，请核实"
    body = f"{session.day:%-m月%-d日} {session.section.name}：{correction.reason}"
    if correction.now in Mark.HERE and not _gone(session, student).exists():
        body += "。还没有离校记录：没走的照常交接，已经走了的请补记"
    link = f"/attendance/day/?school={session.school_id}&day={session.day.isoformat()}"
    leaders = Person.objects.filter(pk__in=leaders_of(session.school, session.day)).exclude(pk=by.signer)
    notify_each(Note(one, "mark_corrected", title, body, link, session.school_id) for one in leaders)


def _mended(status: str) -> str:
    return "已经到校" if status in Mark.HERE else f"改记为{Mark.Status(status).label}"
