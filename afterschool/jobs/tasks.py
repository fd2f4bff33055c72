from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from . import book

LONGEST = 30 * 60  # seconds: a large school's archive of a term is a thousand pages and more


@shared_task(name="jobs.run", time_limit=LONGEST)
def run(job_id: int) -> None:
    book.run(job_id)


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """Find what the bell lost: jobs never rung, or left by a worker that died."""
    for job_id in book.due().values_list("pk", flat=True)[:200]:
        run.delay(job_id)


@shared_task(name="jobs.heartbeat")
def heartbeat() -> None:
    cache.set("heartbeat", timezone.now().isoformat(), timeout=None)
