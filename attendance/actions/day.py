"""The day: opened by the timetable; all that is written about it goes one after another."""

from datetime import date

from django.db import connection, transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.schools.models import School
from attendance.models import DayClose, Session
from attendance.selectors import signed
from enrollment.selectors import placed_on
from staffing.selectors import running


@transaction.atomic
def open_day(school: School, *, day: date, by: Actor) -> list[Session]:
    """Write down the sessions of every section that meets that day and has a child listed. Safe to run again; on a day
    that was signed nothing is added.
    """
    held = Session.objects.held().filter(school=school, day=day)
    if DayClose.objects.filter(school=school, day=day).exists():
        return list(held)
    [(timetable, meeting)] = running(school, day, day)
    listed = {seat.section_id for seat in placed_on(meeting, day) if timetable.runs(seat.item.weekdays)}
    known = set(Session.objects.filter(school=school, day=day).values_list("section", flat=True))
    new = [
        Session(
            school=school,
            section=section,
            day=day,
            starts_at=section.offering.starts_at,
            ends_at=section.offering.ends_at,
        )
        for section in meeting
        if section.pk in listed - known
    ]
    # Two who open the day at once write the same rows: the second finds them there.
    Session.objects.bulk_create(new, ignore_conflicts=True)
    sessions = list(held)
    if new:
        record(by, "opened_day", sessions[0], day=day.isoformat(), sessions=len(new))
    return sessions


def lock(school_id: int) -> None:
    """All that is written about one school's day goes one after another: two phones, two gates, the leader's close."""
    School.objects.select_for_update(no_key=True).get(pk=school_id)  # the till waits, which locks the month
    with connection.cursor() as cursor:
        cursor.execute("SELECT lock_day(%s)", [school_id])  # the gates wait


def lock_open_day(school_id: int, day: date) -> None:
    """The same, and refuse when the day has been signed."""
    lock(school_id)
    if words := signed(school_id, day):
        raise RuleBroken(f"{words}，不能再改")
