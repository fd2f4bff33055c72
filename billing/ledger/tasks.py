"""The night porter: each evening every book is read once more, one job for each school."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.jobs.book import enqueue
from afterschool.jobs.models import Job
from afterschool.jobs.work import work
from afterschool.schools.models import School

from .actions import keep_head
from .models import Book

KEEP = "ledger.keep_head"


@shared_task(name="ledger.keep_heads")
def keep_heads() -> None:
    today, by = timezone.localdate(), Actor.system("ledger.keep_heads")
    for school_id in Book.objects.order_by("school").values_list("school", flat=True):
        enqueue(KEEP, period=today.isoformat(), school_id=school_id, by=by)


@work(KEEP)
def keep_head_of_school(job: Job, progress) -> dict:
    school = School.objects.select_related("bureau").get(pk=job.school_id)
    findings = keep_head(school, on=date.fromisoformat(job.period), by=Actor.system(KEEP))
    return {"entries": findings.entries, "head": findings.head, "faults": list(findings.faults)}
