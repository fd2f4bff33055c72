"""One child's day as its guardian reads it, and what the guardian may still say of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from afterschool.schools.calendar import days_of
from afterschool.schools.models import Student
from attendance.models import DayClose, Handover, PickupChange, Session, Transfer
from attendance.models.corrections import later_in_words, typed_in_words
from enrollment.models import Placement
from enrollment.selectors import Collector, collectors_of, walks_alone
from staffing.models import Duty
from staffing.selectors import moment

from .book import DayBook, day_book
from .roll import leave_statuses
from .trail import ChildDay, Station, as_asked, endings, stations, stopped_today

OTHER_TIMES = (-60, -30, 15, 30, 45, 60)  # minutes earlier or later than the child would leave


@dataclass(frozen=True)
class FamilyDay(ChildDay):
    """The line of the day, what was said for today, and what a guardian may still say."""

    change: PickupChange | None = None
    lapsed: bool = False  # the school will not let the child go with whom the change names
    leaves_at: time | None = None
    adults: Sequence[Collector] = ()  # who may be asked to come; nobody once the child has left
    may_walk: bool = False
    times: Sequence[time] = ()

    @property
    def chosen(self) -> str:
        """Who was asked to come today, and still may, as the page's buttons say it."""
        return self.change.who if self.change and not self.lapsed else ""


def family_day(student: Student, day: date, now: datetime) -> FamilyDay:
    """Twenty-four questions at most, whatever the day was like."""
    held = Session.objects.held().select_related("merged_into__section")
    book = day_book(student.school, day, students=[student], sessions=held)
    found, stopped = book.states().get(student.pk), stopped_today([student], day)[student.pk]
    if found is None:
        return FamilyDay(student, stations=stopped)
    state = as_asked(found, leave_statuses([student], day).get(student.pk))
    ending = endings(book, student.school, [student])[student.pk]
    line = _with_notes(book, stations(book, student, state, ending, now))
    page = FamilyDay(student, state, (*stopped, *line), ending.change, ending.lapsed, ending.leaves_at)
    if day != timezone.localdate(now) or not page.is_here or _is_signed(student, day):
        return page
    return replace(
        page,
        adults=[adult for adult in collectors_of([student], day)[student.pk] if not adult.barred],
        may_walk=walks_alone(student).answer,
        times=list(_other_times(book.sessions_of(student.pk)[0], ending.leaves_at, now)),
    )


def service_days_of(student: Student, first: date, last: date) -> list[date]:
    """The days on which this child has service, by its seats and the school's calendar. Four questions."""
    seats = list(Placement.objects.filter(student=student).select_related("item"))
    days = days_of(student.school, first, last)
    return [day.day for day in days if any(_sits(seat, day.day) and day.runs(seat.item.weekdays) for seat in seats)]


def _sits(seat: Placement, day: date) -> bool:
    return seat.began_on <= day and (seat.ended_on is None or day <= seat.ended_on)


def _is_signed(student: Student, day: date) -> bool:
    return DayClose.objects.filter(school=student.school_id, day=day).exists()


def _other_times(first: Session, leaves: time, now: datetime) -> Iterator[time]:
    for minutes in OTHER_TIMES:
        at = moment(first.day, leaves) + timedelta(minutes=minutes)
        if max(now, moment(first.day, first.starts_at)) < at:
            yield timezone.localtime(at).time()


def _with_notes(book: DayBook, line: Sequence[Station]) -> Iterator[Station]:
    """Where the child sits and with whom; at the end, who took it and who gave it."""
    rooms = _rooms(book)
    for station in line:
        if station.session:
            yield replace(station, note=rooms[station.session.pk])
        elif station.done:
            yield replace(station, note="，".join(_of_handover(one) for one in book.handovers.values()))
        else:
            yield station


def _rooms(book: DayBook) -> dict[int, str]:
    hosts = {session.pk: session.merged_into or session for session in book.sessions}
    teachers = defaultdict(list)
    on_duty = Duty.objects.filter(day=book.day, section__in={host.section_id for host in hosts.values()})
    for duty in on_duty.select_related("person").order_by("id"):
        teachers[duty.section_id].append(f"{duty.person.name}老师")
    received = Transfer.objects.filter(session__in=book.sessions).select_related("received_by")
    given = {one.session_id: f"{timezone.localtime(one.at):%H:%M} 交给{one.received_by.name}老师" for one in received}
    return {
        pk: " · ".join(filter(None, [host.place, given.get(pk) or "、".join(teachers[host.section_id])]))
        for pk, host in hosts.items()
    }


def _of_handover(handover: Handover) -> str:
    how = handover.get_how_display() if handover.mode == Handover.Mode.COLLECTED else ""
    if handover.is_later:
        later = handover.event.later
        said = later_in_words(handover.by.name, later.at, later.source)
        return " · ".join(filter(None, [handover.collector_name, said]))
    typed = typed_in_words(handover.event.device, handover.by.name, handover.event.received_at)
    who = typed or f"交接人 {handover.by.name}"
    return " · ".join(filter(None, [handover.collector_name, how, handover.place, who]))
