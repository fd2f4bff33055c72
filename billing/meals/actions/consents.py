"""订餐、停餐: the guardian's own decision, apart from the agreement."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student
from billing.actions.till import hold
from billing.meals.consent import sentences_of, sha256_of
from billing.models import Meal, MealConsent
from enrollment.actions.guardians import require_guardian


@transaction.atomic
def order_meal(student: Student, meal: Meal, *, began_on: date, sha256: str, now: datetime, by: Actor) -> MealConsent:
    """The guardian agrees to what stood on the page. A second press finds the first consent."""
    signer = require_guardian(student, by)
    hold(student.school)
    meal = Meal.objects.select_related("school").get(pk=meal.pk)
    if first := MealConsent.objects.filter(meal=meal, student=student, ended_on=None).first():
        return first
    if meal.school_id != student.school_id or not meal.published_at:
        raise RuleBroken("学校没有公布这一项供餐")
    said = sentences_of(meal)
    if sha256_of(said) != sha256:
        raise RuleBroken("同意书的内容刚有变动，请重新看过再订")
    if began_on <= timezone.localdate(now):
        raise RuleBroken("最早从明天开始订餐", field="began_on")
    if not meal.began_on <= began_on <= (meal.ended_on or date.max):
        raise RuleBroken(f"{meal.name}{_span(meal)}供餐", field="began_on")
    _refuse_overlap(student, meal, began_on)
    consent = MealConsent.objects.create(
        school_id=student.school_id, meal=meal, student=student, began_on=began_on, content=said, sha256=sha256,
        agreed_by_id=signer, agreed_at=now,
    )  # fmt: skip
    record(by, "ordered", consent, student=student.name, meal=meal.name, began_on=began_on.isoformat())
    return consent


def _span(meal: Meal) -> str:
    return f"从{meal.began_on:%-m月%-d日}起" + (f"到{meal.ended_on:%-m月%-d日}止" if meal.ended_on else "")


def _refuse_overlap(student: Student, meal: Meal, began_on: date) -> None:
    """After a stop the meal is ordered again from a later day."""
    before = (
        MealConsent.objects.filter(meal=meal, student=student, ended_on__gte=began_on).order_by("-ended_on").first()
    )
    if before:
        raise RuleBroken(f"到{before.ended_on:%-m月%-d日}还订着，请从之后的日子订起", field="began_on")


@transaction.atomic
def stop_meal(consent: MealConsent, *, now: datetime, by: Actor) -> MealConsent:
    """Today's meal is the last one; from the next day on nothing is charged, and what was goes back at the month's end."""
    hold(consent.school)
    consent = MealConsent.objects.select_related("student", "meal").get(pk=consent.pk)
    signer = require_guardian(consent.student, by)
    if consent.ended_on:
        return consent
    consent.ended_on, consent.stopped_by_id, consent.stopped_at = timezone.localdate(now), signer, now
    consent.save(update_fields=["ended_on", "stopped_by", "stopped_at"])
    record(by, "stopped", consent, student=consent.student.name, meal=consent.meal.name)
    return consent
