"""Children the roll did not find, and what was done about it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from afterschool.schools.models import School, Student
from attendance.models import ContactAttempt, Leave, Mark, Session

from .board import phones_of

TOLD = (Mark.Status.ABSENT, Mark.Status.ILL)  # A1: the guardians hear of it at once, unless it was they who said so
SOLVED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Missing:
    """A child that was not found, or was ill, and whose guardians had not said so."""

    student: Student
    session: Session  # that began without the child
    mark: Mark
    attempts: tuple[ContactAttempt, ...] = ()
    relation: str = ""  # whom to call first
    phone: str = ""

    @property
    def last(self) -> ContactAttempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def resolved(self) -> bool:
        return any(attempt.result in ContactAttempt.RESOLVED for attempt in self.attempts)

    @property
    def lost(self) -> bool:
        """A guardian was reached who does not know where the child is either: nobody waits ten minutes for that."""
        unknown = ContactAttempt.Result.UNKNOWN
        return not self.resolved and any(attempt.result == unknown for attempt in self.attempts)


def missing_children(school: School, day: date, students: Collection[Student] | None = None) -> list[Missing]:
    """Who is missing that day, of the school or of these children, in the order of the rolls. Five queries."""
    marks = Mark.objects.filter(school=school, session__day=day)
    wanted = marks.filter(status__in=TOLD)
    if students is not None:
        wanted = wanted.filter(student__in=students)
    asked = Leave.objects.covering(day).filter(student__in=wanted.values("student")).values("student")
    marks = marks.filter(student__in=wanted.values("student")).exclude(student__in=asked)
    away: dict[int, Mark] = {}
    for mark in marks.select_related("student", "session__section").order_by("session__starts_at", "session"):
        if mark.status in Mark.HERE:
            away.pop(mark.student_id, None)  # was found by a later session
        elif mark.status in TOLD:
            away.setdefault(mark.student_id, mark)
    attempts = defaultdict(list)
    for attempt in ContactAttempt.objects.filter(session__day=day, student__in=away).select_related("person", "by"):
        if attempt.at >= away[attempt.student_id].at:
            attempts[attempt.student_id].append(attempt)
    phones = phones_of([mark.student for mark in away.values()], day)
    return [
        Missing(mark.student, mark.session, mark, tuple(attempts[pk]), *phones.get(pk, ("", "")))
        for pk, mark in away.items()
    ]


def unresolved_absences(school: School, day: date, now: datetime) -> list[Missing]:
    """Those whose guardians nobody has reached ten minutes after the roll, or who do not know either."""
    missing = [one for one in missing_children(school, day) if not one.resolved]
    return [one for one in missing if one.lost or now - one.mark.at >= SOLVED_WITHIN]
