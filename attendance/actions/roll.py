"""The roll: nobody is present by default, and an absence is told at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Guardianship, Student
from attendance.models import Mark, Session
from attendance.selectors import TOLD, RollRow, roll, stands
from enrollment.selectors import not_told

from .alarms import UNMARKED, unmarked_link
from .day import lock, lock_open_day

Status = Mark.Status


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
    tell_missing(session, [row.student for row in rows if row.student.pk in missing], missing, now)
    here = [row for row in rows if wanted[row.student.pk] in Mark.HERE]
    tell_guardians(session, _relieved(session, here), "absence_mended", "{name} 已经到校", loud=True, now=now)
    return session


@transaction.atomic
def undo_roll(session: Session, *, now: datetime, by: Actor) -> Session:
    """Back to 未点名, as long as nobody of this section has left. Who was told of an absence is told of the mistake."""
    lock(session.school_id)
    session = Session.objects.select_related("school", "section").get(pk=session.pk)
    marks = list(session.marks.select_related("student"))
    if session.taken_at is None:
        return session
    if why := stands(session):
        raise RuleBroken(f"{why}，不能整班重点；点错的请点孩子的名字更正")
    record(by, "undid_roll", session, was={mark.student_id: mark.status for mark in marks})
    told = [mark.student for mark in marks if mark.status in TOLD]
    session.marks.all().delete()
    session.taken_at, session.taken_by, session.reopened_at = None, None, now
    session.save(update_fields=["taken_at", "taken_by", "reopened_at"])
    tell_guardians(session, told, "roll_undone", "{name}的点名点错了，老师正在重新点", loud=True, now=now)
    return session


def _taken_before(session: Session, rows: list[RollRow], wanted: dict[int, str]) -> Session:
    asked = {row.student.pk: row.mark.status if row.mark else None for row in rows}
    if asked == wanted:
        return session
    who = session.taken_by.name if session.taken_by else "系统"
    raise RuleBroken(f"{who} {timezone.localtime(session.taken_at):%H:%M} 已经点过名，要改请点孩子的名字")


def _is_news(row: RollRow, wanted: dict[int, str]) -> bool:
    """Absent or ill, and not by the guardian's own word."""
    return wanted[row.student.pk] in TOLD and wanted[row.student.pk] != row.expected


def _relieved(session: Session, here: list[RollRow]) -> list[Student]:
    """Children who are there though their guardians heard, or said, that they are not."""
    links = {unmarked_link(session, row.student): row.student.pk for row in here}
    told = Notice.objects.filter(kind=UNMARKED, link__in=links).values_list("link", flat=True)
    worried = {links[link] for link in told}
    return [row.student for row in here if row.expected in TOLD or row.student.pk in worried]


def tell_missing(session: Session, students: Sequence[Student], statuses: Mapping[int, str], now: datetime) -> None:
    if session.day < timezone.localdate(now):  # written down late: there is nobody to look for
        for status in TOLD:
            found = [student for student in students if statuses[student.pk] == status]
            title = f"{{name}} {session.day:%-m月%-d日}补记为{status.label}"
            tell_guardians(session, found, status.value, title, loud=False, now=now)
        return
    at = f"{timezone.localtime(now):%H:%M}"
    ill = [student for student in students if statuses[student.pk] == Status.ILL]
    absent = [student for student in students if statuses[student.pk] == Status.ABSENT]
    tell_guardians(session, absent, "absent", f"{{name}} {at} 点名缺勤，请马上与老师联系", loud=True, now=now)
    tell_guardians(session, ill, "ill", f"{{name}} {at} 身体不舒服，请与老师联系", loud=True, now=now)


def tell_guardians(
    session: Session, students: list[Student], kind: str, title: str, *, loud: bool, now: datetime
) -> None:
    """One note about each child to each guardian, but for those who must not know where the child is."""
    if not students:
        return
    school = session.school
    body = f"{school.name} {session.day:%-m月%-d日} {session.section.name}。学校电话 {school.phone}"
    quiet = not_told(students, session.day, timezone.localdate(now))
    ties = Guardianship.objects.open_on(session.day).filter(student__in=students).select_related("person", "student")
    notify_each(
        Note(tie.person, kind, title.format(name=tie.student.name), body, link="/", school_id=school.pk, loud=loud)
        for tie in ties
        if (tie.student_id, tie.person_id) not in quiet
    )


def _plain(exceptions: Mapping[int, str]) -> dict[str, str]:
    return {str(pk): str(status) for pk, status in exceptions.items()}
