"""转班名单: derived from who sits where and when; children who change rooms pass from one teacher to the next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from afterschool.schools.models import School, Student
from attendance.models import Mark, Session, Transfer

from .book import DayBook, day_book
from .plan import teachers_by_section
from .roll import leave_statuses

Step = tuple[time, Session | None, Session]  # at a time, from one session (None: from lessons) to another


@dataclass(frozen=True)
class Move:
    """The children who go from one session (None: from lessons) to another at a time."""

    at: time
    origin: Session | None
    session: Session
    students: tuple[Student, ...]  # expected
    away: tuple[Student, ...]  # on leave, absent, ill or collected: they need not be waited for
    givers: str = ""
    takers: str = ""
    transfer: Transfer | None = None

    @property
    def origin_name(self) -> str:
        return self.origin.section.name if self.origin else "上课班级"


def path(sessions: Iterable[Session]) -> list[Step]:
    """Where one child goes: into the session that began last, and back when it ends before the other."""
    sessions, steps = list(sessions), list[Step]()
    here: Session | None = None
    for at in sorted({one.starts_at for one in sessions} | {one.ends_at for one in sessions}):
        running = [one for one in sessions if one.starts_at <= at < one.ends_at]
        there = max(running, key=lambda one: (one.starts_at, one.pk), default=here)
        if there and there is not here:
            steps.append((at, here, there))
        here = there
    return steps


def moves(school: School, day: date, students: Iterable[Student] | None = None) -> list[Move]:
    """All moves of a school's day, or of these children, in order. Queries do not grow with children or sessions."""
    book = day_book(school, day, students=students)
    mine = sessions_by_child(book)
    groups: dict[Step, list[Student]] = defaultdict(list)
    for student in book.children.values():
        for step in path(mine[student.pk]):
            groups[step].append(student)
    asked = leave_statuses(book.children.values(), day)
    teachers, done = teachers_by_section(school, day), _done(school, day)
    found = []
    for (at, origin, session), students in groups.items():
        away = {one.pk for one in students if _is_away(book, origin, one.pk, asked)}
        found.append(
            Move(
                at,
                origin,
                session,
                tuple(one for one in students if one.pk not in away),
                tuple(one for one in students if one.pk in away),
                teachers[origin.section_id] if origin else "",
                teachers[session.section_id],
                done.get((session.pk, origin.pk if origin else None)),
            )
        )
    return sorted(found, key=lambda move: (move.at, move.origin_name, move.session.section.name))


def sessions_by_child(book: DayBook) -> dict[int, list[Session]]:
    """Where each child is listed, in order."""
    mine: dict[int, list[Session]] = defaultdict(list)
    for session in book.sessions:
        for student in book.listed[session.pk]:
            mine[student.pk].append(session)
    return mine


def room_changes(found: Iterable[Move], sessions: Iterable[Session] | None = None) -> list[Move]:
    """Without the first way, from lessons; of the whole day or to and from these sessions."""
    between = [move for move in found if move.origin]
    if sessions is None:
        return between
    wanted = {session.pk for session in sessions}
    return [move for move in between if wanted & {move.session.pk, move.origin.pk if move.origin else 0}]


def _is_away(book: DayBook, origin: Session | None, student: int, asked: dict[int, str]) -> bool:
    """By the roll where the child comes from, or by the guardian's word while there is none."""
    mark = book.marks.get((origin.pk, student)) if origin else None
    if mark:
        return mark.status not in Mark.HERE or student in book.handovers
    return student in asked


def _done(school: School, day: date) -> dict[tuple[int, int | None], Transfer]:
    found = Transfer.objects.filter(school=school, session__day=day).select_related("given_by", "received_by")
    return {(one.session_id, one.from_session_id): one for one in found}
