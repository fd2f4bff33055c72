"""/healthz: are the database, Redis, the worker and beat there?

Beat rings `jobs.heartbeat` every ten seconds and a worker writes the time into the cache, so a fresh heartbeat proves
the way from beat through Redis and a worker.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from afterschool.access.gate import public
from afterschool.celery import app

HEARTBEAT = "heartbeat"
HEARTBEAT_OLD_AFTER = timedelta(seconds=40)
PING_SECONDS = 1.0


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def redis_answers() -> bool:
    cache.get(HEARTBEAT)
    return True


def worker_answers() -> bool:
    return bool(app.control.ping(timeout=PING_SECONDS, limit=1))


def beat_is_fresh() -> bool:
    beaten_at = cache.get(HEARTBEAT)
    return bool(beaten_at) and timezone.now() - datetime.fromisoformat(beaten_at) < HEARTBEAT_OLD_AFTER


PARTS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "redis": redis_answers,
    "worker": worker_answers,
    "beat": beat_is_fresh,
}
NEEDS_REDIS = {"worker", "beat"}


def survey() -> dict[str, bool]:
    """Which parts are there. Without Redis nobody can tell about the two that talk through it."""
    there: dict[str, bool] = {}
    for part, ask in PARTS.items():
        there[part] = answers(ask) if there.get("redis", True) or part not in NEEDS_REDIS else False
    return there


def answers(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except Exception:  # whatever a client library raises, the part is not there
        return False


@public("a load balancer asks whether we are well; the answer names no person and no version")
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    there = survey()
    words = {part: "ok" if well else "missing" for part, well in there.items()}
    return JsonResponse(words, status=200 if all(there.values()) else 503)
