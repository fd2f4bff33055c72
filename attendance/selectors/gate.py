"""Who still waits at the gate, and how each child leaves."""

from collections.abc import Iterable
from datetime import date

from afterschool.access.reach import Actor
from afterschool.schools.models import School, Student
from enrollment.models import Agreement

from .book import AT_SCHOOL, DayBook, day_book
from .reach import kept_by, sessions_at_the_gate


def leave_modes(students: Iterable[Student], day: date) -> dict[int, str]:
    """How each child leaves, as the guardian signed it."""
    signed = Agreement.objects.open_on(day).filter(student__in=students, school_signed_at__isnull=False)
    return dict(signed.values_list("student", "application__leave_mode"))


def gate_book(actor: Actor, day: date, school: School, *, section_id: int | None = None) -> DayBook:
    """The children this person may hand over: of the own sections, and those one keeps until somebody comes."""
    mine = sessions_at_the_gate(actor, day).filter(school=school)
    book = day_book(school, day, sessions=mine.filter(section=section_id) if section_id else mine)
    kept = Student.objects.filter(late_stays__in=kept_by(actor, day).filter(school=school)).exclude(
        pk__in=book.children
    )
    others = [] if section_id else list(kept)
    return book | day_book(school, day, students=others) if others else book


def still_here(actor: Actor, day: date, school: School) -> int:
    """How many children of this person's gate nobody has collected yet."""
    book = gate_book(actor, day, school)
    return sum(state in AT_SCHOOL for state in book.states().values())
