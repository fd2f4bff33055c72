"""减免: asked for with evidence by one person, decided by another."""

from datetime import date, datetime

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.policy import waivers
from afterschool.policy.waivers import Waived
from afterschool.schools.models import Student
from afterschool.schools.rules import policy_of

from ..models import Waiver


@transaction.atomic
def ask_waiver(
    *, student: Student, category: str, percent: int | None, evidence: str, began_on: date, by: Actor
) -> Waiver:
    """Put a child forward for a waiver of the policy. Where the policy fixes the percent, that one counts."""
    # Class teacher and office may both think of it: one waiting or granted waiver per category.
    student = Student.objects.select_for_update().get(pk=student.pk)
    policy = policy_of(student.school, began_on)
    group = next((group for group in waivers.groups(policy, began_on) if group.group == category), None)
    if group is None:
        raise RuleBroken("现行政策没有这一类减免", field="category")
    if not evidence.strip():
        raise RuleBroken("请写明看过哪些证明材料", cite=group.cite, field="evidence")
    percent = waivers.percent(policy, began_on, Waived(category, percent)).answer
    same = Waiver.objects.filter(student=student, category=category).exclude(state=Waiver.State.DENIED)
    if same.filter(ended_on=None).exists():
        raise RuleBroken(f"{student.name}的这类减免已经在办或已经同意")
    waiver = Waiver.objects.create(
        school_id=student.school_id, student=student, category=category, percent=percent,
        evidence=evidence.strip(), asked_by_id=by.signer, began_on=began_on,
    )  # fmt: skip
    record(by, "asked_waiver", waiver, student=student.pk, percent=percent)
    return waiver


@transaction.atomic
def decide_waiver(*, waiver: Waiver, granted: bool, reason: str, now: datetime, by: Actor) -> Waiver:
    waiver = Waiver.objects.select_for_update().get(pk=waiver.pk)
    if waiver.state != Waiver.State.ASKED:
        raise RuleBroken(f"这项减免已经有决定：{waiver.get_state_display()}")
    if waiver.asked_by_id == by.person_id:
        raise RuleBroken("提请和决定要由两个人分别办理")
    if not granted and not reason.strip():
        raise RuleBroken("不同意减免，请写明理由", field="reason")
    waiver.state = Waiver.State.GRANTED if granted else Waiver.State.DENIED
    waiver.reason, waiver.decided_by_id, waiver.decided_at = reason.strip(), by.person_id, now
    waiver.save()
    record(by, "granted_waiver" if granted else "denied_waiver", waiver, student=waiver.student_id, reason=reason)
    return waiver
