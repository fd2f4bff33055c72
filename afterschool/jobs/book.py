"""Jobs as rows: written once per (kind, school, period), claimed under a lease, swept when a worker died."""

import logging
from datetime import timedelta
from functools import partial

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.errors import NoRule, RuleBroken

from .models import Job
from .work import WORKERS

LEASE = timedelta(minutes=10)  # as long as Celery's hard time limit: no two workers on one job
MOST_ATTEMPTS = 3
log = logging.getLogger(__name__)


@transaction.atomic
def enqueue(kind: str, *, period: str, school_id: int = 0, args: dict | None = None, by: Actor) -> Job:
    """Write the job down, once per kind, school and period; a failed one is taken up again. Rings on commit."""
    job, new = Job.objects.select_for_update().get_or_create(
        kind=kind,
        school_id=school_id,
        period=period,
        defaults={"args": args or {}, "asked_by_id": by.person_id},
    )
    if not new and job.state == Job.State.FAILED:
        job.state, job.attempts, job.error = Job.State.WAITING, 0, ""
        job.args = args or job.args
        job.save()
    if job.state == Job.State.WAITING:
        transaction.on_commit(lambda: _ring(job.pk))
    return job


def _ring(job_id: int) -> None:
    """Wake a worker. When the bell is broken the sweeper finds the job all the same."""
    from celery import current_app

    try:
        current_app.send_task("jobs.run", [job_id], retry=False)
    except Exception:
        log.warning("job %s waits for the sweeper: the broker does not answer", job_id, exc_info=True)


def due():
    """Jobs nobody is working on: waiting ones, and those whose worker died."""
    now = timezone.now()
    return Job.objects.filter(Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, leased_until__lt=now)).order_by(
        "id"
    )


def run(job_id: int) -> None:
    """Claim the job and do it; whoever comes second finds it claimed and goes away."""
    job = _claim(job_id)
    if job is None:
        return
    try:
        result = WORKERS[job.kind](job, partial(report, job.pk))
    except (RuleBroken, NoRule) as refusal:
        _end(job, Job.State.FAILED, error=str(refusal))
    except Exception:
        log.exception("job %s (%s) failed", job.pk, job.kind)
        again = job.attempts < MOST_ATTEMPTS
        _end(
            job,
            Job.State.WAITING if again else Job.State.FAILED,
            error="" if again else "系统出错，没有完成。请稍后再试，仍不行请告诉系统管理员。",
        )
    else:
        _end(job, Job.State.DONE, result=result or {})


def run_waiting() -> int:
    """Do everything that is due, here and now. Returns how many."""
    jobs = list(due().values_list("pk", flat=True))
    for job_id in jobs:
        run(job_id)
    return len(jobs)


@transaction.atomic
def _claim(job_id: int) -> Job | None:
    job = due().filter(pk=job_id).select_for_update(skip_locked=True).first()
    if job is None:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        job.state, job.error = Job.State.FAILED, f"试了 {MOST_ATTEMPTS} 次都没有完成。"
        job.save()
        return None
    job.state = Job.State.RUNNING
    job.attempts += 1
    job.leased_until = timezone.now() + LEASE
    job.save()
    return job


def _end(job: Job, state: str, *, result: dict | None = None, error: str = "") -> None:
    job.state, job.result, job.error = state, result or {}, error
    job.leased_until = None
    job.ended_at = timezone.now()
    job.save()


def report(job_id: int, done: int, total: int, note: str = "") -> None:
    """How far the work has come. Kept in Redis: it must be seen before the work's own transaction ends."""
    cache.set(f"job:{job_id}", {"done": done, "total": total, "note": note}, timeout=3600)


def progress_of(job: Job) -> dict:
    """{"done", "total", "note", "percent"} for the progress bar."""
    seen = cache.get(f"job:{job.pk}") or {"done": 0, "total": 0, "note": ""}
    ended = job.state in {Job.State.DONE, Job.State.FAILED}
    percent = 100 if ended else (min(99, seen["done"] * 100 // seen["total"]) if seen["total"] else 0)
    return {**seen, "percent": percent}
