"""Where every child of the service is today: listed, marked, handed over."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from afterschool.access.capabilities import Capability, Role
from afterschool.access.reach import Actor, Reach
from afterschool.schools.calendar import days_of
from afterschool.schools.models import Guardianship, School, Student
from enrollment.models import Agreement, Placement, Section
from enrollment.selectors import Collector, collectors_of, placed_on
from staffing.models import Duty

from .models import DayClose, Handover, Leave, Mark, Session

MOST_SHOWN = 12
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
    relation: str = ""  # whom the leader calls first
    phone: str = ""


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
    def clear(self) -> int:
        return sum(line.clear for line in self.sections)

    @property
    def here_first(self) -> list[Left]:
        """The children still here by name, once they are so few that a leader calls for each."""
        return [left for left in self.left if left.state == State.HERE] if self.waiting <= MOST_SHOWN else []

    @property
    def most_shown(self) -> int:
        return MOST_SHOWN

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
    """The leader's board. Nine queries, whatever the number of sections and children."""
    book = day_book(school, day, sessions=sessions)
    states, children = book.states(), book.children
    duties = defaultdict(list)
    for duty in Duty.objects.filter(school=school, day=day).exclude(section=None).select_related("person"):
        duties[duty.section_id].append(duty)
    lines = [_section_day(book, session, states, duties[session.section_id]) for session in book.sessions]
    count = {state: sum(1 for found in states.values() if found == state) for state in State}
    missing = [pk for pk, state in states.items() if state not in FINAL]
    phones = phones_of(missing, day)
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
        left=[Left(children[pk], states[pk], "、".join(sections_of[pk]), *phones.get(pk, ("", ""))) for pk in missing],
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
        chosen=picked and _chosen(picked, day, modes.get(picked.pk, Handover.Mode.COLLECTED)),
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


def children_at_the_gate(actor: Actor, day: date):
    """The children of the sections this person may hand over that day."""
    sections = sessions_at_the_gate(actor, day).values("section")
    return Student.objects.filter(placements__in=Placement.objects.open_on(day).filter(section__in=sections)).distinct()


def children_of(school: School, day: date):
    """The children placed at a school that day."""
    return Student.objects.filter(placements__in=Placement.objects.open_on(day).filter(school=school)).distinct()


def sections_open_to(actor: Actor, reach: Reach, day: date):
    """Sections whose roll this actor may take: on duty there that day, or a leader of the school."""
    on_duty = Duty.objects.filter(section=OuterRef("pk"), day=day, person=actor.person_id)
    leads = Q(school__in=actor.reach(Capability.LEAD_DAY).schools)
    return Section.objects.within(reach).filter(leads | Exists(on_duty)).select_related("school__bureau")


def phones_of(students: Iterable[int], day: date) -> dict[int, tuple[str, str]]:
    """Whom the leader calls first: relation and number of the first guardian of each child."""
    ties = Guardianship.objects.open_on(day).filter(student__in=students).select_related("person")
    return {tie.student_id: (tie.relation, tie.person.phone) for tie in ties.order_by("is_primary", "-id")}


def leaves_ahead(student: Student, today: date):
    return Leave.objects.filter(student=student, cancelled_at=None, last_on__gte=today)


def span(leave: Leave) -> str:
    """`10月15日`, or `10月15日至10月17日`."""
    first, last = (f"{day.month}月{day.day}日" for day in (leave.first_on, leave.last_on))
    return first if first == last else f"{first}至{last}"


def unsigned_days(reach: Reach, today: date, since: int = 14):
    """School days of the last two weeks on which something met and nobody signed."""
    signed = DayClose.objects.filter(school=OuterRef("school"), day=OuterRef("day"))
    met = Session.objects.held().within(reach).filter(day__lt=today, day__gte=today - timedelta(days=since))
    return met.exclude(Exists(signed)).order_by("day").values("school", "day").distinct()
