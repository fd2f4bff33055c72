"""A child's day as the guardian reads it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from afterschool.schools.models import School, Student
from attendance.models import Handover, Mark, PickupChange, Session
from enrollment.models import Placement
from enrollment.selectors import collectors_of
from staffing.selectors import moment

from .batches import batches_by_grade, leaving_time
from .book import DayBook, State, day_book
from .gate import leave_modes
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
    State.ILL: ("leave", "病"),
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
    """Each child's day in stations: signed in, where, who takes or took them home. Eleven queries a school and one."""
    students = list(students)
    stopped = stopped_today(students, day)
    days = {student.pk: ChildDay(student, stations=stopped[student.pk]) for student in students}
    by_school = defaultdict(list)
    for child in days.values():
        by_school[child.student.school].append(child.student)
    for school, own in by_school.items():
        book, leaves = day_book(school, day, students=own), leave_statuses(own, day)
        ends = endings(book, school, own)
        for pk, found in book.states().items():
            student, state = days[pk].student, as_asked(found, leaves.get(pk))
            days[pk] = ChildDay(student, state, (*stopped[pk], *stations(book, student, state, ends[pk], now)))
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


@dataclass(frozen=True)
class Ending:
    """How and when a child is to leave: as agreed, or as its guardian said for the day."""

    leaves_at: time
    mode: str
    change: PickupChange | None = None
    lapsed: bool = False  # whom the change names must not collect any more

    @property
    def station(self) -> Station:
        adult = (self.change.guardian or self.change.pickup_person) if self.change and not self.lapsed else None
        how = "等待接走" if self.mode == Handover.Mode.COLLECTED else Handover.Mode(self.mode).label
        at = (self.change and self.change.comes_at) or self.leaves_at
        return Station(at, f"{adult.name}来接" if adult else how, False)


def endings(book: DayBook, school: School, students: Iterable[Student]) -> dict[int, Ending]:
    """Of each child of this school that has service on the book's day. Three queries, and three where an adult was named."""
    students = [student for student in students if student.pk in book.children]
    said = PickupChange.objects.filter(student__in=students, day=book.day, cancelled_at=None)
    changes = {one.student_id: one for one in said.select_related("guardian", "pickup_person", "asked_by", "seen_by")}
    modes, batches = leave_modes(students, book.day), batches_by_grade(school, book.day)
    lapsed = _lapsed([child for child in students if child.pk in changes], changes, book.day)
    found = {}
    for child in students:
        change, leaves = changes.get(child.pk), batches.get(child.school_class.grade)
        mode = change.mode if change else modes.get(child.pk, Handover.Mode.COLLECTED)
        found[child.pk] = Ending(leaving_time(leaves, book.sessions_of(child.pk)), mode, change, child.pk in lapsed)
    return found


def _lapsed(students: Iterable[Student], changes: Mapping[int, PickupChange], day: date) -> set[int]:
    """Children whose adult of today was barred since, or is on the list no more."""
    named = [child for child in students if ":" in changes[child.pk].who]
    may = {pk: {one.key for one in adults if not one.barred} for pk, adults in collectors_of(named, day).items()}
    return {child.pk for child in named if changes[child.pk].who not in may[child.pk]}


def stations(book: DayBook, student: Student, state: State, ending: Ending, now: datetime) -> tuple[Station, ...]:
    found, was_in = [], None
    mine = book.sessions_of(student.pk)
    for session in mine:
        mark, name = book.marks.get((session.pk, student.pk)), session.section.offering.name
        if mark is None:
            word = state.label if state in (State.LEAVE, State.ILL) else _not_yet(session, was_in, now)
            found.append(Station(session.starts_at, word, False, session))
        elif mark.status in Mark.HERE:
            first = was_in is None
            at, was_in = (session.taken_at or mark.at) if first else session.starts_at, session
            found.append(Station(at, "已签到" if first else name, True, session))
        else:  # a leave is no news of the roll: it was asked for before
            asked = mark.status in (Mark.Status.LEAVE, Mark.Status.ILL)
            found.append(Station(session.starts_at if asked else mark.at, mark.get_status_display(), True, session))
    if state == State.GONE:
        handover = book.handovers[student.pk]
        found.append(Station(handover.at, handover.words, True))
    elif state == State.KEPT:
        stay = book.stays[student.pk]
        found.append(Station(stay.began_at, f"{stay.keeper.name}陪着，在{stay.place}", True))
    return (*found, ending.station) if state in TO_LEAVE else tuple(found)


def _not_yet(session: Session, was_in: Session | None, now: datetime) -> str:
    """Nobody has said yet that the child is there: not begun, between two rooms, the roll due, or forgotten."""
    if now < moment(session.day, session.starts_at):
        return session.section.offering.name
    if now >= moment(session.day, session.ends_at) or session.taken_at:
        return "未点名"
    return "在途" if was_in and was_in.place != session.place else "等待点名"
