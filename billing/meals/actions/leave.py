"""请假不用餐: of days on which a child eats and has no service. On the others the leave from the service tells the kitchen."""

from datetime import date, datetime

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student
from attendance.actions import ask_leave
from attendance.models import Leave
from attendance.selectors.family import service_days_of
from billing.meals.selectors.eaten import days_between
from enrollment.actions.guardians import require_guardian


@transaction.atomic
def ask_meal_leave(student: Student, *, first_on: date, last_on: date, now: datetime, by: Actor) -> Leave:
    """What is asked in time goes back at the month's end, as of every leave."""
    require_guardian(student, by)
    if served := service_days_of(student, first_on, last_on):
        raise RuleBroken(f"{served[0]:%-m月%-d日}有课后服务，请到“请假”里请，餐费一起退", field="first_on")
    if not days_between(student, first_on, last_on):
        raise RuleBroken(f"这几天{student.name}没有订餐，不用请假", field="first_on")
    return ask_leave(student, first_on=first_on, last_on=last_on, reason="不用餐", elsewhere=True, now=now, by=by)
