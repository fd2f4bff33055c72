"""What waits on the desks: so that every page of the demonstration has something to do."""

from datetime import date, datetime, timedelta

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.plans import actions as plans
from afterschool.plans.models import Plan
from afterschool.plans.selectors import offerings_for
from afterschool.schools.models import Guardianship, School, Student, Term
from afterschool.schools.people import actor_for
from attendance import actions as attendance
from attendance.selectors import service_days_of
from enrollment import actions as enrollment
from enrollment.models import Application

from . import safety, town
from .clock import at, clock_shows


def leave(school: School, term: Term, cast: town.Cast, today: date) -> None:
    """New applications at each stage, a leave for the next day with service, a waiver to decide; today itself is open but untaken."""
    late = list(Student.objects.filter(school=school, applications=None).order_by("pk")[:5])
    yesterday = today - timedelta(days=1)
    admin = actor_for(cast.by_role[Role.SCHOOL_ADMIN], today)
    safety.look_after(school, today, admin)
    with clock_shows(at(yesterday, "20:15")) as now:
        applications = [_apply(student, term, today, now) for student in late]
        for application in applications[1:4]:
            teacher = cast.class_teachers[application.student.school_class_id]
            enrollment.confirm(application=application, now=now, by=actor_for(teacher, today))
        for application in applications[2:4]:
            enrollment.approve(application=application, began_on=_monday(today), now=now, by=admin)
    with clock_shows(at(today, "07:45")) as now:
        attendance.open_day(school, day=today, by=town.FOUNDER)
        for child in Student.objects.filter(school=school, agreements__isnull=False).order_by("pk")[:2]:
            _ask_leave(child, today, now)
    if town.SCHOOLS[school.code].revises:
        _revise(Plan.objects.in_force().get(school=school, term=term), yesterday, admin)
    if school.stage == School.Stage.JUNIOR:
        safety.teach_on(school, today)
    hardship = Student.objects.filter(school=school, is_left_behind=True, agreements__isnull=False).first()
    if hardship and school.charges.exists():
        enrollment.ask_waiver(
            student=hardship, category="hardship", percent=50, evidence="社区证明一份，班主任已家访",
            began_on=today, by=admin,
        )  # fmt: skip


def _ask_leave(child: Student, today: date, now: datetime) -> None:
    """For the child's next day with service."""
    tie = Guardianship.objects.select_related("person").filter(student=child).earliest("pk")
    for day in service_days_of(child, today, today + timedelta(days=10))[:1]:
        attendance.ask_leave(
            child, first_on=day, last_on=day, reason="去医院复诊", now=now, by=actor_for(tie.person, today)
        )


def _revise(plan: Plan, day: date, admin: Actor) -> None:
    """A change of the plan, sent to the bureau and not yet answered."""
    with clock_shows(at(day, "15:00")) as now:
        new = plans.revise_plan(plan, by=admin)
        content = f"{new.content}自下月起每周四增加阅读角。"
        plans.save_plan(new, content=content, by=admin)
        plans.file_plan(new, now=now, by=admin)


def _apply(student: Student, term: Term, today: date, now) -> Application:
    tie = Guardianship.objects.select_related("person").filter(student=student).earliest("pk")
    basic = min(offerings_for(student, term), key=lambda offering: offering.kind)
    return enrollment.apply(
        student=student, term=term, choices=[(basic, basic.weekdays)], leave_mode=Application.LeaveMode.COLLECTED,
        now=now, by=actor_for(tie.person, today),
    )  # fmt: skip


def _monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())
