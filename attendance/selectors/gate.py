"""The handover page: the children still here and who may take them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from afterschool.access.reach import Actor
from afterschool.schools.models import Guardianship, School, Student
from attendance.models import Handover, Session
from enrollment.models import Agreement
from enrollment.selectors import Collector, collectors_of

from .book import State, day_book
from .reach import sessions_at_the_gate


def siblings_of(student: Student, day: date):
    """Other children of the same guardians at the same school."""
    return (
        Student.objects.enrolled()
        .filter(
            school=student.school_id,
            guardianships__in=_open_guardianships(day),
            guardianships__person__guardianships__in=_open_guardianships(day).filter(student=student),
        )
        .exclude(pk=student.pk)
        .distinct()
    )


def _open_guardianships(day: date):
    return Guardianship.objects.open_on(day)


def leave_modes(students: Iterable[Student], day: date) -> dict[int, str]:
    """How each child leaves, as the guardian signed it."""
    signed = Agreement.objects.open_on(day).filter(student__in=students, school_signed_at__isnull=False)
    return dict(signed.values_list("student", "application__leave_mode"))


@dataclass(frozen=True)
class Waiting:
    """A child still here, as a tile."""

    student: Student
    mode: str

    @property
    def mode_label(self) -> str:
        return "" if self.mode == Handover.Mode.COLLECTED else Handover.Mode(self.mode).label


@dataclass(frozen=True)
class Chosen:
    """The child whose adult is asked for."""

    student: Student
    adults: list[Collector]
    mode: str
    siblings: list[Student]

    @property
    def mode_label(self) -> str:
        return "" if self.mode == Handover.Mode.COLLECTED else Handover.Mode(self.mode).label


@dataclass(frozen=True)
class Gate:
    """What one person at the gate sees: their sections, the children still here, the one chosen, the last deed."""

    day: date
    sections: list[Session]
    waiting: list[Waiting]
    gone: list[Handover]
    unmarked: int
    chosen: Chosen | None
    last: Handover | None
    school: School | None


def gate(actor: Actor, day: date, *, school: School | None, section_id: int | None = None, child_id=None) -> Gate:
    """The handover page. Queries do not grow with the children."""
    if school is None:
        return Gate(day, [], [], [], 0, None, None, None)
    mine = sessions_at_the_gate(actor, day).filter(school=school)
    sections = list(mine.select_related("section__school_class").order_by("section__name"))
    book = day_book(school, day, sessions=mine.filter(section=section_id) if section_id else mine)
    states, children = book.states(), book.children
    here = [children[pk] for pk, state in states.items() if state == State.HERE]
    modes = leave_modes(here, day)
    picked = next((child for child in here if child.pk == child_id), None)
    own = [handover for handover in book.handovers.values() if handover.student_id in children]
    return Gate(
        day=day,
        sections=sections,
        waiting=[Waiting(child, modes.get(child.pk, Handover.Mode.COLLECTED)) for child in here if child != picked],
        gone=sorted(own, key=lambda handover: handover.at, reverse=True),
        unmarked=sum(state == State.UNMARKED for state in states.values()),
        chosen=_chosen(picked, day, modes.get(picked.pk, Handover.Mode.COLLECTED)) if picked else None,
        last=max((one for one in own if one.by_id == actor.person_id), key=lambda one: one.at, default=None),
        school=school,
    )


def _chosen(student: Student, day: date, mode: str) -> Chosen:
    siblings = list(siblings_of(student, day).select_related("school_class"))
    states = day_book(student.school, day, students=siblings).states() if siblings else {}
    return Chosen(
        student=student,
        adults=sorted(collectors_of([student], day)[student.pk], key=lambda adult: adult.barred),
        mode=mode,
        siblings=[sibling for sibling in siblings if states.get(sibling.pk) == State.HERE],
    )
