"""Who still waits at the gate, and how each child leaves."""

from collections.abc import Iterable
from datetime import date

from afterschool.access.reach import Actor
from afterschool.schools.models import School, Student
from enrollment.models import Agreement

from .book import AT_SCHOOL, day_book
from .reach import sessions_at_the_gate


def leave_modes(students: Iterable[Student], day: date) -> dict[int, str]:
    """How each child leaves, as the guardian signed it."""
    signed = Agreement.objects.open_on(day).filter(student__in=students, school_signed_at__isnull=False)
    return dict(signed.values_list("student", "application__leave_mode"))


def still_here(actor: Actor, day: date, school: School) -> int:
    """How many children of this person's gate nobody has collected yet."""
    book = day_book(school, day, sessions=sessions_at_the_gate(actor, day).filter(school=school))
    return sum(state in AT_SCHOOL for state in book.states().values())
