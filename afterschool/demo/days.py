"""Day after day: the rota, the roll, the way home, the leader's signature."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import uuid4

from django.utils.timezone import localtime

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.schools.models import School, Term
from afterschool.schools.people import actor_for
from attendance import actions as attendance
from attendance.actions.gate import page_of
from attendance.actions.log import write_log
from attendance.models import Handover, Mark, Session
from attendance.selectors import State, day_book
from attendance.selectors.batches import batches_by_grade, leaving_time
from attendance.selectors.owing import owing
from attendance.told import Kind, Told
from enrollment.models import Application, Placement, Section
from enrollment.selectors import Collector, collectors_of
from staffing import actions as staffing
from staffing.models import Duty

from . import calls, gate_book, leading, town
from .clock import at, clock_shows

Activity = Session.Activity
DONE = (
    (Activity.HOMEWORK, "完成当天作业，答疑"),
    (Activity.READING, ""),
    (Activity.HOMEWORK, ""),
    (Activity.SPORTS, "跳绳、踢毽子"),
    (Activity.HOMEWORK, "订正练习册，课外阅读"),
)


def write_rota(school: School, term: Term, cast: town.Cast, first: date, last: date, by) -> None:
    """Two teachers take turns in each section, two leaders in the school: 轮流 (D四.6)."""
    sections = list(Section.objects.filter(school=school, term=term).select_related("offering").order_by("pk"))
    for index, section in enumerate(sections):
        weekdays = section.offering.weekdays
        pair = cast.teachers[2 * index], cast.teachers[2 * index + 1]
        # The first teacher, whom a visitor signs in as, stands in the first section on every day of service.
        turns = (weekdays if index == 0 else weekdays[::2], weekdays[1::2])
        for person, turn in zip(pair, turns, strict=True):
            staffing.plan_rota(
                school=school, first=first, last=last, weekdays=turn, section=section, person=person, by=by
            )
    for person, days in zip(cast.leaders, ((1, 3, 5), (2, 4)), strict=True):
        staffing.plan_rota(
            school=school, first=first, last=last, weekdays=days, person=person, role=Duty.Role.LEADER, by=by
        )


def stagger(school: School, plan: town.DemoSchool, first: date, by: Actor) -> None:
    """放学批次: which grades leave when."""
    for batch in plan.batches:
        attendance.begin_batch(
            school, name=batch.name, grades=batch.grades, leaves_at=batch.leaves_at, place=batch.place, began_on=first,
            by=by,
        )  # fmt: skip


@dataclass(frozen=True)
class Family:
    """What does not change from day to day: who may collect a child, and how the child goes home."""

    adults: list[Collector]
    leave_mode: str


def families_of(school: School, day: date) -> dict[int, Family]:
    signed = Application.objects.filter(school=school, state=Application.State.SIGNED).select_related("student")
    adults = collectors_of([application.student for application in signed], day)
    return {it.student_id: Family(adults[it.student_id], it.leave_mode) for it in signed}


def live_through(school: School, cast: town.Cast, day: date, families: dict[int, Family]) -> None:
    """One whole service day, from opening to the leader's signature."""
    if not attendance.open_day(school, day=day, by=town.FOUNDER):
        return
    dice = Random(f"{school.code}{day}")
    duties = list(Duty.objects.filter(school=school, day=day).select_related("person"))
    actors = {person.pk: actor_for(person, day) for person in {*cast.leaders, *(duty.person for duty in duties)}}
    leader = actors[next(duty.person_id for duty in duties if duty.role == Duty.Role.LEADER)]
    for duty in duties:
        staffing.arrive(duty, now=duty.starts_at - timedelta(minutes=dice.randrange(8)), by=actors[duty.person_id])
    seated = _seated(school, day)
    teacher_of = {duty.section_id: actors[duty.person_id] for duty in duties}
    for session in Session.objects.filter(school=school, day=day).select_related("section"):
        _take_roll(session, seated[session.section_id], teacher_of[session.section_id], dice)
        _write_log(session, teacher_of[session.section_id])
    calls.make(school, day, teacher_of)
    leading.look_around(school, day, leader)
    gate_book.keep(school, day, actor_for(cast.by_role[Role.GUARD], day))
    home = _go_home(school, day, families, leader, dice)
    for duty in duties:
        now = max(duty.ends_at, home) + timedelta(minutes=2)
        staffing.leave_post(duty, now=now, by=actors[duty.person_id])
    with clock_shows(home + timedelta(minutes=15)) as now:
        still = owing(school, day, now).words
        attendance.close_day(
            school, day=day, note="巡查两次，秩序正常，教室门窗已锁。", despite=still, now=now, by=leader
        )
        _confirm(duties, cast, actors, now)


