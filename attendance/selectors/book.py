"""One school's day as it stands: who is listed, marked, handed over."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import F

from afterschool.schools.calendar import days_of
from afterschool.schools.models import School, Student
from attendance.models import Handover, LateStay, Mark, Session
from enrollment.selectors import placed_on


class State(models.TextChoices):
    UNMARKED = "unmarked", "未点名"
    HERE = "here", "待交接"
    KEPT = "kept", "晚接看护"
    LESSONS = "lessons", "回班上课"
    GONE = "gone", "已交接"
    ABSENT = "absent", "缺勤"
    LEAVE = "leave", "请假"
    ILL = "ill", "病"


FINAL = frozenset({State.GONE, State.KEPT, State.LESSONS, State.ABSENT, State.LEAVE, State.ILL})
AT_SCHOOL = frozenset({State.HERE, State.KEPT})


@dataclass(frozen=True)
class DayBook:
    """One school's day as it stands."""

    day: date
    sessions: list[Session]
    listed: dict[int, list[Student]]  # by session, in pinyin order
    marks: dict[tuple[int, int], Mark]  # by session and student
    handovers: dict[int, Handover]  # the one that stands, by student
    stays: dict[int, LateStay]  # with whom a child stays that nobody has collected yet, by student

    @property
    def children(self) -> dict[int, Student]:
        return {student.pk: student for listed in self.listed.values() for student in listed}

    def sessions_of(self, student_id: int) -> list[Session]:
        return [one for one in self.sessions if any(child.pk == student_id for child in self.listed[one.pk])]

    def __or__(self, other: "DayBook") -> "DayBook":
        """The children of both, each once."""
        sessions = {one.pk: one for one in (*self.sessions, *other.sessions)}
        listed = {pk: list(dict.fromkeys([*self.listed.get(pk, []), *other.listed.get(pk, [])])) for pk in sessions}
        found = self.marks | other.marks, self.handovers | other.handovers, self.stays | other.stays
        return DayBook(self.day, list(sessions.values()), listed, *found)

    def states(self) -> dict[int, State]:
        statuses: dict[int, list[tuple[bool, str | None]]] = defaultdict(list)
        for session in self.sessions:
            for student in self.listed[session.pk]:
                mark = self.marks.get((session.pk, student.pk))
                statuses[student.pk].append((session.ends_in_lessons, mark.status if mark else None))
        return {pk: self._state(pk, found) for pk, found in statuses.items()}

    def _state(self, student_id: int, statuses: list[tuple[bool, str | None]]) -> State:
        if student_id in self.handovers:
            return State.GONE
        homeward = [status for ends_in_lessons, status in statuses if not ends_in_lessons]
        found = homeward or [status for _, status in statuses]
        if any(status in Mark.HERE for status in found):
            if not homeward:
                return State.LESSONS
            return State.KEPT if student_id in self.stays else State.HERE
        if None in found:
            return State.UNMARKED
        return next(state for state in (State.ABSENT, State.ILL, State.LEAVE) if state.value in found)


def day_book(school: School, day: date, *, students: Iterable[Student] | None = None, sessions=None) -> DayBook:
    """The whole day, or some children or sessions of it. Seven queries, whatever the number of children."""
    held = Session.objects.held() if sessions is None else sessions
    held = list(held.filter(school=school, day=day).select_related("section__school_class", "section__offering"))
    [timetable] = days_of(school, day, day)
    placements = placed_on([session.section for session in held], day)
    marks = Mark.objects.filter(session__in=held).select_related("by")
    handovers = Handover.objects.filter(school=school, day=day, undone_at=None).select_related("by", "event")
    stays = LateStay.objects.filter(school=school, day=day, ended_at=None).select_related(
        "keeper", "student__school_class"
    )
    if students is not None:
        wanted = [student.pk for student in students]
        placements, marks = placements.filter(student__in=wanted), marks.filter(student__in=wanted)
        handovers, stays = handovers.filter(student__in=wanted), stays.filter(student__in=wanted)
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
        stays={stay.student_id: stay for stay in stays},
    )


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
