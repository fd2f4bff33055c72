"""The roll: nobody is present by default, and an absence is told at once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Guardianship, Student
from attendance.models import Handover, Mark, Session
from attendance.selectors import RollRow, roll
from enrollment.selectors import barred_guardians
from staffing.selectors import leaders_of

from .day import lock_open_day

Status = Mark.Status
TOLD = (Status.ABSENT, Status.ILL)  # A1: the guardians hear of it at once, unless it was they who said so


@transaction.atomic
def take_roll(session: Session, *, exceptions: Mapping[int, str], now: datetime, by: Actor) -> Session:
    """One submit marks every listed child: leave as asked, exceptions as tapped, the others present.

    The same roll a second time changes nothing; a different one is refused with who took the first.
    """
    lock_open_day(session.school_id, session.day)
    session = Session.objects.select_related("school", "section", "taken_by").get(pk=session.pk)
    rows = roll(session)
    unknown = set(exceptions) - {row.student.pk for row in rows}
    if unknown or not set(exceptions.values()) <= set(Status.values):
        raise RuleBroken("名单变了，请刷新后再点一次")
    wanted = {row.student.pk: exceptions.get(row.student.pk, row.expected) for row in rows}
    if session.taken_at:
        return _taken_before(session, rows, wanted)
    if session.cancelled_at or timezone.localdate(now) < session.day:
        raise RuleBroken("这一场没有开或者还没到日子，不能点名")
    marks = [
        Mark(school_id=session.school_id, session=session, student_id=pk, status=status, at=now, by_id=by.signer)
        for pk, status in wanted.items()
    ]
    Mark.objects.bulk_create(marks)
    session.taken_at, session.taken_by_id = now, by.person_id
    session.save(update_fields=["taken_at", "taken_by"])
    missing = {row.student.pk: wanted[row.student.pk] for row in rows if _is_news(row, wanted)}
    record(by, "took_roll", session, counts=dict(Counter(wanted.values())), exceptions=_plain(exceptions))
    _tell_missing(session, [row.student for row in rows if row.student.pk in missing], missing, now)
    return session


@transaction.atomic
def undo_roll(session: Session, *, now: datetime, by: Actor) -> Session:
    """Back to 未点名, as long as nobody of this section has left. Who was told of an absence is told of the mistake."""
    lock_open_day(session.school_id, session.day)
    session = Session.objects.select_related("school", "section").get(pk=session.pk)
    marks = list(session.marks.select_related("student"))
    if session.taken_at is None:
        return session
    if Handover.objects.filter(
        day=session.day, student__in=[mark.student_id for mark in marks], undone_at=None
    ).exists():
        raise RuleBroken("已经有孩子交接，不能整班重点；个别点错的请点名字改")
    record(by, "undid_roll", session, was={mark.student_id: mark.status for mark in marks})
    told = [mark.student for mark in marks if mark.status in TOLD]
    session.marks.all().delete()
    session.taken_at = session.taken_by = None
    session.save(update_fields=["taken_at", "taken_by"])
    _tell(session, told, "roll_undone", "{name}的点名点错了，老师正在重新点", loud=True)
    return session


@transaction.atomic
def correct_mark(session: Session, *, student: Student, status: str, now: datetime, by: Actor) -> Mark:
    """Change one child's mark, or write the first of a child listed after the roll.

    What it was stays in the guest book; the guardians hear of what concerns them.
    """
    lock_open_day(session.school_id, session.day)
    session = Session.objects.select_related("school", "section").get(pk=session.pk)
    row = next((row for row in roll(session) if row.student.pk == student.pk), None)
    if row is None or session.taken_at is None:
        raise RuleBroken("这个班还没有点名，或者孩子不在名单里")
    if status not in Status.values:
        raise RuleBroken("没有这种考勤状态", field="status")
    if row.mark and row.mark.status == status:
        return row.mark
    gone = Handover.objects.filter(student=student, day=session.day, undone_at=None).first()
    if gone and status not in Mark.HERE:
        raise RuleBroken(f"{student.name} {timezone.localtime(gone.at):%H:%M} {gone.words}，要先撤销交接")
    was = row.mark.status if row.mark else None
    mark = row.mark or Mark(school_id=session.school_id, session=session, student=student)
    mark.status, mark.at, mark.by_id = status, now, by.signer
    mark.save()
    record(by, "corrected", mark, student=student.pk, was=was, now=status)
    if was in Mark.HERE and status not in Mark.HERE:
        _tell_leaders(mark, session, by)
    if status in TOLD:
        _tell_missing(session, [student], {student.pk: status}, now)
    elif was in TOLD:
        _tell(session, [student], "absence_mended", "更正：{name}" + _mended(mark), loud=True)
    return mark


def _tell_leaders(mark: Mark, session: Session, by: Actor) -> None:
    """A child taken off the list may be owed money back: those who sign the day look at it too."""
    title = f"{by.name}把 {mark.student.name} 由到校改为{mark.get_status_display()}，请核实"
    body = f"{session.day:%-m月%-d日} {session.section.name}"
    leaders = Person.objects.filter(pk__in=leaders_of(session.school, session.day)).exclude(pk=by.signer)
    notify_each(
        Note(leader, "mark_corrected", title, body, link="/attendance/day/", school_id=session.school_id)
        for leader in leaders
    )


def _mended(mark: Mark) -> str:
    return "已经到校" if mark.status in Mark.HERE else f"改记为{mark.get_status_display()}"


def _taken_before(session: Session, rows: list[RollRow], wanted: dict[int, str]) -> Session:
    asked = {row.student.pk: row.mark.status if row.mark else None for row in rows}
    if asked == wanted:
        return session
    who = session.taken_by.name if session.taken_by else "系统"
    raise RuleBroken(f"{who} {timezone.localtime(session.taken_at):%H:%M} 已经点过名，要改请点孩子的名字")


def _is_news(row: RollRow, wanted: dict[int, str]) -> bool:
    """Absent or ill, and not by the guardian's own word."""
    return wanted[row.student.pk] in TOLD and wanted[row.student.pk] != row.expected


def _tell_missing(session: Session, students: Iterable[Student], statuses: Mapping[int, str], now: datetime) -> None:
    at = f"{timezone.localtime(now):%H:%M}"
    ill = [student for student in students if statuses[student.pk] == Status.ILL]
    absent = [student for student in students if statuses[student.pk] == Status.ABSENT]
    _tell(session, absent, "absent", f"{{name}} {at} 点名未到，请马上与老师联系", loud=True)
    _tell(session, ill, "ill", f"{{name}} {at} 身体不舒服，请与老师联系", loud=True)


def _tell(session: Session, students: list[Student], kind: str, title: str, *, loud: bool) -> None:
    if not students:
        return
    school = session.school
    body = f"{school.name} {session.day:%-m月%-d日} {session.section.name}。学校电话 {school.phone}"
    barred = barred_guardians(students, session.day)
    ties = Guardianship.objects.open_on(session.day).filter(student__in=students).select_related("person", "student")
    notify_each(
        Note(tie.person, kind, title.format(name=tie.student.name), body, link="/", school_id=school.pk, loud=loud)
        for tie in ties
        if (tie.student_id, tie.person_id) not in barred
    )


def _plain(exceptions: Mapping[int, str]) -> dict[str, str]:
    return {str(pk): str(status) for pk, status in exceptions.items()}
