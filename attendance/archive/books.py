"""What the books hold of one school from one day to another. Each table is read once, however many the children."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, F, Q
from django.utils import timezone

from afterschool.schools.calendar import Day, days_of
from afterschool.schools.models import School, Student
from attendance.models import (
    Batch,
    ContactAttempt,
    DayClose,
    GateEntry,
    Handover,
    Incident,
    LateStay,
    Leave,
    Mark,
    MarkCorrection,
    Patrol,
    Session,
    SessionPhoto,
    Transfer,
)
from enrollment.models import Placement, Section
from staffing.models import Duty

LAST = 99  # a section of several classes comes after those of one


@dataclass(frozen=True)
class Roll:
    """A session that was held, with every child on its list or marked in it. None: 未点名."""

    session: Session
    lines: list[tuple[Student, str | None]]

    def count(self, *statuses: str | None) -> int:
        return sum(status in statuses for _, status in self.lines)

    @property
    def here(self) -> int:
        return self.count(*Mark.HERE)


class Books:
    def __init__(self, school: School, first: date, last: date):
        self.school, self.first, self.last = school, first, last

    @property
    def is_day(self) -> bool:
        return self.first == self.last

    def of(self, model, field: str = "day"):
        """The rows of a table that belong to these days."""
        return model.objects.filter(school=self.school, **{f"{field}__range": (self.first, self.last)})

    @cached_property
    def timetable(self) -> dict[date, Day]:
        return {day.day: day for day in days_of(self.school, self.first, self.last)}

    @cached_property
    def students(self) -> dict[int, Student]:
        """All there are, in pinyin order."""
        rows = Student.objects.filter(school=self.school).select_related("school_class")
        return {student.pk: student for student in rows}

    @cached_property
    def seats(self) -> list[Placement]:
        """The placements of which some day falls in these."""
        rows = Placement.objects.filter(school=self.school, began_on__lte=self.last).exclude(ended_on__lt=self.first)
        rows = rows.exclude(ended_on__lt=F("began_on"))  # called off before it began
        where = rows.select_related("section__offering", "section__school_class", "item__agreement__application")
        return list(where.defer("item__agreement__content").order_by("began_on", "pk"))

    @cached_property
    def sessions(self) -> list[Session]:
        """Cancelled ones too: the record says why nothing was held."""
        whose = ("section__school_class", "section__offering", "taken_by", "logged_by", "merged_into__section")
        rows = self.of(Session).select_related(*whose)
        return sorted(rows, key=lambda one: (one.day, one.starts_at, place_of(one.section)))

    @cached_property
    def pictures(self) -> dict[int, int]:
        """How many photos each session has."""
        counted = self.of(SessionPhoto, "session__day").order_by().values("session").annotate(number=Count("pk"))
        return dict(counted.values_list("session", "number"))

    @cached_property
    def rolls(self) -> list[Roll]:
        marked: dict[int, dict[int, str]] = defaultdict(dict)
        marks = self.of(Mark, "session__day").values_list("session", "student", "status")
        for session_id, student_id, status in marks.iterator():
            marked[session_id][student_id] = status
        held = [session for session in self.sessions if session.cancelled_at is None]
        return [Roll(session, self._lines(session, marked[session.pk])) for session in held]

    def _lines(self, session: Session, marks: dict[int, str]) -> list[tuple[Student, str | None]]:
        found = self.seated(session.section_id, session.day) | marks.keys()
        return [(self.students[pk], marks.get(pk)) for pk in sorted(found, key=self._rank.__getitem__)]

    def place_of_student(self, student_id: int) -> tuple[int, int, int]:
        """Class after class, in pinyin order."""
        klass = self.students[student_id].school_class
        return klass.grade, klass.number, self._rank[student_id]

    @cached_property
    def _rank(self) -> dict[int, int]:
        return {pk: number for number, pk in enumerate(self.students)}

    @cached_property
    def _seats_of(self) -> dict[int, list[Placement]]:
        found = defaultdict(list)
        for seat in self.seats:
            found[seat.section_id].append(seat)
        return found

    def seated(self, section_id: int, day: date) -> set[int]:
        """Whom the section expects that day: as the list of the day says it."""
        timetable = self.timetable[day]
        return {
            seat.student_id
            for seat in self._seats_of.get(section_id, ())
            if seat.began_on <= day <= (seat.ended_on or day)
            and day <= (self.students[seat.student_id].left_on or day)
            and (timetable.runs(seat.item.weekdays) or not timetable.serves)
        }

    @cached_property
    def departures(self) -> list:
        """Undone ones too: they stay on record."""
        rows = self.of(Handover).order_by("day", "at", "pk")
        return list(
            rows.values_list(
                "day", "student_id", "at", "mode", "how", "collector_name", "collector_relation", "place", "by__name",
                "undone_at", "undone_by__name", "event__later__at", "event__later__source", "event__later__reason",
                "event__later__decided_by__name", "event__device", "event__received_at", named=True,
            )
        )  # fmt: skip

    @cached_property
    def left_at(self) -> dict[tuple[int, date], datetime]:
        """When each child left, by the handover that stands."""
        return {(one.student_id, one.day): one.at for one in self.departures if one.undone_at is None}

    @cached_property
    def stays(self) -> dict[tuple[int, date], list[LateStay]]:
        found = defaultdict(list)
        for stay in self.of(LateStay).select_related("keeper"):
            found[stay.student_id, stay.day].append(stay)
        return found

    @cached_property
    def batches(self) -> list[Batch]:
        return list(Batch.objects.filter(school=self.school))

    @cached_property
    def leaves(self) -> dict[int, list[Leave]]:
        asked = Leave.objects.filter(school=self.school, first_on__lte=self.last, last_on__gte=self.first)
        found = defaultdict(list)
        for leave in asked.filter(cancelled_at=None):
            found[leave.student_id].append(leave)
        return found

    @cached_property
    def contacts(self) -> dict[tuple[int, int], list[ContactAttempt]]:
        found = defaultdict(list)
        for attempt in self.of(ContactAttempt, "session__day").select_related("person", "by"):
            found[attempt.session_id, attempt.student_id].append(attempt)
        return found

    @cached_property
    def corrections(self) -> list[MarkCorrection]:
        rows = self.of(MarkCorrection, "session__day").select_related("session__section", "asked_by", "decided_by")
        return list(rows.order_by("asked_at", "pk"))

    @cached_property
    def transfers(self) -> list[Transfer]:
        whose = ("session__section", "from_session__section", "given_by", "received_by")
        return list(self.of(Transfer, "session__day").select_related(*whose).order_by("at", "pk"))

    @cached_property
    def duties(self) -> list[Duty]:
        whose = ("section__school_class", "person", "stands_in_for", "confirmed_by")
        return sorted(self.of(Duty).select_related(*whose), key=lambda one: (one.day, place_of(one.section), one.pk))

    @cached_property
    def teachers(self) -> dict[tuple[int, date], list[Duty]]:
        found = defaultdict(list)
        for duty in self.duties:
            if duty.section_id:
                found[duty.section_id, duty.day].append(duty)
        return found

    @cached_property
    def patrols(self) -> list[Patrol]:
        """Undone ones too: they stay on record."""
        whose = ("session__section", "by", "undone_by")
        return list(self.of(Patrol, "session__day").select_related(*whose).order_by("at", "pk"))

    @cached_property
    def closes(self) -> dict[date, DayClose]:
        return {close.day: close for close in self.of(DayClose).select_related("closed_by").order_by("day")}

    @cached_property
    def entries(self) -> list[GateEntry]:
        return list(self.of(GateEntry).select_related("by").order_by("day", "in_at", "pk"))

    @cached_property
    def incidents(self) -> list[Incident]:
        whose = ("student__school_class", "guardian_told_by", "settled_by", "by")
        return list(self.of(Incident).select_related(*whose).order_by("day", "at", "pk"))

    def open_in(self, model):
        """Dated rows that held on some of these days."""
        still = Q(ended_on=None) | Q(ended_on__gte=self.first)
        return model.objects.filter(still, school=self.school, began_on__lte=self.last)


def place_of(section: Section | None) -> tuple[int, int, str]:
    """The order in which a school names its classes."""
    if section is None:
        return (0, 0, "")
    klass = section.school_class
    return (klass.grade, klass.number, section.name) if klass else (LAST, 0, section.name)


def local(at: datetime | None) -> datetime | None:
    """As the school's clock has it; a cell of a spreadsheet knows no other."""
    return timezone.localtime(at).replace(tzinfo=None, second=0, microsecond=0) if at else None


def clock(at: datetime | None):
    return at and timezone.localtime(at).time().replace(second=0, microsecond=0)
