"""应急预案: a new text ends the one before; what it said stays."""

from datetime import date

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.schools.models import School
from attendance.models import EmergencyPlan


@transaction.atomic
def write_plan(
    school: School,
    *,
    title: str,
    steps: str,
    contacts: str,
    before: EmergencyPlan | None = None,
    today: date,
    by: Actor,
) -> EmergencyPlan:
    """Put it in force from today, in place of `before` where that is given. The same text again changes nothing."""
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    in_force = {plan.title: plan for plan in school.emergency_plans.filter(ended_on=None)}
    if before and (before.title, before.steps, before.contacts) == (title, steps, contacts):
        return before
    if title in in_force and in_force[title] != before:
        raise RuleBroken(f"已经有“{title}”了，请改那一份", field="title")
    if before:
        school.emergency_plans.filter(pk=before.pk, ended_on=None).update(ended_on=today)
    plan = school.emergency_plans.create(
        title=title, steps=steps, contacts=contacts, began_on=today, written_by_id=by.signer
    )
    record(by, "wrote_plan", plan, title=title, before=before.pk if before else None)
    return plan
