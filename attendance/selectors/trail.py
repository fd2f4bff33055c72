"""A child's day as the guardian reads it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from afterschool.schools.models import Student
from attendance.models import Mark

from .book import DayBook, State, day_book


@dataclass(frozen=True)
class Station:
    """One stop of a child's day, as the guardian reads it."""

    at: datetime | time
    word: str
    done: bool


@dataclass(frozen=True)
class ChildDay:
    """A child's whole day; without a state there is no service for this child that day."""

    student: Student
    state: State | None = None
    stations: tuple[Station, ...] = ()


def trail(students: Iterable[Student], day: date) -> dict[int, ChildDay]:
    """Each child's day in stations: signed in, where, who took them home. Six queries a school."""
    days = {student.pk: ChildDay(student) for student in students}
    by_school = defaultdict(list)
    for child in days.values():
        by_school[child.student.school].append(child.student)
    for school, own in by_school.items():
        book = day_book(school, day, students=own)
        for pk, state in book.states().items():
            student = days[pk].student
            days[pk] = ChildDay(student, state, tuple(_stations(book, student, state)))
    return days


def _stations(book: DayBook, student: Student, state: State) -> list[Station]:
    stations, met = [], False
    mine = [session for session in book.sessions if any(one.pk == student.pk for one in book.listed[session.pk])]
    for session in mine:
        mark = book.marks.get((session.pk, student.pk))
        if mark is None:
            stations.append(Station(session.starts_at, f"{session.section.offering.name}（未点名）", False))
        elif mark.status in Mark.HERE and not met:
            stations.append(Station(session.taken_at or mark.at, "已签到", True))
            met = True
        elif mark.status in Mark.HERE:
            stations.append(Station(session.starts_at, session.section.offering.name, True))
        else:
            stations.append(Station(mark.at, mark.get_status_display(), True))
    if state == State.GONE:
        handover = book.handovers[student.pk]
        stations.append(Station(handover.at, handover.words, True))
    elif state == State.KEPT:
        stay = book.stays[student.pk]
        stations.append(Station(stay.began_at, f"由{stay.keeper.name}老师看护，等待接走", False))
    elif state == State.HERE:
        stations.append(Station(max(session.ends_at for session in mine), "等待接走", False))
    return stations
