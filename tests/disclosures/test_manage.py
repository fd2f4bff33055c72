"""The school looks, publishes, corrects; the porter composes and reminds."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.jobs.book import run_waiting
from afterschool.jobs.models import Job
from afterschool.notices.models import Notice
from billing.disclosures import desk, tasks
from billing.disclosures.actions import compose
from billing.disclosures.models import Disclosure
from billing.disclosures.selectors import due_month
from tests import cast

from .month import SYSTEM, family


@pytest.fixture
def composed(closed):
    return compose(closed.month, by=SYSTEM)


@pytest.fixture
def tenth_of_november(monkeypatch):
    monkeypatch.setattr(tasks.timezone, "localdate", lambda: date(2026, 11, 10))


def test_publishing_takes_one_tap_after_a_look(client, closed, composed):
    client.force_login(closed.people["principal"])
    detail = reverse("disclosures:manage-detail", args=[composed.pk])
    assert "看过了，发布" in client.get(detail).content.decode()
    client.post(reverse("disclosures:publish", args=[composed.pk]))
    assert Disclosure.objects.published().get().published_by == closed.people["principal"]


def test_another_school_finds_nothing_here(client, lanting, composed):
    client.force_login(cast.make_person("钱校长", cast.Role.PRINCIPAL, lanting))
    for name in ("publish", "correct"):
        assert client.post(reverse(f"disclosures:{name}", args=[composed.pk])).status_code == 404
    assert client.get(reverse("disclosures:manage-detail", args=[composed.pk])).status_code == 404
    assert not Disclosure.objects.published().exists()


def test_correction_without_a_reason_is_told_at_its_field(client, closed, composed):
    client.force_login(closed.people["principal"])
    client.post(reverse("disclosures:publish", args=[composed.pk]))
    refused = client.post(reverse("disclosures:correct", args=[composed.pk]), {"reason": "陈一诺的退费算错了"})
    assert refused.status_code == 422
    assert "请去掉其中的姓名" in refused.content.decode()
    client.post(reverse("disclosures:correct", args=[composed.pk]), {"reason": "监督电话已变更"})
    assert Disclosure.objects.get(version=2).reason == "监督电话已变更"


def test_list_asks_as_much_for_three_months_as_for_one(client, closed, composed, django_assert_num_queries):
    client.force_login(closed.people["principal"])
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("disclosures:manage-list"))
    for month in (7, 8):
        closed.school.fee_months.create(month=date(2026, month, 1), policy="dalian-2024", state="locked")
    with django_assert_num_queries(len(one)):
        client.get(reverse("disclosures:manage-list"))


def test_porter_composes_once_and_asks_for_a_look(closed, tenth_of_november):
    for _ in range(2):
        tasks.compose_due()
        run_waiting()
    assert Disclosure.objects.get().published_at is None
    told = Notice.objects.filter(kind="disclosure_composed").values_list("to__name", flat=True)
    assert sorted(told) == ["孙立", "赵复核"]


def test_porter_waits_for_the_day(closed, monkeypatch):
    monkeypatch.setattr(tasks.timezone, "localdate", lambda: date(2026, 11, 9))
    tasks.compose_due()
    assert not Job.objects.exists()


def test_porter_alarms_those_who_lock_when_the_month_is_open(town, tenth_of_november):
    for _ in range(2):
        tasks.compose_due()
        run_waiting()
    assert list(Notice.objects.values_list("kind", "to__name")) == [("disclosure_overdue", "赵复核")]


def test_porter_alarms_where_children_were_served_and_no_month_was_opened(town, tenth_of_november):
    family(town)
    town.month.delete()
    tasks.compose_due()
    run_waiting()
    assert Notice.objects.get().kind == "disclosure_overdue"


def test_porter_tells_when_the_sheet_does_not_add_up(closed, tenth_of_november):
    groups = closed.month.settlement.groups
    groups[0]["borne_fen"] = 7
    closed.month.settlement.save()
    tasks.compose_due()
    run_waiting()
    assert Job.objects.get().state == Job.State.FAILED
    assert "相差" in Notice.objects.get(kind="disclosure_overdue").body


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 11, 9), date(2026, 9, 1)),
        (date(2026, 11, 10), date(2026, 10, 1)),
        (date(2027, 1, 10), date(2026, 12, 1)),
        (date(2027, 1, 9), date(2026, 11, 1)),
    ],
)
def test_month_before_is_due_on_the_tenth(today, month):
    assert due_month(today) == month


def test_desk_says_what_waits(closed, composed):
    principal = cast.act(closed.people["principal"], date(2026, 11, 10))
    assert [task.title for task in desk.tasks(principal, date(2026, 11, 10))] == ["2026年10月收支公示等您发布"]
    assert desk.tasks(closed.clerk, date(2026, 11, 10)) == []
