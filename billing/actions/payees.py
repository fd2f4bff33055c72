"""更换收款人: refunds go to who paid, unless a guardian asks for another payee and a second person agrees (L20)."""

import re
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Student
from billing.models import PayeeChange
from enrollment.actions.guardians import require_guardian, require_unbarred
from enrollment.selectors import barred_guardians

from .till import hold

State = PayeeChange.State
ACCOUNT = re.compile(r"\d{8,32}", re.ASCII)


@transaction.atomic
def ask_payee_change(
    student: Student, *, payee: str, payee_account: str, reason: str, now: datetime, by: Actor
) -> PayeeChange:
    """The guardian names to whom the child's refunds shall go. Nothing changes until the school agrees."""
    hold(student.school)
    guardian_id = require_guardian(student, by)
    require_unbarred(student, timezone.localdate(now), by)
    if not ACCOUNT.fullmatch(payee_account):
        raise RuleBroken("账号应是 8 到 32 位数字，请照银行卡填写", field="payee_account")
    if PayeeChange.objects.filter(student=student, state=State.ASKED).exists():
        raise RuleBroken("已经有一份申请在等学校审批")
    change = PayeeChange.objects.create(
        school=student.school, student=student, payee=payee.strip(), payee_account=payee_account,
        reason=reason.strip(), asked_by_id=guardian_id, asked_at=now,
    )  # fmt: skip
    record(by, "asked", change, student=student.name, payee=change.payee, account=payee_account[-4:])
    # Another guardian learns of it at once, and can object at the school.
    others = [person for person in _guardians(student, timezone.localdate(now)) if person.pk != guardian_id]
    _tell(
        change,
        others,
        "有人申请更换退费收款人",
        f"{by.name}申请以后退给 {change.payee}，等学校审批。如不同意，请联系学校。",
    )
    return change


@transaction.atomic
def decide_payee_change(
    change: PayeeChange, *, agreed: bool, answer: str = "", now: datetime, by: Actor
) -> PayeeChange:
    """A second person agrees or not, having seen both accounts."""
    hold(change.school)
    change = PayeeChange.objects.select_related("student", "asked_by").get(pk=change.pk)
    if change.state != State.ASKED:
        raise RuleBroken(f"这份申请{change.get_state_display()}，不用再审批")
    if change.student_id in by.reach(Capability.APPLY).students or change.asked_by_id == by.signer:
        raise RuleBroken("自己孩子的申请要由别人审批")
    if not agreed and not answer.strip():
        raise RuleBroken("不同意的，请写明原因", field="answer")
    change.state = State.APPROVED if agreed else State.DECLINED
    change.decided_by_id, change.decided_at, change.answer = by.signer, now, answer.strip()[:200]
    change.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    record(by, change.state, change, student=change.student.name, answer=change.answer)
    said = f"以后的退费退给 {change.payee}。" if agreed else f"学校没有同意：{change.answer}"
    _tell(change, _guardians(change.student, timezone.localdate(now)), "更换退费收款人的申请有了结果", said)
    return change


def _guardians(student: Student, day: date) -> list[Person]:
    """But for whom a restriction concerns: the office tells them."""
    barred = {person for _, person in barred_guardians([student], day)}
    people = Person.objects.filter(guardianships__student=student, guardianships__ended_on=None)
    return list(people.exclude(pk__in=barred).distinct())


def _tell(change: PayeeChange, people: list[Person], title: str, body: str) -> None:
    link = reverse("billing:payee-change", args=[change.student_id])
    kind = f"payee_change_{change.state}"
    notify_each(Note(person, kind, title=title, body=body, link=link, school_id=change.school_id) for person in people)
