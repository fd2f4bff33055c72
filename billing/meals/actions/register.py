"""The register of what is collected: entered by one person, published by another, never changed afterwards."""

from collections.abc import Collection
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import NoRule, RuleBroken
from afterschool.money import Money
from afterschool.policy import fees
from afterschool.schools.models import School
from afterschool.schools.rules import policy_of
from billing.actions.till import hold
from billing.models import Meal


@transaction.atomic
def enter_meal(
    school: School,
    *,
    item: str,
    name: str,
    supplier: str,
    licence: str,
    weekdays: Collection[int],
    price: Money,
    leave_days: int,
    leave_until: time,
    began_on: date,
    by: Actor,
) -> Meal:
    """Write a meal down, for another person to publish. Only what the policy lets a school collect for others."""
    school = hold(school)
    if price.fen <= 0:
        raise RuleBroken("每天的价格必须大于零", field="price")
    _refuse_unlisted(school, item, price, began_on)
    meal = Meal(
        school=school, item=item, name=name.strip(), supplier=supplier.strip(), licence=licence.strip(),
        weekdays=sorted(set(weekdays)), price_fen=price.fen, leave_days=leave_days, leave_until=leave_until,
        began_on=began_on, entered_by_id=by.person_id,
    )  # fmt: skip
    if not (meal.name and meal.supplier and meal.licence and meal.weekdays):
        raise RuleBroken("请写明名称、供餐单位、许可证号和供餐日")
    meal.save()
    record(by, "entered", meal, name=meal.name, supplier=meal.supplier, price_fen=meal.price_fen)
    return meal


def _refuse_unlisted(school: School, item: str, price: Money, on: date) -> None:
    policy = policy_of(school, on)
    listed = {one.key: one for one in fees.collected_apart(policy, on)}
    if not listed:
        raise NoRule("own_item", "可以代收餐费", policy.short)
    if item not in listed:
        raise RuleBroken("政策列出的代收项目里没有这一项", field="item")
    rule = listed[item]
    if rule.yuan is not None and price != rule.yuan:
        raise RuleBroken(f"{rule.label}政策定的是 {rule.yuan} 元", cite=rule.cite, field="price")


@transaction.atomic
def publish_meal(meal: Meal, *, now: datetime, by: Actor) -> Meal:
    """From now on families may order it, at this price."""
    hold(meal.school)
    meal = Meal.objects.select_related("school").get(pk=meal.pk)
    if meal.published_at:
        return meal
    if meal.entered_by_id == by.person_id:
        raise RuleBroken("自己登记的供餐要由另一个人公布")
    meal.published_by_id, meal.published_at = by.person_id, now
    meal.save(update_fields=["published_by", "published_at"])
    record(by, "published", meal, name=meal.name, price_fen=meal.price_fen)
    return meal


@transaction.atomic
def end_meal(meal: Meal, *, last_on: date, by: Actor) -> Meal:
    """The supplier serves until that day; what was charged beyond it goes back at the month's end."""
    hold(meal.school)
    meal = Meal.objects.select_related("school").get(pk=meal.pk)
    if meal.ended_on:
        raise RuleBroken(f"{meal.name}已经定了 {meal.ended_on:%-m月%-d日}止")
    if last_on < max(meal.began_on, timezone.localdate()):
        raise RuleBroken("最后一天不能早于开始的那天，也不能早于今天", field="last_on")
    meal.ended_on = last_on
    meal.save(update_fields=["ended_on"])
    record(by, "ended", meal, name=meal.name, last_on=last_on.isoformat())
    return meal
