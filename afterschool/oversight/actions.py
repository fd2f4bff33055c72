"""What the bureau does about its policy: see what it would change, and adopt it for months that have not begun."""

from datetime import date, datetime

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.jobs.book import enqueue
from afterschool.policy.loader import parse
from afterschool.schools.actions import confirm_adoption, propose_adoption
from afterschool.schools.models import Adoption, Bureau, PolicyText, School

from . import units
from .policies import EFFECT, batch_of, latest_begun


@transaction.atomic
def work_out_effects(text: PolicyText, *, today: date, by: Actor) -> None:
    """A job for each school, so that one failure stays one; once a day for the same file."""
    args = {"text": text.pk, "on": today.isoformat()}
    for school in text.bureau.schools.all():
        enqueue(EFFECT, period=f"{batch_of(text)}{today}", school_id=school.pk, args=args, by=by)


@transaction.atomic
def propose(text: PolicyText, *, began_on: date, reason: str, by: Actor) -> Adoption:
    _refuse_begun(text.bureau, began_on)
    _refuse_repriced(text, began_on)
    return propose_adoption(text, began_on=began_on, reason=reason, by=by)


@transaction.atomic
def confirm(adoption: Adoption, *, now: datetime, by: Actor) -> Adoption:
    """Only while every school can still follow from that day on: a second press finds it confirmed."""
    if Adoption.objects.waiting().filter(pk=adoption.pk).exists():
        _refuse_begun(adoption.bureau, adoption.began_on)
        _refuse_repriced(PolicyText.objects.get(code=adoption.policy), adoption.began_on)
    return confirm_adoption(adoption, now=now, by=by)


def _refuse_begun(bureau: Bureau, began_on: date) -> None:
    """Every till is held, so that no school opens a month under the old policy meanwhile."""
    list(School.objects.select_for_update(no_key=True).filter(bureau=bureau).order_by("pk"))
    if begun := latest_begun(bureau, began_on):
        raise RuleBroken(str(begun), field="began_on")


def _refuse_repriced(text: PolicyText, began_on: date) -> None:
    """A change of a plan is judged by the policy of the term's first day, so its unit stays for the term."""
    if found := units.repriced(text.bureau, parse(text.body, text.file_name), began_on):
        raise RuleBroken(units.say(found), field="began_on")
