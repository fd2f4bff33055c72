"""钱在谁那里: both sides come to the same on every day, and to the bank; what the papers say otherwise is told."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.money import Money
from billing.actions import charge_month, instruct_refunds, payouts_paid
from billing.ledger.balances import balance
from billing.ledger.models import Entry
from billing.ledger.posting import Kind
from billing.ledger.posting import reverse as take_back
from billing.ledger.whereabouts import whereabouts
from billing.models import Receipt, Refund
from tests import cast
from tests.billing.conftest import NOW, family, pay
from tests.disclosures.month import four_children

AFTER = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def closed(town):
    """500.00 came in, 62.50 goes back, a cost of 437.50 is paid."""
    return four_children(town)


def told(town, day):
    found = whereabouts(town.school, day)
    return {line.word: line.amount.fen for line in [*found.held, *found.owed]}


def test_a_refund_is_followed_from_the_lock_to_the_family(closed):
    assert told(closed, AFTER) == {"在银行（基本户）": -62_50, "待退家长": 62_50}
    batch = instruct_refunds(closed.month, now=NOW, by=closed.reviewer)
    assert told(closed, AFTER) == {"在银行（基本户）": -62_50, "已送银行": 62_50}
    payouts_paid(batch.payouts.order_by("row")[:1], paid_on=date(2026, 11, 6), by=closed.reviewer)
    assert told(closed, AFTER) == {"在银行（基本户）": -37_50, "已送银行": 37_50}
    assert told(closed, date(2026, 11, 5)) == {"在银行（基本户）": -62_50, "已送银行": 62_50}
    assert told(closed, date(2026, 11, 2)) == {"在银行（基本户）": -62_50, "待退家长": 62_50}
    assert whereabouts(closed.school, AFTER).paid_back == Money(25_00)


def test_an_open_month_stands_between_the_families_and_the_bank(town):
    paid, unpaid = family(town), family(town, "周小宇")
    charge_month(town.month, by=town.clerk)
    pay(town, paid, 250)
    assert told(town, AFTER) == {
        "在银行（基本户）": -250_00, "家长还没交": -200_00, "家长预交": 50_00, "还没结算的课后服务费": 400_00,
    }  # fmt: skip
    assert [line.count for line in whereabouts(town.school, AFTER).owed][:1] == ["1 人"]
    assert unpaid.charges.get().owed_fen == 200_00


def test_on_every_day_both_sides_are_the_same_and_the_bank_is_the_ledgers(closed):
    batch = instruct_refunds(closed.month, now=NOW, by=closed.reviewer)
    payouts_paid(batch.payouts.all(), paid_on=date(2026, 11, 6), by=closed.reviewer)
    for number in range(50):
        day = date(2026, 9, 25) + timedelta(days=number)
        found = whereabouts(closed.school, day)
        assert sum(line.size.fen for line in found.held) == found.whole.fen
        assert found.bank == balance(closed.school, (Kind.BANK, ""), day)
        assert found.wrong == []


def test_what_the_papers_say_otherwise_stands_in_red(closed, client):
    Refund.objects.filter(amount_fen=12_50).update(amount_fen=12_00)
    Receipt.objects.filter(amount_fen=100_00).update(amount_fen=101_00)
    assert [check.difference.fen for check in whereabouts(closed.school, AFTER).wrong] == [-1_00, 50]
    client.force_login(closed.people["clerk"])
    said = client.get(reverse("ledger:whereabouts-list", args=[closed.school.pk])).content.decode()
    assert "应退：待退和已送银行的，差 0.50" in said.replace("\N{NO-BREAK SPACE}", " ")


def test_a_locked_month_that_keeps_something_is_named(closed):
    entry = Entry.objects.get(key__startswith="expense:")
    take_back(entry, on=date(2026, 11, 4), memo="冲销记错的支出", key="back", by=closed.clerk)
    assert whereabouts(closed.school, date(2026, 11, 3)).wrong == []
    assert [(check.word, check.difference.fen) for check in whereabouts(closed.school, AFTER).wrong] == [
        ("2026年10月已锁定，应当不剩", 437_50)
    ]


def test_the_page_shows_the_sum_and_leads_to_the_papers(closed, client):
    client.force_login(closed.people["principal"])
    page = reverse("ledger:whereabouts-list", args=[closed.school.pk])
    said = client.get(page).content.decode()
    assert "待退家长 62.50 = 62.50" in said and 'role="alert"' not in said
    assert reverse("billing:refund-list", args=[closed.month.pk]) in said
    assert "还没有记过账" in client.get(page, {"day": "2026-09-01"}).content.decode()
    assert client.get(page, {"day": "nonsense"}).context["day"] == date(2026, 11, 8)


def test_the_bureaus_finance_sees_its_schools_and_no_other(closed, client, wuhang):
    client.force_login(cast.make_person(role=Role.BUREAU_FINANCE, at=closed.bureau))
    assert client.get(reverse("ledger:whereabouts-list", args=[closed.school.pk])).status_code == 200
    assert client.get(reverse("ledger:whereabouts-list", args=[wuhang.pk])).status_code == 404


def test_more_children_ask_no_more(town, client):
    client.force_login(town.people["clerk"])

    def queries():
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("ledger:whereabouts-list", args=[town.school.pk]))
        return len(seen)

    pay(town, family(town), 200)
    charge_month(town.month, by=town.clerk)
    queries()
    few = queries()
    for name in ("甲", "乙", "丙"):
        pay(town, family(town, name), 300)
    charge_month(town.month, by=town.clerk)
    assert queries() == few
