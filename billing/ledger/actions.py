"""Keeping a book's head for the day, and crying out where the book is not as it was written."""

from datetime import date

from django.db import transaction
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Post, School

from .models import BookHead
from .verifying import Findings, verify


@transaction.atomic
def keep_head(school: School, *, on: date, by: Actor) -> Findings:
    """Read the book and keep the day's head. Where something differs, keep nothing and tell the bureau's finance."""
    findings = verify(school)
    if findings.sound:
        kept = {"entries": findings.entries, "head": findings.head}
        BookHead.objects.get_or_create(school=school, day=on, defaults=kept)
    else:
        _alarm(findings, on, by)
    return findings


def _alarm(findings: Findings, on: date, by: Actor) -> None:
    school = findings.school
    posts = Post.objects.open_on(on).filter(bureau=school.bureau, role=Role.BUREAU_FINANCE.name)
    title, body = f"{school}的账簿核对不符，请马上查", "；".join(findings.faults[:5])
    notify_each(
        Note(person, "book_broken", title, body, reverse("ledger:head-list"), school.pk, loud=True)
        for person in Person.objects.filter(posts__in=posts).distinct()
    )
    record(by, "found_broken", school, first=findings.first, faults=list(findings.faults[:20]))
