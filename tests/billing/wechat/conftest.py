"""A school that takes WeChat money from a gateway of our own, and a guardian who owes."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from afterschool.access.reach import Actor
from afterschool.audit.models import Deed
from billing.actions import charge_month
from billing.ledger.balances import balances
from billing.models import Receipt
from billing.wechat.models import Payment
from tests import cast
from tests.billing.conftest import family
from tests.billing.wechat.gateway import MCHID, Gateway, write_merchant

PHONE = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50"
TODAY = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)
LATER = date(2026, 12, 31)
SYSTEM = Actor.system("test")
PAID = "TRANSACTION.SUCCESS"


@pytest.fixture(scope="module")
def server():
    gateway = Gateway()
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(server, town, settings, tmp_path, time_machine):
    """The gateway with empty books; the school takes WeChat money; it is the 20th of October."""
    server.orders.clear()
    server.refunds.clear()
    server.is_down, server.answers_with, server.refunds_are = False, "platform", "PROCESSING"
    settings.WECHAT_PAY_FOLDER = write_merchant(tmp_path, town.school, url=server.url)
    time_machine.move_to(TODAY, tick=False)
    return server


@pytest.fixture
def mother(town):
    return cast.make_person("陈静")


@pytest.fixture
def child(town, mother):
    """Owes 200 yuan for October."""
    child = family(town, "陈一诺", guardian=mother)
    charge_month(town.month, by=town.clerk)
    return child


@pytest.fixture
def phone(client, mother):
    client.force_login(mother)
    return client


def door(town, child) -> str:
    return reverse("wechat:pay", args=[child.pk, town.month.pk])


def begin(town, phone, child, key="form-1", code="good") -> Payment:
    """The guardian confirms on the page."""
    phone.post(door(town, child), {"key": key, "code": code})
    return Payment.objects.get(school=town.school, key=key)


def tell(client, posted) -> int:
    return client.post(reverse("wechat:call-back", args=[MCHID]), **posted).status_code


def nothing_booked(town) -> bool:
    return not Receipt.objects.exists() and not Payment.objects.exclude(state="made").exists()


def turned_away() -> list[str]:
    return [deed.facts["why"] for deed in Deed.objects.filter(verb="turned_away")]


def payable(town, child) -> int:
    return -balances(town.school, LATER)["refund_payable", f"student:{child.pk}"].fen
