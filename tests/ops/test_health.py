from datetime import timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from afterschool import health
from afterschool.celery import app
from afterschool.settings import CACHES


@pytest.fixture
def worker():
    with start_worker(app, pool="solo", perform_ping_check=False):
        yield


@pytest.fixture
def heartbeat():
    cache.set(health.HEARTBEAT, timezone.now().isoformat())


@pytest.mark.django_db(transaction=True)
def test_health_is_200_when_all_four_are_there(client, worker, heartbeat):
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "redis": "ok", "worker": "ok", "beat": "ok"}
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_health_misses_beat_when_the_heartbeat_is_old(client, worker):
    cache.set(health.HEARTBEAT, (timezone.now() - timedelta(seconds=41)).isoformat())

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "redis": "ok", "worker": "ok", "beat": "missing"}


def test_health_misses_the_worker_when_none_answers(client, db, heartbeat, monkeypatch):
    monkeypatch.setattr(health, "PING_SECONDS", 0.2)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "redis": "ok", "worker": "missing", "beat": "ok"}


def test_health_misses_everything_that_talks_through_redis_when_redis_is_gone(client, db, settings):
    settings.CACHES = {"default": {**CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock?db=1"}}

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "redis": "missing", "worker": "missing", "beat": "missing"}


def test_health_misses_the_database_when_it_refuses(client, db, heartbeat, monkeypatch):
    def refuse():
        raise connection.Database.OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "missing"
