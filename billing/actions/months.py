"""A school's month: opened."""

from datetime import date

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.schools.models import School
from afterschool.schools.rules import policy_of
from billing.models import FeeMonth

from .till import hold


@transaction.atomic
def open_month(school: School, *, month: date, by: Actor) -> FeeMonth:
    """Open the books of a month; a second time returns the first one."""
    first = month.replace(day=1)
    school = hold(school)
    if existing := FeeMonth.objects.filter(school=school, month=first).first():
        return existing
    if FeeMonth.objects.filter(school=school, month__gt=first, state=FeeMonth.State.LOCKED).exists():
        raise RuleBroken("之后的月份已经锁定，不能再开这个月", field="month")
    policy = policy_of(school, first)
    fee_month = FeeMonth.objects.create(school=school, month=first, policy=policy.code, opened_by_id=by.person_id)
    record(by, "opened", fee_month, month=first.isoformat())
    return fee_month
