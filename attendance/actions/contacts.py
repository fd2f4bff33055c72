"""联系记录: a call because a child is missing, and the alarm when nobody knows where it is."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note
from afterschool.schools.models import Guardianship, School, Student
from attendance.models import ContactAttempt, Session
from attendance.once import once
from attendance.selectors import TOLD, unresolved_absences
from staffing.selectors import leaders_of

from .alarms import anew, people, tell_once
from .day import lock


@transaction.atomic
def note_contact(
    session: Session,
    *,
    student: Student,
    person: Person | None,
    result: str,
    note: str = "",
    uid: UUID | None = None,
    now: datetime,
    by: Actor,
) -> ContactAttempt:
    """Write down whom one called and what came of it. The same form (`uid`) sent twice with the same words is one call."""
    lock(session.school_id)
    number = once(uid, student.pk, person and person.pk, result, note)
    if first := ContactAttempt.objects.filter(uid=number).first():
        return first
    _must_be_missing(session, student, person)
    attempt = ContactAttempt(
        school_id=session.school_id, session=session, student=student, person=person, result=result, note=note.strip(),
        uid=number, at=now, by_id=by.signer,
    )  # fmt: skip
    attempt.full_clean(exclude=["school", "session", "student", "person", "by"])
    attempt.save()
    record(by, "contacted", attempt, student=student.pk, result=result)
    return attempt


def _must_be_missing(session: Session, student: Student, person: Person | None) -> None:
    """And whoever was called must be its guardian."""
    if not session.marks.filter(student=student, status__in=TOLD).exists():
        raise RuleBroken(f"{student.name} 没有记成缺勤或病，不用记联系")
    ties = Guardianship.objects.open_on(session.day).filter(student=student)
    if person and not ties.filter(person=person).exists():
        raise RuleBroken("这个人不是孩子的监护人", field="person")


@transaction.atomic
def unresolved_contacts(school: School, *, day: date, now: datetime, by: Actor) -> int:
    """Nobody knows where a child is: the leaders hear of it, once, and once more when a guardian does not know either.
    Returns how many heard."""
    unresolved = unresolved_absences(school, day, now)
    leaders = people(leaders_of(school, day)) if unresolved else []
    notes = []
    for one in unresolved:
        why = "家长也不知道孩子在哪，请马上处理" if one.lost else "10 分钟还没有联系上家长，请处理"
        title = f"{one.student.name} {one.mark.get_status_display()}，{why}"
        link = anew(one.session, reverse("attendance:contact-create", args=[one.session.pk, one.student.pk]))
        link += "#lost" if one.lost else ""  # what is told again has a link of its own
        body = f"{one.session.section.name}，已联系 {len(one.attempts)} 次"
        notes += [Note(leader, "absence_unresolved", title, body, link, school.pk, loud=True) for leader in leaders]
    return tell_once(school, notes)
