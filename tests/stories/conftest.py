"""A story is lived in real browsers, with a real worker, under a clock that the story moves."""

import pytest
from celery.contrib.testing.worker import start_worker
from celery.signals import setup_logging

from afterschool import celery_app

from .stage import Stage, Wall


@setup_logging.connect
def leave_the_log_to_pytest(**kwargs):
    """A worker takes the root logger over unless somebody else says that it is set up."""


@pytest.fixture
def wall(monkeypatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr("django.utils.timezone.now", wall.now)
    return wall


@pytest.fixture
def worker(transactional_db):
    """A Celery worker on the real broker, in a thread of this process: its clock is the story's."""
    celery_app.control.purge()
    with start_worker(celery_app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        yield


@pytest.fixture
def stage(request, live_server, worker, wall, browser) -> Stage:
    stage = Stage(browser, live_server.url, request.node.originalname)
    yield stage
    stage.close()
    # Errors in the console, breaches of the content policy, barriers, pages too wide.
    assert not stage.faults, "\n".join(stage.faults)
