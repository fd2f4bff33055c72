"""争议暂扣: a quarrel without a document. Neither guardian is barred; the child leaves only before the leader's eyes."""

from datetime import date, timedelta

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Student

from ..models import DisputeHold
from ..selectors import guardians_to_tell


@transaction.atomic
def hold_in_dispute(student: Student, *, reason: str, today: date, by: Actor) -> DisputeHold:
    """Both guardians are told: their rights are equal (民法典 1058, 1084), and the school takes no side. A document takes one:
    whoever it bars is not told."""
    student = Student.objects.select_for_update().get(pk=student.pk)
    if DisputeHold.objects.filter(student=student, ended_on=None).exists():
        raise RuleBroken(f"{student.name}已经登记过争议")
    if not reason.strip():
        raise RuleBroken("请写明情况", field="reason")
    hold = DisputeHold.objects.create(
        school_id=student.school_id,
        student=student,
        reason=reason.strip(),
        recorded_by_id=by.signer,
        began_on=today,
    )
    record(by, "held_in_dispute", hold, student=student.pk)
    title = f"{student.name}放学时须带班领导在场交接，学校会先打电话"
    _tell(hold, today, title)
    return hold


@transaction.atomic
def end_dispute(hold: DisputeHold, *, today: date, by: Actor) -> DisputeHold:
    """Settled between the guardians: from today on the child leaves as usual."""
    hold = DisputeHold.objects.select_for_update(of=("self",)).select_related("student").get(pk=hold.pk)
    if hold.ended_on is not None:
        raise RuleBroken("这条争议已经结束了")
    # Yesterday was its last day; one opened today held for today and is over tomorrow.
    hold.ended_on, hold.ended_by_id = max(hold.began_on, today - timedelta(days=1)), by.signer
    hold.save(update_fields=["ended_on", "ended_by"])
    record(by, "ended_dispute", hold, student=hold.student_id)
    _tell(hold, today, f"{hold.student.name}的接送恢复照常")
    return hold


def _tell(hold: DisputeHold, today: date, title: str) -> None:
    ties = guardians_to_tell([hold.student], today, today)[hold.student_id]
    notify_each(Note(tie.person, "dispute", title, link="/", school_id=hold.school_id) for tie in ties)
