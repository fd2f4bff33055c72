"""请假: asked for by the guardian, for days on which the child has service, before the roll is taken."""

from copy import copy
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student
from attendance.models import Leave, Session
from attendance.selectors import span
from attendance.selectors.family import service_days_of
from enrollment.actions.guardians import require_unbarred

from .day import lock


@transaction.atomic
def ask_leave(
    student: Student,
    *,
    first_on: date,
    last_on: date,
    reason: str = "",
    is_ill: bool = False,
    elsewhere: bool = False,
    now: datetime,
    by: Actor,
) -> Leave:
    """From a day to a day, today at the earliest and only while today's roll has not been taken. `elsewhere`: the child is
    expected on these days by another room, which has looked."""
    lock(student.school_id)
    leave = Leave(
        school_id=student.school_id,
        student=student,
        first_on=first_on,
        last_on=last_on,
        reason=reason.strip(),
        is_ill=is_ill,
        asked_by_id=by.signer,
        asked_at=now,
    )
    _must_be_due(leave, timezone.localdate(now), elsewhere, by)
    leave.save()
    record(by, "asked_leave", leave, first_on=first_on.isoformat(), last_on=last_on.isoformat(), is_ill=is_ill)
    return leave


@transaction.atomic
def cancel_leave(leave: Leave, *, now: datetime, by: Actor) -> Leave:
    """Take it back: the child comes after all. What is past, and today once the roll is taken, stays as it was."""
    lock(leave.school_id)
    leave = Leave.objects.select_for_update(of=("self",)).select_related("student").get(pk=leave.pk)
    if leave.cancelled_at:
        return leave
    today = timezone.localdate(now)
    require_unbarred(leave.student, today, by)
    if leave.last_on < today:
        raise RuleBroken("已经过去的请假不能撤销")
    if leave.last_on == today:
        _before_the_roll(leave.student, today)
    if leave.first_on <= (stays := today if _roll_taken(leave.student, today) else today - timedelta(days=1)):
        leave = _cut_after(leave, stays)
    leave.cancelled_at = now
    leave.save()
    record(by, "cancelled_leave", leave, first_on=leave.first_on.isoformat(), last_on=leave.last_on.isoformat())
    return leave


def _cut_after(leave: Leave, stays: date) -> Leave:
    """The days after it, as a leave of their own."""
    rest = copy(leave)
    rest.pk, rest.first_on = None, stays + timedelta(days=1)
    rest._state.adding = True
    leave.last_on = stays
    leave.save(update_fields=["last_on"])
    return rest


def _must_be_due(leave: Leave, today: date, elsewhere: bool, by: Actor) -> None:
    """Of days to come, on which the child has service and nobody has said anything yet."""
    if leave.last_on < leave.first_on:
        raise RuleBroken("结束的日子不能早于开始的日子", field="last_on")
    require_unbarred(leave.student, today, by)
    if leave.first_on < today:
        raise RuleBroken("过去的日子不能补请假，请与班主任联系", field="first_on")
    if not elsewhere and not service_days_of(leave.student, leave.first_on, leave.last_on):
        raise RuleBroken(f"{span(leave)}没有{leave.student.name}的课后服务，不用请假", field="first_on")
    others = Leave.objects.filter(student=leave.student, cancelled_at=None)
    if held := others.filter(first_on__lte=leave.last_on, last_on__gte=leave.first_on).first():
        raise RuleBroken(f"{span(held)}已经请过假了", field="first_on")
    _before_the_roll(leave.student, leave.first_on)


def _before_the_roll(student: Student, day: date) -> None:
    if taken := _roll_taken(student, day):
        when = f"{timezone.localtime(taken.taken_at):%H:%M}"
        raise RuleBroken(f"老师 {when} 已经点过名，请打电话告诉老师：{taken.school.phone}")


def _roll_taken(student: Student, day: date) -> Session | None:
    taken = Session.objects.filter(day=day, taken_at__isnull=False, marks__student=student)
    return taken.select_related("school").order_by("taken_at").first()
