"""The day: opened by the timetable, closed by the leader when every child is accounted for."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify
from afterschool.policy import staffing
from afterschool.policy.verdict import Cite
from afterschool.schools.models import School, Student
from afterschool.schools.rules import policy_of
from attendance.models import DayClose, Incident, Session
from attendance.selectors import board
from enrollment.selectors import placed_on
from staffing.selectors import leaders_of, running

MOST_NAMES = 8


@transaction.atomic
def open_day(school: School, *, day: date, by: Actor) -> list[Session]:
    """Write down the sessions of every section that meets that day and has a child listed. Safe to run again."""
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
    sessions = list(Session.objects.held().filter(school=school, day=day))
    if new:
        record(by, "opened_day", sessions[0], day=day.isoformat(), sessions=len(new))
    return sessions


@transaction.atomic
def close_day(school: School, *, day: date, note: str = "", now: datetime, by: Actor) -> DayClose:
    """清零签字. Refuses while a section has no roll or a child is in no final state, and says which and who."""
    if by.person_id is None:
        raise RuleBroken("当日结束要由带班领导本人签字")
    lock(school.pk)
    today = board(school, day)
    if today.close:
        return today.close
    if not today.sections:
        raise RuleBroken(f"{day:%-m月%-d日}没有课后服务，不用签字")
    if today.untaken:
        names = "、".join(session.section.name for session in today.untaken[:MOST_NAMES])
        raise RuleBroken(f"还有 {len(today.untaken)} 个班没有点名：{names}", cite=leader_cite(school, day))
    if today.left:
        names = "、".join(f"{left.student.name}（{left.sections}）" for left in today.left[:MOST_NAMES])
        more = "等" if len(today.left) > MOST_NAMES else ""
        raise RuleBroken(f"还有 {len(today.left)} 个孩子没有交接：{names}{more}", cite=leader_cite(school, day))
    close = DayClose.objects.create(
        school=school, day=day, closed_at=now, closed_by_id=by.person_id, note=note.strip(), counts=today.counts
    )
    record(by, "closed_day", close, day=day.isoformat(), **today.counts)
    return close


@transaction.atomic
def note_incident(
    school: School,
    *,
    day: date,
    kind: str,
    note: str,
    student: Student | None = None,
    now: datetime,
    by: Actor,
) -> Incident:
    """Write down what happened and what was done; the leaders hear of it at once."""
    if not note.strip():
        raise RuleBroken("请写明经过与处置", field="note")
    incident = Incident.objects.create(
        school=school, day=day, student=student, kind=kind, note=note.strip(), at=now, by_id=by.signer
    )
    record(by, "noted", incident, kind=kind, student=student.pk if student else None)
    title = f"{timezone.localtime(now):%H:%M} {incident.get_kind_display()}，请到现场处置"
    who = f"{student.name}：" if student else ""
    for leader in Person.objects.filter(pk__in=leaders_of(school, day)).exclude(pk=by.signer):
        notify(
            leader,
            "incident",
            title=title,
            body=who + incident.note,
            link="/attendance/day/",
            school_id=school.pk,
            loud=True,
        )
    return incident


def leader_cite(school: School, day: date) -> Cite | None:
    """The clause that makes a leader answer for the day."""
    return staffing.leaders_needed(policy_of(school, day), day, stage=school.stage).cite


def lock(school_id: int) -> None:
    """All that is written about one school's day goes one after another: two phones, two gates, the leader's close."""
    School.objects.select_for_update(no_key=True).get(pk=school_id)


def lock_open_day(school_id: int, day: date) -> None:
    """The same, and refuse when the day has been signed."""
    lock(school_id)
    close = DayClose.objects.filter(school=school_id, day=day).select_related("closed_by").first()
    if close:
        when = f"{timezone.localtime(close.closed_at):%H:%M}"
        raise RuleBroken(f"{day:%-m月%-d日}已由 {close.closed_by.name} {when} 签字结束，不能再改")
