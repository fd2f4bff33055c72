"""退出: counts for charging from the guardian's date; the school's word is for the record (D四.5, C三(三))."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify

from ..models import Agreement, Placement, Withdrawal
from .guardians import require_guardian, require_unbarred


@transaction.atomic
def withdraw(*, agreement: Agreement, last_on: date, reason: str, now: datetime, by: Actor) -> Withdrawal:
    """The guardian names the last day; from the day after, nothing is charged, whatever the school does."""
    agreement = Agreement.objects.select_for_update(of=("self",)).select_related("term", "student").get(pk=agreement.pk)
    guardian_id = require_guardian(agreement.student, by)
    require_unbarred(agreement.student, timezone.localdate(now), by)
    if not agreement.is_signed:
        raise RuleBroken("协议还没有签好，直接撤回报名就可以")
    if agreement.ended_on is not None:
        raise RuleBroken(f"这份协议已经提出退出，最后一天是 {agreement.ended_on:%-m月%-d日}")
    first = first_last_day(agreement, timezone.localdate(now))
    if not first <= last_on <= agreement.term.ended_on:
        raise RuleBroken(
            f"最后一天可以选 {first:%-m月%-d日} 到 {agreement.term.ended_on:%-m月%-d日} 之间的日子", field="last_on"
        )
    if not reason.strip():
        raise RuleBroken("请简单写一下原因", field="reason")
    withdrawal = Withdrawal.objects.create(
        school_id=agreement.school_id, agreement=agreement, student=agreement.student, last_on=last_on,
        reason=reason.strip(), asked_by_id=guardian_id, asked_at=now,
    )  # fmt: skip
    Agreement.objects.filter(pk=agreement.pk).update(ended_on=last_on)
    open_seats = Placement.objects.filter(item__agreement=agreement).filter(Q(ended_on=None) | Q(ended_on__gt=last_on))
    open_seats.update(ended_on=last_on)
    record(by, "withdrew", withdrawal, student=agreement.student_id, last_on=last_on.isoformat())
    return withdrawal


def first_last_day(agreement: Agreement, today: date) -> date:
    """The earliest last day: today, or the day before the first when service has not begun; then nothing is charged."""
    return max(today, agreement.began_on - timedelta(days=1))


@transaction.atomic
def acknowledge_withdrawal(*, withdrawal: Withdrawal, now: datetime, by: Actor) -> Withdrawal:
    withdrawal = (
        Withdrawal.objects.select_for_update(of=("self",)).select_related("asked_by", "student").get(pk=withdrawal.pk)
    )
    if withdrawal.acknowledged_at is not None:
        raise RuleBroken("这份退出申请已经办过了")
    withdrawal.acknowledged_by_id, withdrawal.acknowledged_at = by.person_id, now
    withdrawal.save(update_fields=["acknowledged_by", "acknowledged_at"])
    record(by, "acknowledged_withdrawal", withdrawal, student=withdrawal.student_id)
    notify(
        withdrawal.asked_by,
        "withdrawal_acknowledged",
        title="学校已收到退出申请",
        body=f"{withdrawal.student.name}的最后服务日是 {withdrawal.last_on:%-m月%-d日}，之后不再收费。",
        link=reverse("enrollment:agreement-detail", args=[withdrawal.agreement_id]),
        school_id=withdrawal.school_id,
    )
    return withdrawal
