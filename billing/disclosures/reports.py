"""另外收费反映: from a family straight to the bureau, and the answer back. The school stands outside."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify, notify_each
from afterschool.schools.models import Post, School, Student

from .models import FeeReport


@transaction.atomic
def tell_bureau(student: Student, *, text: str, now: datetime, by: Actor) -> FeeReport:
    """Said again while the first waits, it is the same report."""
    if not text.strip():
        raise RuleBroken("请写明谁、什么时候、收了什么", field="text")
    school = School.objects.select_for_update(no_key=True).get(pk=student.school_id)
    if waiting := FeeReport.objects.filter(student=student, answered_at=None).first():
        if waiting.text == text.strip():
            return waiting
        raise RuleBroken("您家的上一条反映教育局还在核实，答复以后可以再提", field="text")
    report = FeeReport.objects.create(
        school=school, student=student, text=text.strip(), told_by_id=by.signer, told_at=now
    )
    record(by, "told_bureau", report)
    link = reverse("disclosures:fee-report-list")
    posts = Post.objects.open_on(timezone.localdate(now)).filter(bureau=school.bureau_id, role=Role.BUREAU_FINANCE.name)
    notify_each(
        Note(person, "fee_reported", f"有家长反映{school}另外收费", report.text, link)
        for person in Person.objects.filter(posts__in=posts).distinct()
    )
    return report


@transaction.atomic
def answer_report(report: FeeReport, *, answer: str, now: datetime, by: Actor) -> FeeReport:
    """What the bureau found. An answer given stays."""
    report = FeeReport.objects.select_for_update(of=("self",)).select_related("told_by", "school").get(pk=report.pk)
    if not answer.strip():
        raise RuleBroken("请写明核实的情况，家长会看到", field="answer")
    if report.answered_at:
        raise RuleBroken("这条反映已经答复过了")
    report.answer, report.answered_by_id, report.answered_at = answer.strip(), by.person_id, now
    report.save(update_fields=["answer", "answered_by", "answered_at"])
    record(by, "answered", report)
    link = reverse("disclosures:fee-report-create", args=[report.student_id])
    notify(report.told_by, "fee_report_answered", title="您反映的另外收费，教育局答复了", body=report.answer, link=link)
    return report
