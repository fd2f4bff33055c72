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


def trail(students: Iterable[Student], day: date) -> dict[int, list[Station]]:
    """Each child's day in stations: signed in, where, who took them home. Six queries a school."""
    stations: dict[int, list[Station]] = {student.pk: [] for student in students}
    by_school = defaultdict(list)
    for student in students:
        by_school[student.school].append(student)
    for school, own in by_school.items():
        book = day_book(school, day, students=own)
        states = book.states()
        for student in own:
            if student.pk in states:
                stations[student.pk] = _stations(book, student, states[student.pk])
    return stations


def _stations(book: DayBook, student: Student, state: State) -> list[Station]:
    stations, met = [], False
    mine = [session for session in book.sessions if any(one.pk == student.pk for one in book.listed[session.pk])]
    for session in mine:
        mark = book.marks.get((session.pk, student.pk))
        if mark is None:
            stations.append(Station(session.starts_at, f"{session.section.offering.name}（未点名）", False))
        elif mark.status in Mark.HERE and not met:
            stations.append(Station(session.taken_at, "已签到", True))
            met = True
        elif mark.status in Mark.HERE:
            stations.append(Station(session.starts_at, session.section.offering.name, True))
        else:
            stations.append(Station(mark.at, mark.get_status_display(), True))
    if state == State.GONE:
        handover = book.handovers[student.pk]
        stations.append(Station(handover.at, handover.words, True))
    elif state == State.HERE:
        stations.append(Station(max(session.ends_at for session in mine), "等待接走", False))
    return stations