def _seated(school: School, day: date) -> dict[int, list[int]]:
    """The children of each section."""
    seated: dict[int, list[int]] = defaultdict(list)
    for section_id, student_id in (
        Placement.objects.open_on(day).filter(school=school).values_list("section", "student")
    ):
        seated[section_id].append(student_id)
    return seated


def _take_roll(session: Session, seated: list[int], teacher: Actor, dice: Random) -> None:
    unusual = {
        student_id: dice.choices([Mark.Status.LATE, Mark.Status.ABSENT, Mark.Status.ILL], [5, 3, 1])[0]
        for student_id in seated
        if dice.random() < 0.02
    }
    now = at(session.day, session.starts_at) + timedelta(minutes=3 + dice.randrange(5))
    with clock_shows(now):
        attendance.take_roll(session, exceptions=unusual, now=now, by=teacher)


def _write_log(session: Session, teacher: Actor) -> None:
    is_club = session.section.school_class_id is None
    done = (
        (Activity.CLUB, session.section.name) if is_club else DONE[(session.section_id + session.day.day) % len(DONE)]
    )
    with clock_shows(at(session.day, session.ends_at)) as now:
        write_log(session, activity=done[0], content=done[1], now=now, by=teacher)


def _go_home(school: School, day: date, families: dict[int, Family], leader: Actor, dice: Random) -> datetime:
    """Everybody who is here leaves, with their batch or when their last session ends. Returns when the last one left."""
    book = day_book(school, day)
    batches = batches_by_grade(school, day)
    leaves = {
        pk: at(day, leaving_time(batches.get(child.school_class.grade), book.sessions_of(pk)))
        for pk, child in book.children.items()
    }
    taps = [
        _tap(pk, leaves[pk] + timedelta(seconds=dice.randrange(1200)), families[pk], dice)
        for pk, state in book.states().items()
        if state == State.HERE
    ]
    last = max(taps, key=lambda tap: tap.claimed_at)
    leading.keep_company(book.children[last.student_id], last.claimed_at, leader)
    with clock_shows(last.claimed_at) as now:
        attendance.take_events(school, taps, device=page_of(leader), day=day, now=now, by=leader)
    return localtime(now)


def _tap(student_id: int, moment: datetime, family: Family, dice: Random) -> Told:
    if family.leave_mode == Application.LeaveMode.SELF:
        return Told(uuid4(), Kind.RELEASE, student_id, moment, mode=Handover.Mode.SELF)
    adult = dice.choice(family.adults).key
    return Told(uuid4(), Kind.RELEASE, student_id, moment, mode=Handover.Mode.COLLECTED, adult=adult)


def _confirm(duties: list[Duty], cast: town.Cast, actors, now: datetime) -> None:
    """Nobody confirms their own hours: each leader confirms those of the others."""
    first, second = cast.leaders
    by_second = [duty for duty in duties if duty.person_id == first.pk]
    staffing.confirm_duties(by_second, now=now, by=actors[second.pk])
    staffing.confirm_duties([duty for duty in duties if duty not in by_second], now=now, by=actors[first.pk])


def service_days(school: School, first: date, last: date) -> list[date]:
    return sorted(set(Duty.objects.filter(school=school, day__range=(first, last)).values_list("day", flat=True)))
