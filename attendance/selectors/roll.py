"""The roll: all listed children, leave filled in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from afterschool.schools.models import Student
from attendance.models import Leave, Mark, Session

from .book import day_book


@dataclass(frozen=True)
class RollRow:
    """One child on the roll: the mark, or before it is taken what the guardian asked for."""

    student: Student
    number: int
    mark: Mark | None
    expected: str  # before the roll is taken: present, or the leave that was asked for

    @property
    def status(self) -> str:
        return self.mark.status if self.mark else self.expected


def roll(session: Session) -> list[RollRow]:
    """All listed children in pinyin order, leave filled in. Six queries."""
    book = day_book(session.school, session.day, sessions=Session.objects.filter(pk=session.pk))
    listed = book.listed.get(session.pk, [])
    leaves = leave_statuses(listed, session.day)
    return [
        RollRow(student, n, book.marks.get((session.pk, student.pk)), leaves.get(student.pk, Mark.Status.PRESENT))
        for n, student in enumerate(listed, 1)
    ]


def leave_statuses(students: Iterable[Student], day: date) -> dict[int, str]:
    """What the roll is filled in with for children whose guardians asked for leave."""
    asked = Leave.objects.covering(day).filter(student__in=students).values_list("student", "is_ill")
    return {student: Mark.Status.ILL if is_ill else Mark.Status.LEAVE for student, is_ill in asked}


def leaves_ahead(student: Student, today: date):
    return Leave.objects.filter(student=student, cancelled_at=None, last_on__gte=today)


def span(leave: Leave) -> str:
    """`10月15日`, or `10月15日至10月17日`."""
    first, last = (f"{day.month}月{day.day}日" for day in (leave.first_on, leave.last_on))
    return first if first == last else f"{first}至{last}"
