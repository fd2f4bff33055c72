"""The leader's board of the day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from django.db.models import Exists, OuterRef

from afterschool.access.reach import Reach
from afterschool.schools.models import Guardianship, School, Student
from attendance.models import DayClose, Mark, Session
from staffing.models import Duty

from .book import FINAL, DayBook, State, day_book

MOST_SHOWN = 12


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
    until: time  # when the child's own last session ends
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
    sessions_of = defaultdict(list)
    for session in book.sessions:
        for student in book.listed[session.pk]:
            sessions_of[student.pk].append(session)
    return Board(
        day=day,
        sections=lines,
        listed=len(states),
        gone=count[State.GONE],
        leave=count[State.LEAVE] + count[State.ILL],
        absent=count[State.ABSENT],
        waiting=count[State.HERE],
        unmarked=count[State.UNMARKED],
        left=[_left(children[pk], states[pk], sessions_of[pk], phones) for pk in missing],
        untaken=[session for session in book.sessions if session.taken_at is None],
        close=DayClose.objects.filter(school=school, day=day).select_related("closed_by").first(),
    )


def _left(student: Student, state: State, sessions: list[Session], phones: dict[int, tuple[str, str]]) -> Left:
    names, until = "、".join(one.section.name for one in sessions), max(one.ends_at for one in sessions)
    return Left(student, state, names, until, *phones.get(student.pk, ("", "")))


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


def phones_of(students: Iterable[int], day: date) -> dict[int, tuple[str, str]]:
    """Whom the leader calls first: relation and number of the first guardian of each child."""
    ties = Guardianship.objects.open_on(day).filter(student__in=students).select_related("person")
    return {tie.student_id: (tie.relation, tie.person.phone) for tie in ties.order_by("is_primary", "-id")}


def unsigned_days(reach: Reach, today: date, since: int = 14):
    """School days of the last two weeks on which something met and nobody signed."""
    signed = DayClose.objects.filter(school=OuterRef("school"), day=OuterRef("day"))
    met = Session.objects.held().within(reach).filter(day__lt=today, day__gte=today - timedelta(days=since))
    return met.exclude(Exists(signed)).order_by("day").values("school", "day").distinct()
