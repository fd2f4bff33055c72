"""Who is in no final state."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time

from afterschool.schools.models import School, Student
from attendance.models import Batch, Handover, LateStay, Session
from enrollment.models import Placement

from .batches import batches_by_grade, leaving_time
from .book import FINAL, DayBook, State, day_book


@dataclass(frozen=True)
class Left:
    """A child in no final state."""

    student: Student
    state: State
    session: Session  # the one without a mark, or the last
    sections: str
    until: time  # when the child leaves: with its batch, or when its own last class ends
    relation: str = ""  # whom the leader calls first
    phone: str = ""


def left_of(
    book: DayBook, missing: Collection[int], batches: Mapping[int, Batch], phones: Mapping[int, tuple[str, str]]
) -> Iterator[Left]:
    """These children of the day, each with its sessions and the time at which it leaves."""
    children, states, sessions_of = book.children, book.states(), defaultdict(list)
    for session in book.sessions:
        for student in book.listed[session.pk]:
            sessions_of[student.pk].append(session)
    for pk in missing:
        sessions, student = sessions_of[pk], children[pk]
        unmarked = (session for session in sessions if (session.pk, pk) not in book.marks)
        yield Left(
            student,
            states[pk],
            next(unmarked, sessions[-1]),
            "、".join(session.section.name for session in sessions),
            leaving_time(batches.get(student.school_class.grade), sessions),
            *phones.get(pk, ("", "")),
        )


def left_children(school: School, day: date) -> list[Left]:
    """For the clock, which asks every minute: whoever has left or stays with a keeper is not even read."""
    seated = Placement.objects.open_on(day).filter(school=school, section__sessions__in=Session.objects.filter(day=day))
    gone = Handover.objects.filter(school=school, day=day, undone_at=None).values("student")
    kept = LateStay.objects.filter(school=school, day=day, ended_at=None).values("student")
    here = Student.objects.filter(placements__in=seated).exclude(pk__in=gone).exclude(pk__in=kept).distinct()
    book = day_book(school, day, students=here.only("pk"))
    missing = [pk for pk, state in book.states().items() if state not in FINAL]
    return list(left_of(book, missing, batches_by_grade(school, day), {}))
