"""A child's day as the guardian reads it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from afterschool.schools.models import Student
from attendance.models import Mark, Session
from enrollment.models import Placement
from staffing.selectors import moment

from .book import DayBook, State, day_book
from .roll import leave_statuses

TO_LEAVE = (State.UNMARKED, State.HERE, State.KEPT)
# A child's state as the guardian reads it, with the glyph of the paper 考勤表.
WORDS = {
    None: ("plain", "今天没有课后服务"),
    State.UNMARKED: ("unknown", "还没点名"),
    State.HERE: ("in", "已签到"),
    State.KEPT: ("in", "老师陪着"),
    State.LESSONS: ("in", "回班上课"),
    State.GONE: ("gone", "已交接"),
    State.ABSENT: ("absent", "缺勤"),
    State.LEAVE: ("leave", "请假"),
    State.ILL: ("leave", "病假"),
}


@dataclass(frozen=True)
class Station:
    """One stop of a child's day, as the guardian reads it."""

    at: datetime | time
    word: str
    done: bool
    session: Session | None = None  # what meets there
    note: str = ""


@dataclass(frozen=True)
class ChildDay:
    """A child's whole day; without a state there is no service for this child that day."""

    student: Student
    state: State | None = None
    stations: tuple[Station, ...] = ()

    @property
    def is_here(self) -> bool:
        """Has yet to leave."""
        return self.state in TO_LEAVE

    @property
    def pill(self) -> str:
        return WORDS[self.state][0]

    @property
    def word(self) -> str:
        return "今天停课" if self.state is None and self.stations else WORDS[self.state][1]


def trail(students: Iterable[Student], day: date, now: datetime) -> dict[int, ChildDay]:
    """Each child's day in stations: on the way, signed in, where, who took them home. Eight queries a school and one."""
    students = list(students)
    stopped = stopped_today(students, day)
    days = {student.pk: ChildDay(student, stations=stopped[student.pk]) for student in students}
    by_school = defaultdict(list)
    for child in days.values():
        by_school[child.student.school].append(child.student)
    for school, own in by_school.items():
        book, leaves = day_book(school, day, students=own), leave_statuses(own, day)
        for pk, found in book.states().items():
            student, state = days[pk].student, as_asked(found, leaves.get(pk))
            days[pk] = ChildDay(student, state, (*stopped[pk], *stations(book, student, state, now)))
    return days


def stopped_today(students: Iterable[Student], day: date) -> dict[int, tuple[Station, ...]]:
    """What each child would have gone to and was cancelled, with the reason. One query."""
    seats = Placement.objects.open_on(day).filter(student__in=[student.pk for student in students])
    seats = seats.filter(section__sessions__day=day, section__sessions__cancelled_at__isnull=False)
    about = ("section__sessions__starts_at", "section__offering__name", "section__sessions__stop_reason")
    found: dict[int, tuple[Station, ...]] = defaultdict(tuple)
    for student, starts_at, name, reason in seats.order_by(about[0]).values_list("student", *about):
        found[student] += (Station(starts_at, f"{name}停课：{reason}", False),)
    return found


def as_asked(state: State, leave: str | None) -> State:
    """Until the roll is taken a leave counts as the guardian asked for it."""
    return State(leave) if leave and state == State.UNMARKED else state


def stations(book: DayBook, student: Student, state: State, now: datetime) -> tuple[Station, ...]:
    found, met = [], False
    mine = book.sessions_of(student.pk)
    for session in mine:
        mark, name = book.marks.get((session.pk, student.pk)), session.section.offering.name
        if mark is None:
            word = state.label if state in (State.LEAVE, State.ILL) else _not_yet(session, now)
            found.append(Station(session.starts_at, word, False, session))
        elif mark.status in Mark.HERE and not met:
            found.append(Station(session.taken_at or mark.at, "已签到", True, session))
            met = True
        elif mark.status in Mark.HERE:
            found.append(Station(session.starts_at, name, True, session))
        else:
            found.append(Station(mark.at, mark.get_status_display(), True, session))
    if state == State.GONE:
        handover = book.handovers[student.pk]
        found.append(Station(handover.at, handover.words, True))
    elif state == State.KEPT:
        stay = book.stays[student.pk]
        found.append(Station(stay.began_at, f"{stay.keeper.name}老师陪着，在{stay.place}", True))
    elif state == State.HERE:
        found.append(Station(max(session.ends_at for session in mine), "等待接走", False))
    return tuple(found)


def _not_yet(session: Session, now: datetime) -> str:
    """Nobody has said yet that the child is there: it has not begun, the child is on the way, or the roll is forgotten."""
    if now < moment(session.day, session.starts_at):
        return session.section.offering.name
    return "在途" if now < moment(session.day, session.ends_at) and session.taken_at is None else "未点名"
