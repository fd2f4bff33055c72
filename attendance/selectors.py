"""Where every child of the service is today: listed, marked, handed over."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from afterschool.access.capabilities import Capability, Role
from afterschool.access.reach import Actor
from afterschool.schools.calendar import days_of
from afterschool.schools.models import Guardianship, School, Student
from enrollment.selectors import placed_on
from staffing.models import Duty

from .models import DayClose, Handover, Leave, Mark, Session

GATE = (Role.LEADER, Role.GUARD)  # they hand over every child of the school, teachers those of their section


class State(models.TextChoices):
    UNMARKED = "unmarked", "未点名"
    HERE = "here", "待交接"
    GONE = "gone", "已交接"
    ABSENT = "absent", "缺勤"
    LEAVE = "leave", "请假"
    ILL = "ill", "病假"


FINAL = frozenset({State.GONE, State.ABSENT, State.LEAVE, State.ILL})


@dataclass(frozen=True)
class DayBook:
    """One school's day as it stands."""

    day: date
    sessions: list[Session]
    listed: dict[int, list[Student]]  # by session, in pinyin order
    marks: dict[tuple[int, int], Mark]  # by session and student
    handovers: dict[int, Handover]  # the one that stands, by student

    @property
    def children(self) -> dict[int, Student]:
        return {student.pk: student for listed in self.listed.values() for student in listed}

    def states(self) -> dict[int, State]:
        statuses = defaultdict(list)
        for session in self.sessions:
            for student in self.listed[session.pk]:
                mark = self.marks.get((session.pk, student.pk))
                statuses[student.pk].append(mark and mark.status)
        return {pk: self._state(pk, found) for pk, found in statuses.items()}

    def _state(self, student_id: int, statuses: list[str | None]) -> State:
        if student_id in self.handovers:
            return State.GONE
        if any(status in Mark.HERE for status in statuses):
            return State.HERE
        if None in statuses:
            return State.UNMARKED
        return next(state for state in (State.ABSENT, State.ILL, State.LEAVE) if state.value in statuses)


def day_book(school: School, day: date, *, students: Iterable[Student] | None = None, sessions=None) -> DayBook:
    """The whole day, or some children or sessions of it. Six queries, whatever the number of children."""
    held = Session.objects.held() if sessions is None else sessions
    held = list(held.filter(school=school, day=day).select_related("section__school_class", "section__offering"))
    [timetable] = days_of(school, day, day)
    placements = placed_on([session.section for session in held], day)
    marks = Mark.objects.filter(session__in=held).select_related("by")
    handovers = Handover.objects.filter(school=school, day=day, undone_at=None).select_related("by")
    if students is not None:
        wanted = [student.pk for student in students]
        placements, marks = placements.filter(student__in=wanted), marks.filter(student__in=wanted)
        handovers = handovers.filter(student__in=wanted)
    seated = defaultdict(list)
    for placement in placements:
        # A day on which the calendar says nothing was served all the same when there is a session.
        if timetable.runs(placement.item.weekdays) or not timetable.serves:
            seated[placement.section_id].append(placement.student)
    return DayBook(
        day=day,
        sessions=held,
        listed={session.pk: seated[session.section_id] for session in held},
        marks={(mark.session_id, mark.student_id): mark for mark in marks},
        handovers={handover.student_id: handover for handover in handovers},
    )


def final_states(school: School, day: date) -> dict[int, State]:
    """Each listed child's state; the day can close when all of them are in FINAL."""
    return day_book(school, day).states()


def sessions_open_to(actor: Actor, sessions):
    """Those whose roll this actor may take: on duty there that day, or a leader of the school."""
    on_duty = Duty.objects.filter(section=OuterRef("section"), day=OuterRef("day"), person=actor.person_id)
    return sessions.filter(Q(school__in=actor.reach(Capability.LEAD_DAY).schools) | Exists(on_duty))


def sessions_at_the_gate(actor: Actor, day: date):
    """Those whose children this actor may hand over that day."""
    on_duty = Duty.objects.filter(section=OuterRef("section"), day=OuterRef("day"), person=actor.person_id)
    everywhere = Q(school__in=actor.reach_as(GATE).schools)
    return (
        Session.objects.held().within(actor.reach(Capability.HAND_OVER)).filter(everywhere | Exists(on_duty), day=day)
    )


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


