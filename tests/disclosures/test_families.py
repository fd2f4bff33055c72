"""A family sees its own month, part by part, and nobody else's."""

from datetime import date

import pytest
from django.urls import reverse

from billing.actions import instruct_refunds, payouts_paid
from billing.disclosures.families import all_months_of, month_of, months_of

from .month import NOW

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def guardians(closed):
    return [child.guardianships.get().person for child in closed.children]


def page(client, person, child):
    client.force_login(person)
    return client.get(reverse("disclosures:my-month", args=[child.pk, OCTOBER]))


@pytest.mark.parametrize(("number", "refunded"), [(0, 25_00), (1, 25_00), (2, 12_50), (3, 0)])
def test_parts_add_up_to_what_the_family_was_charged(closed, number, refunded):
    month = month_of(closed.children[number].pk, OCTOBER)
    assert month.refunded.fen == refunded
    assert sum(part.amount.fen for part in month.parts) == month.charged.fen
    assert all(part.x + part.width <= 326 for part in month.parts)


def test_month_is_told_with_its_steps_and_clauses(client, closed, guardians):
    text = page(client, guardians[0], closed.children[0]).content.decode()
    assert "25.00" in text and "175.00" in text and "电费" in text
    assert "为什么是这个数" in text and "四.5" in text and "待退" in text


def test_refund_that_arrived_says_when(client, closed, guardians):
    batch = instruct_refunds(closed.month, now=NOW, by=closed.reviewer)
    payouts_paid(batch.payouts.all(), paid_on=date(2026, 11, 6), by=closed.reviewer)
    text = page(client, guardians[0], closed.children[0]).content.decode()
    assert "已退" in text and "2026年11月6日" in text


def test_month_of_another_child_does_not_exist(client, closed, guardians):
    assert page(client, guardians[0], closed.children[1]).status_code == 404
    assert page(client, closed.people["clerk"], closed.children[1]).status_code == 403


def test_freed_child_owes_nothing_and_gets_nothing(client, closed, guardians):
    assert "这个月不用交费" in page(client, guardians[3], closed.children[3]).content.decode()


def test_as_many_queries_for_three_children_as_for_one(closed, django_assert_num_queries):
    ids = [child.pk for child in closed.children]
    for some in (ids[:1], ids[:3]):
        with django_assert_num_queries(
            8
        ):  # charges, refunds and their payouts, rounds, expenses; the calendar in three
            assert len(months_of(some)) == len(some)
        with django_assert_num_queries(5):
            assert len(all_months_of(some)) == len(some)
