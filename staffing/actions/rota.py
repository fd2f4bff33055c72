"""The rota: who is to be on duty where, and who stands in."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify
from afterschool.schools.models import School
from enrollment.models import Section
from staffing.models import Duty
from staffing.selectors import moment, people_for, roles_of, running

Role = Duty.Role


@transaction.atomic
def put_on_duty(
    *,
    school: School,
    day: date,
    section: Section | None = None,
    person: Person,
    role: str = Role.TEACHER,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    lessons: int | None = None,
    by: Actor,
) -> Duty:
    """Put a person on for one day. Hours and lessons left out are those of the section, or of the whole day."""
    _may_serve(school, day, person, role)
    [(_, meeting)] = running(school, day, day)
    duty = _planned(school, day, section, person, role, [section] if section else meeting)
    duty.starts_at, duty.ends_at = starts_at or duty.starts_at, ends_at or duty.ends_at
    duty.lessons = duty.lessons if lessons is None else lessons
    _write([duty])
    record(by, "put_on_duty", duty, person=person.name, day=day.isoformat(), section=str(section or ""))
    _tell(duty)
    return duty


@transaction.atomic
def plan_rota(
    *,
    school: School,
    first: date,
    last: date,
    weekdays: Collection[int],
    section: Section | None = None,
    person: Person,
    role: str = Role.TEACHER,
    by: Actor,
) -> list[Duty]:
    """Put a person on for every service day of the span on these weekdays; days they already have stay."""
    _may_serve(school, first, person, role)
    there = set(Duty.objects.filter(section=section, school=school, person=person).values_list("day", flat=True))
    manned = set(Duty.objects.filter(section=section, school=school, role=role).values_list("day", flat=True))
    duties = [
        _planned(school, day.day, section, person, role, [section] if section else meeting)
        for day, meeting in running(school, first, last)
        # A make-up day without a timetable falls on every weekday: it goes to whoever is planned first.
        if day.runs(weekdays) and not (day.weekday is None and day.day in manned)
        if (section in meeting if section else meeting) and day.day not in there
    ]
    if not duties:
        raise RuleBroken("这段时间里没有要排的日子：没有服务，或者已经排好了", field="weekdays")
    _write(duties)
    days = [duty.day.isoformat() for duty in duties]
    record(by, "planned_rota", duties[0], person=person.name, section=str(section or ""), days=days)
    title = f"值班安排：{_place(duties[0])}，{first:%-m月%-d日}至{last:%-m月%-d日}共 {len(days)} 天"
    notify(person, "duty_planned", title=title, link="/staffing/mine/", school_id=school.pk)
    return duties


@transaction.atomic
def substitute(duty: Duty, *, person: Person, by: Actor) -> Duty:
    """代班: another person takes this duty, as long as nobody has come for it."""
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    if duty.arrived_at:
        raise RuleBroken(f"{duty.person.name} 已经到岗，不能再换人")
    _may_serve(duty.school, duty.day, person, duty.role)
    was, duty.person = duty.person, person
    first = duty.stands_in_for or was
    duty.stands_in_for = None if first == person else first
    _write([duty])
    record(by, "substituted", duty, was=was.name, now=person.name, day=duty.day.isoformat())
    _tell(duty)
    title = f"{duty.day:%-m月%-d日} {_place(duty)}的值班改由{person.name}代班"
    notify(was, "duty_taken_over", title=title, school_id=duty.school_id)
    return duty


@transaction.atomic
def remove_duty(duty: Duty, *, by: Actor) -> None:
    """Take a planned duty off the rota; what has begun stays."""
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    if duty.arrived_at:
        raise RuleBroken(f"{duty.person.name} 已经到岗，这一班不能删")
    record(by, "took_off_duty", duty, person=duty.person.name, day=duty.day.isoformat(), section=_place(duty))
    title = f"{duty.day:%-m月%-d日} {_place(duty)}的值班已取消"
    notify(duty.person, "duty_cancelled", title=title, school_id=duty.school_id)
    duty.delete()


def _may_serve(school: School, day: date, person: Person, role: str) -> None:
    if role not in roles_of(school, day):
        raise RuleBroken("现行政策里没有这种岗位", field="role")
    if not people_for(school, day, role).filter(pk=person.pk).exists():
        post = "带班领导" if role == Role.LEADER else "值班教师"
        raise RuleBroken(f"{person.name} 当天在本校没有{post}岗位", field="person")


def _planned(school, day, section, person, role, meeting: list[Section]) -> Duty:
    """The duty as the timetable of these sections has it."""
    if not meeting:
        raise RuleBroken(f"{day:%-m月%-d日}没有课后服务，不用排班", field="day")
    offerings = [section.offering for section in meeting]
    return Duty(
        school=school,
        day=day,
        section=section,
        person=person,
        role=role,
        role_name="" if role in Role else roles_of(school, day)[role],
        starts_at=moment(day, min(offering.starts_at for offering in offerings)),
        ends_at=moment(day, max(offering.ends_at for offering in offerings)),
        lessons=max(offering.lessons for offering in offerings),
    )


def _write(duties: list[Duty]) -> None:
    """Save new or changed duties; the database keeps one person at one place at a time."""
    person = duties[0].person
    try:
        with transaction.atomic():
            for_new = [duty for duty in duties if duty.pk is None]
            Duty.objects.bulk_create(for_new)
            for duty in duties:
                if duty not in for_new:
                    duty.save()
    except IntegrityError as clash:
        days = {duty.day for duty in duties}
        taken = Duty.objects.filter(person=person, day__in=days).exclude(pk__in=[duty.pk for duty in duties if duty.pk])
        where = "、".join(f"{duty.day:%-m月%-d日} {_place(duty)}" for duty in taken.select_related("section")[:5])
        raise RuleBroken(f"{person.name} 同一时间已有值班：{where}", field="person") from clash


def _tell(duty: Duty) -> None:
    when = f"{duty.day:%-m月%-d日} {timezone.localtime(duty.starts_at):%H:%M}"
    title = f"请您值班：{when} {_place(duty)}"
    notify(duty.person, "duty_given", title=title, link="/staffing/mine/", school_id=duty.school_id, loud=True)


def _place(duty: Duty) -> str:
    return duty.section.name if duty.section else duty.get_role_display()
