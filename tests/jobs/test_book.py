from contextlib import closing

import psycopg2
import pytest
from django.db import connection
from django.urls import reverse

from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.jobs import book
from afterschool.jobs.models import Job
from afterschool.jobs.work import WORKERS, work
from scripts.processes import wait_until
from tests import cast

pytestmark = pytest.mark.django_db
NIGHT = Actor.system("test")


@pytest.fixture
def counting():
    """A kind of work that counts how often it was done."""
    done = []

    @work("test.count")
    def count(job, progress):
        progress(1, 2, "数到一")
        done.append(job.period)
        return {"url": "/inbox/"}

    yield done
    del WORKERS["test.count"]


def test_a_job_happens_once_per_kind_school_and_period(counting):
    first = book.enqueue("test.count", period="2026-10", by=NIGHT)
    again = book.enqueue("test.count", period="2026-10", by=NIGHT)
    book.enqueue("test.count", period="2026-11", by=NIGHT)

    assert first.pk == again.pk
    assert book.run_waiting() == 2
    assert book.run_waiting() == 0
    assert sorted(counting) == ["2026-10", "2026-11"]


def test_a_job_claimed_by_one_worker_is_left_alone_until_that_worker_is_gone(counting):
    job = book.enqueue("test.count", period="x", by=NIGHT)
    Job.objects.update(state="running", attempts=1)
    with closing(psycopg2.connect(**connection.get_connection_params())) as worker:
        worker.cursor().execute("SELECT pg_advisory_lock(%s, %s)", [book.LOCKS, job.pk])
        assert not book.due().exists()
        book.run(job.pk)
        assert counting == []

    assert wait_until(lambda: list(book.due()) == [job], 5), "the claim ends with the connection"
    book.run_waiting()
    assert (Job.objects.get().state, counting) == ("done", ["x"])


def test_a_job_that_always_breaks_stops_after_three_attempts(counting):
    def broken(job, progress):
        raise ZeroDivisionError

    WORKERS["test.count"] = broken
    book.enqueue("test.count", period="x", by=NIGHT)
    for _ in range(5):
        book.run_waiting()
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("failed", book.MOST_ATTEMPTS)
    assert "系统出错" in job.error


def test_a_refusal_is_told_and_not_tried_again(counting):
    def refuses(job, progress):
        raise RuleBroken("日历还没有确认")

    WORKERS["test.count"] = refuses
    book.enqueue("test.count", period="x", by=NIGHT)
    book.run_waiting()
    job = Job.objects.get()
    assert (job.state, job.attempts, job.error) == ("failed", 1, "日历还没有确认")


def test_a_failed_job_is_taken_up_when_asked_for_again(counting):
    book.enqueue("test.count", period="x", by=NIGHT)
    Job.objects.update(state="failed", attempts=3, error="x")
    book.enqueue("test.count", period="x", by=NIGHT)
    book.run_waiting()
    assert counting == ["x"]


def test_who_asked_sees_the_progress_and_is_led_on(client, counting):
    person, other = cast.make_person("孙会计"), cast.make_person("别人")
    job = book.enqueue("test.count", period="x", by=cast.act(person))
    page = reverse("jobs:job-detail", args=[job.pk])
    client.force_login(person)
    assert "排队中" in client.get(page).content.decode()

    book.run_waiting()
    panel = client.get(page, headers={"HX-Request": "true"})
    assert panel["HX-Redirect"] == "/inbox/"
    # A quick worker is done before the page is there: nobody waits for nothing.
    assert client.get(page).url == "/inbox/"

    client.force_login(other)
    assert client.get(page).status_code == 404
