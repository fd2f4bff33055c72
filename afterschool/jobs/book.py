"""Jobs as rows: written once per (kind, school, period), claimed by a lock of the session, swept when a worker died."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.errors import NoRule, RuleBroken

from .models import Job
from .work import WORKERS

MOST_ATTEMPTS = 3
LOCKS = 1_330_598_482  # the first half of a job's advisory lock, so that nobody else's number meets it
HELD = """
SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
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
    """Jobs nobody is working on: waiting ones, and those whose worker is gone. Its claim went with its connection."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [LOCKS])
        held = [job_id for (job_id,) in cursor.fetchall()]
    left = Q(state=Job.State.RUNNING) & ~Q(pk__in=held)
    return Job.objects.filter(Q(state=Job.State.WAITING) | left).order_by("id")


def run(job_id: int) -> None:
    """Claim the job and do it; whoever comes second finds it claimed and goes away."""
    with _held(job_id) as free:
        if free and (job := _begin(job_id)):
            _work(job)


def _work(job: Job) -> None:
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


@contextmanager
def _held(job_id: int) -> Iterator[bool]:
    """The claim: PostgreSQL lets it go by itself when this process or its connection dies, however that happens."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, job_id])
        free = cursor.fetchone()[0]
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, job_id])


@transaction.atomic
def _begin(job_id: int) -> Job | None:
    """Whoever holds the claim may take up what is running, too: the worker before is gone."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state not in {Job.State.WAITING, Job.State.RUNNING}:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        job.state, job.error = Job.State.FAILED, f"试了 {MOST_ATTEMPTS} 次都没有完成。"
        job.save()
        return None
    job.state = Job.State.RUNNING
    job.attempts += 1
    job.save()
    return job


def _end(job: Job, state: str, *, result: dict | None = None, error: str = "") -> None:
    job.state, job.result, job.error = state, result or {}, error
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