@dataclass(frozen=True)
class SectionDay:
    """One section's line on the leader's board."""

    session: Session
    teachers: list[Duty]
    listed: int
    here: int
    leave: int
    absent: int
    unmarked: int
    gone: int
    waiting: int

    @property
    def taken(self) -> bool:
        return self.session.taken_at is not None

    @property
    def clear(self) -> bool:
        return self.taken and not self.waiting and not self.unmarked


@dataclass(frozen=True)
class Left:
    """A child in no final state."""

    student: Student
    state: State
    sections: str


@dataclass(frozen=True)
class Board:
    day: date
    sections: list[SectionDay]
    listed: int
    gone: int
    leave: int
    absent: int
    waiting: int
    unmarked: int
    left: list[Left] = field(default_factory=list)
    untaken: list[Session] = field(default_factory=list)
    close: DayClose | None = None

    @property
    def can_close(self) -> bool:
        return bool(self.sections) and not self.left and not self.untaken and self.close is None

    @property
    def counts(self) -> dict[str, int]:
        return {
            "listed": self.listed,
            "present": self.gone + self.waiting,
            "absent": self.absent,
            "leave": self.leave,
            "handed_over": self.gone,
        }


def board(school: School, day: date, sessions=None) -> Board:
    """The leader's board. Eight queries, whatever the number of sections and children."""
    book = day_book(school, day, sessions=sessions)
    states, children = book.states(), book.children
    duties = defaultdict(list)
    for duty in Duty.objects.filter(school=school, day=day).exclude(section=None).select_related("person"):
        duties[duty.section_id].append(duty)
    lines = [_section_day(book, session, states, duties[session.section_id]) for session in book.sessions]
    count = {state: sum(1 for found in states.values() if found == state) for state in State}
    sections_of = defaultdict(list)
    for session in book.sessions:
        for student in book.listed[session.pk]:
            sections_of[student.pk].append(session.section.name)
    return Board(
        day=day,
        sections=lines,
        listed=len(states),
        gone=count[State.GONE],
        leave=count[State.LEAVE] + count[State.ILL],
        absent=count[State.ABSENT],
        waiting=count[State.HERE],
        unmarked=count[State.UNMARKED],
        left=[Left(children[pk], s, "、".join(sections_of[pk])) for pk, s in states.items() if s not in FINAL],
        untaken=[session for session in book.sessions if session.taken_at is None],
        close=DayClose.objects.filter(school=school, day=day).select_related("closed_by").first(),
    )


def _section_day(book: DayBook, session: Session, states: dict[int, State], teachers: list[Duty]) -> SectionDay:
    listed = [student.pk for student in book.listed[session.pk]]
    marks = [book.marks.get((session.pk, pk)) for pk in listed]
    statuses = [mark and mark.status for mark in marks]
    return SectionDay(
        session=session,
        teachers=teachers,
        listed=len(listed),
        here=sum(status in Mark.HERE for status in statuses),
        leave=sum(status in (Mark.Status.LEAVE, Mark.Status.ILL) for status in statuses),
        absent=statuses.count(Mark.Status.ABSENT),
        unmarked=statuses.count(None),
        gone=sum(states[pk] == State.GONE for pk in listed),
        waiting=sum(states[pk] == State.HERE for pk in listed),
    )


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


def served_days(agreement_ids: Collection[int], first: date, last: date) -> dict[int, list[date]]:
    """The days on which the child of each agreement was really there. One query."""
    there = Mark.objects.filter(
        status__in=Mark.HERE,
        session__day__range=(first, last),
        session__section__placements__item__agreement__in=agreement_ids,
        session__section__placements__student=F("student"),
    ).values_list("session__section__placements__item__agreement", "session__day")
    days: dict[int, list[date]] = {pk: [] for pk in agreement_ids}
    for agreement_id, day in there.distinct().order_by("session__day"):
        days[agreement_id].append(day)
    return days


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
