"""On post: arriving, leaving, and the leader's word for the hours."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from staffing.models import Duty


@transaction.atomic
def arrive(duty: Duty, *, now: datetime, by: Actor) -> Duty:
    """到岗, by the person on duty, on the day. A second tap changes nothing."""
    duty = _own(duty, now, by)
    if duty.arrived_at is None:
        duty.arrived_at = now
        duty.save(update_fields=["arrived_at"])
        record(by, "arrived", duty, at=now.isoformat())
    return duty


@transaction.atomic
def leave_post(duty: Duty, *, now: datetime, by: Actor) -> Duty:
    """离岗. A second tap changes nothing."""
    duty = _own(duty, now, by)
    if duty.arrived_at is None:
        raise RuleBroken("还没有到岗，请先点“到岗”")
    if duty.left_at is None:
        duty.left_at = now
        duty.save(update_fields=["left_at"])
        record(by, "left_post", duty, at=now.isoformat())
    return duty


@transaction.atomic
def amend_duty(duty: Duty, *, arrived_at: datetime, left_at: datetime, reason: str, by: Actor) -> Duty:
    """Write down hours not tapped, or tapped wrong: by somebody else, with a reason, before they are confirmed."""
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    _by_another(duty, by)
    if duty.confirmed_by_id:
        raise RuleBroken("这一班的时间已经确认，不能再改")
    if not reason.strip():
        raise RuleBroken("请写明为什么改", field="reason")
    if left_at <= arrived_at:
        raise RuleBroken("离岗要晚于到岗", field="left_at")
    was = [at and at.isoformat() for at in (duty.arrived_at, duty.left_at)]
    duty.arrived_at, duty.left_at = arrived_at, left_at
    duty.save(update_fields=["arrived_at", "left_at"])
    now = [arrived_at.isoformat(), left_at.isoformat()]
    record(by, "amended", duty, was=was, now=now, reason=reason.strip())
    return duty


@transaction.atomic
def confirm_duties(duties: Iterable[Duty], *, now: datetime, by: Actor) -> list[Duty]:
    """A leader vouches for the hours of others; all of them or none. What is confirmed already stays as it is."""
    wanted = [duty.pk for duty in duties]
    held = Duty.objects.select_for_update(of=("self",)).select_related("person").filter(pk__in=wanted)
    open_ones = [duty for duty in held if duty.confirmed_by_id is None]
    for duty in open_ones:
        _by_another(duty, by)
        if not (duty.arrived_at and duty.left_at):
            raise RuleBroken(f"{duty.person.name} {duty.day:%-m月%-d日}到岗或离岗时间还缺着，请先补上")
    for duty in open_ones:
        duty.confirmed_by_id, duty.confirmed_at = by.person_id, now
    Duty.objects.bulk_update(open_ones, ["confirmed_by", "confirmed_at"])
    if open_ones:
        people = {duty.person.name for duty in open_ones}
        record(by, "confirmed_duties", open_ones[0], duties=[d.pk for d in open_ones], people=sorted(people))
    return open_ones


def _own(duty: Duty, now: datetime, by: Actor) -> Duty:
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    if duty.person_id != by.person_id:
        raise RuleBroken("到岗、离岗要由值班的人自己点")
    if duty.day != timezone.localdate(now):
        raise RuleBroken(f"这一班在{duty.day:%-m月%-d日}，只能当天点")
    if duty.confirmed_by_id:
        raise RuleBroken("这一班的时间已经确认，不能再改")
    return duty


def _by_another(duty: Duty, by: Actor) -> None:
    if duty.person_id == by.person_id:
        raise RuleBroken("自己的值班时间要请另一位带班领导确认")
    if by.person_id is None:
        raise RuleBroken("值班时间要由人来确认")
