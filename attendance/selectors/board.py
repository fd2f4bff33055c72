"""The leader's board of the day: it counts down to zero."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db.models import Exists, OuterRef

from afterschool.access.reach import Reach
from afterschool.schools.models import Guardianship, School, Student
from attendance.models import Alarm, Batch, DayClose, LateStay, Mark, Session
from enrollment.release import Adult, Grant, may_release
from enrollment.selectors import restrictions_of
from staffing.models import Duty

from .batches import batches_by_grade
from .book import FINAL, DayBook, State, day_book
from .held import Held, held
from .left import Left, left_of

MOST_SHOWN = 12  # so many names stand open; more fold


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
    kept: int
    waiting: int

    @property
    def taken(self) -> bool:
        return self.session.taken_at is not None

    @property
    def clear(self) -> bool:
        return self.taken and not self.waiting and not self.unmarked


@dataclass(frozen=True)
class Leaving:
    """Those who wait and leave at the same time."""

    until: time
    batches: tuple[Batch, ...]
    children: list[Left]

    @property
    def few(self) -> bool:
        return len(self.children) <= MOST_SHOWN


@dataclass(frozen=True)
class Board:
    day: date
    sections: list[SectionDay]
    count: dict[State, int]
    left: list[Left]
    stays: list[LateStay]
    held: list[Held]
    alarms: list[Alarm]
    close: DayClose | None
    batches: list[Batch]

    @property
    def listed(self) -> int:
        return sum(self.count.values())

    @property
    def gone(self) -> int:
        return self.count[State.GONE]

    @property
    def kept(self) -> int:
        return self.count[State.KEPT]

    @property
    def lessons(self) -> int:
        return self.count[State.LESSONS]

    @property
    def leave(self) -> int:
        return self.count[State.LEAVE] + self.count[State.ILL]

    @property
    def absent(self) -> int:
        return self.count[State.ABSENT]

    @property
    def waiting(self) -> int:
        return self.count[State.HERE]

    @property
    def unmarked(self) -> int:
        return self.count[State.UNMARKED]

    @property
    def untaken(self) -> list[Session]:
        return [line.session for line in self.sections if not line.taken]

    @property
    def can_close(self) -> bool:
        return bool(self.sections) and not (self.left or self.untaken or self.held or self.close)

    @property
    def clear(self) -> int:
        return sum(line.clear for line in self.sections)

    @property
    def joined(self) -> list[Left]:
        """Without a mark though the roll is taken: they were listed after it."""
        return [one for one in self.left if one.state == State.UNMARKED and one.session.taken_at]

    @property
    def leaving(self) -> list[Leaving]:
        """The children still here, by the time at which they leave."""
        waves = defaultdict(list)
        for one in self.left:
            if one.state == State.HERE:
                waves[one.until].append(one)
        return [Leaving(at, tuple(b for b in self.batches if b.leaves_at == at), waves[at]) for at in sorted(waves)]

    @property
    def few_kept(self) -> bool:
        return len(self.stays) <= MOST_SHOWN

    @property
    def counts(self) -> dict[str, int]:
        return {
            "listed": self.listed,
            "present": self.gone + self.waiting + self.kept + self.lessons,
            "absent": self.absent,
            "leave": self.leave,
            "handed_over": self.gone,
            "kept": self.kept,
        }


def board(school: School, day: date, sessions=None) -> Board:
    """The same number of queries, whatever the number of sections and children."""
    book = day_book(school, day, sessions=sessions)
    states, children = book.states(), book.children
    duties = defaultdict(list)
    for duty in Duty.objects.filter(school=school, day=day).exclude(section=None).select_related("person"):
        duties[duty.section_id].append(duty)
    missing = [pk for pk, state in states.items() if state not in FINAL]
    phones, batches = phones_of([children[pk] for pk in missing], day), batches_by_grade(school, day)
    alarms = Alarm.objects.filter(school=school, day=day, settled_at=None, student__in=missing)
    return Board(
        day=day,
        sections=[_section_day(book, session, states, duties[session.section_id]) for session in book.sessions],
        count={state: list(states.values()).count(state) for state in State},
        left=list(left_of(book, missing, batches, phones)),
        stays=sorted((stay for pk, stay in book.stays.items() if states.get(pk) == State.KEPT), key=_place_of),
        held=held(school, day),
        alarms=list(alarms.select_related("student")),
        close=DayClose.objects.filter(school=school, day=day).select_related("closed_by").first(),
        batches=sorted(set(batches.values()), key=lambda batch: (batch.leaves_at, batch.pk)),
    )


def _place_of(stay: LateStay) -> tuple[str, int, int, int]:
    """Keeper after keeper, class after class."""
    klass = stay.student.school_class
    return stay.keeper.name, stay.keeper_id, klass.grade, klass.number


def _section_day(book: DayBook, session: Session, states: dict[int, State], teachers: list[Duty]) -> SectionDay:
    listed = [student.pk for student in book.listed[session.pk]]
    statuses = [mark and mark.status for mark in (book.marks.get((session.pk, pk)) for pk in listed)]
    found = [states[pk] for pk in listed]
    return SectionDay(
        session=session,
        teachers=teachers,
        listed=len(listed),
        here=sum(status in Mark.HERE for status in statuses),
        leave=sum(status in (Mark.Status.LEAVE, Mark.Status.ILL) for status in statuses),
        absent=statuses.count(Mark.Status.ABSENT),
        unmarked=statuses.count(None),
        gone=found.count(State.GONE),
        kept=found.count(State.KEPT),
        waiting=found.count(State.HERE),
    )


def phones_of(students: Iterable[Student], day: date) -> dict[int, tuple[str, str]]:
    """Whom the leader calls first: relation and number of the first guardian of each child who may be told of it."""
    students = list(students)
    restrictions = restrictions_of(students, day)
    ties = Guardianship.objects.open_on(day).filter(student__in=students).select_related("person")
    return {
        tie.student_id: (tie.relation, tie.person.phone)
        for tie in ties.order_by("is_primary", "-id")
        if may_release([Grant(Adult(tie.person.name, tie.person_id))], restrictions[tie.student_id], day)
    }


def waiting_children(school: School, day: date) -> list[Student]:
    """Those who are marked here, have not left and stay with nobody yet."""
    book = day_book(school, day)
    return [book.children[pk] for pk, state in book.states().items() if state == State.HERE]


def unsigned_days(reach: Reach, today: date, since: int = 14):
    """School days of the last two weeks on which something met and nobody signed."""
    signed = DayClose.objects.filter(school=OuterRef("school"), day=OuterRef("day"))
    met = Session.objects.held().within(reach).filter(day__lt=today, day__gte=today - timedelta(days=since))
    return met.exclude(Exists(signed)).order_by("day").values("school", "day").distinct()
