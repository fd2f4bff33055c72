"""Of a day that is over: whose way home nobody registered, class after class, and the ways open to each child."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from afterschool.schools.models import School, Student
from attendance.models import DayClose, GateEvent, Handover, LaterRecord, LateStay
from enrollment.models import Placement, Section
from staffing.selectors import moment

from .book import DayBook, State, day_book
from .offline import List, held_events

HABIT = timedelta(days=30)  # so far back it is asked how a child usually leaves
ON_THE_DAY = {"code": "（当天的接送码）", "call_back": "（当天回拨核实）"}


@dataclass(frozen=True)
class Unrecorded:
    """A child that was there and of whom nobody registered how it left."""

    student: Student
    section: Section  # the last of its classes: from there it goes home
    since: datetime  # when its first session began, or its keeper took over
    stay: LateStay | None
    asked: LaterRecord | None
    leaves_at: str
    ways: dict[str, str]  # the gate's name of each way open on that day, and its words
    expected: str  # the one of them that was to be expected; nothing where one has to ask


@dataclass(frozen=True)
class UnrecordedSection:
    """A class, and how many of its children lack a record; of how many another's word is awaited."""

    section: Section
    count: int
    asked: int


def unrecorded(
    school: School, day: date, now: datetime, *, students: Iterable[Student] | None = None
) -> list[Unrecorded]:
    """Of the school or of some children, each with the ways open to it."""
    book = _lacking(school, day, now, students)
    asked = {one.student_id: one for one in _asked(school, day).select_related("by")}
    habits = _habits(book.children, day)
    rows = []
    for child in List(school, book).children():
        pk, sessions, ways = child["id"], book.sessions_of(child["id"]), _ways(child)
        stay, section = book.stays.get(pk), sessions[-1].section
        since = stay.began_at if stay else moment(day, sessions[0].starts_at)
        # Whoever was kept left later than the others, and whom the office knows of is asked about one by one.
        expected = "" if stay or child["call_office"] else _expected(child, ways, habits.get(pk, ""))
        known = (asked.get(pk), child["leaves_at"], ways, expected)
        rows.append(Unrecorded(book.children[pk], section, since, stay, *known))
    return rows


def unrecorded_of(section: Section, day: date, now: datetime) -> list[Unrecorded]:
    """The children who go home from this class."""
    seated = Student.objects.filter(placements__in=Placement.objects.open_on(day).filter(section=section))
    return [one for one in unrecorded(section.school, day, now, students=seated) if one.section == section]


def unrecorded_sections(school: School, day: date, now: datetime) -> list[UnrecordedSection]:
    """Class after class. A child of several goes home from its last one."""
    book = _lacking(school, day, now)
    last = {child.pk: session.section for session in book.sessions for child in book.listed[session.pk]}
    asked = set(_asked(school, day).values_list("student", flat=True))
    open_ones = Counter(section for pk, section in last.items() if pk not in asked)
    waiting = Counter(section for pk, section in last.items() if pk in asked)
    return [UnrecordedSection(one, open_ones[one], waiting[one]) for one in sorted(open_ones | waiting, key=_by_class)]


def lacking(school: School, day: date, now: datetime, *, students: Iterable[Student] | None = None) -> set[int]:
    """The children, of the school or of some, without the ways open to them."""
    return set(_lacking(school, day, now, students).children)


def _lacking(school: School, day: date, now: datetime, students: Iterable[Student] | None = None) -> DayBook:
    """The day with these children alone. On the day itself whoever is kept still leaves by the gate; a handover that waits
    for the leader's word is no missing one."""
    past = day < timezone.localdate(now)
    if not past and not DayClose.objects.filter(school=school, day=day).exists():
        return DayBook(day, [], {}, {}, {}, {})
    book = day_book(school, day, students=students)
    wanted = {State.HERE, State.KEPT} if past else {State.HERE}
    waiting = {event.student_id for event in held_events(school, day)}
    found = {pk for pk, state in book.states().items() if state in wanted and pk not in waiting}
    return replace(
        book, listed={pk: [child for child in listed if child.pk in found] for pk, listed in book.listed.items()}
    )


def _by_class(section: Section) -> tuple[int, int, str]:
    klass = section.school_class
    return (klass.grade, klass.number, section.name) if klass else (99, 0, section.name)


def _asked(school: School, day: date):
    return LaterRecord.objects.filter(school=school, day=day, state=LaterRecord.State.ASKED)


def _ways(child: Mapping) -> dict[str, str]:
    """With each adult who might collect the child that day, and alone or by bus where that was agreed."""
    ways = {adult["key"]: _words(adult) for adult in child["adults"] if not adult["barred"]}
    alone = {} if child["mode"] == Handover.Mode.COLLECTED else {child["mode"]: Handover.Mode(child["mode"]).label}
    return ways | alone


def _words(adult: Mapping) -> str:
    return f"由{adult['relation']} {adult['name']} 接走{ON_THE_DAY.get(adult['key'].partition(':')[0], '')}"


def _expected(child: Mapping, ways: Mapping[str, str], habit: str) -> str:
    """As was said for the day, else as was agreed, else as mostly before, else the only way there is."""
    said = [adult["key"] for adult in child["adults"] if adult["today"] and adult["key"] in ways]
    for key in (*said, child["mode"], habit):
        if key in ways:
            return key
    return next(iter(ways)) if len(ways) == 1 else ""


def _habits(students: Collection[int], day: date) -> dict[int, str]:
    """How each child left most often of late, as the gate names it; what was written down afterwards does not count."""
    seen = Handover.objects.filter(
        student__in=students, day__range=(day - HABIT, day - timedelta(days=1)), undone_at=None
    ).exclude(how=GateEvent.How.LATER)
    counted = seen.values_list("student", "mode", "guardian", "pickup_person").annotate(times=Count("pk"))
    return {
        student: f"guardian:{guardian}" if guardian else f"pickup:{named}" if named else mode
        for student, mode, guardian, named, _ in counted.order_by("times")
    }
