"""The sum from the published totals to a family's part: told by the server, redone in the browser."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from afterschool.money import Money
from billing.actions import approve_adjustment, confirm_round, draft_round, enter_adjustment, open_month
from billing.disclosures.actions import compose, publish
from billing.disclosures.again import agains_of
from billing.disclosures.families import month_of
from billing.models import Charge, FeeMonth, Refund
from billing.selectors.sharing import WHOLE_SCHOOL
from tests.test_look import too_wide

from .month import NOW, four_children, spend

OCTOBER = date(2026, 10, 1)


def told(town, number):
    return next(iter(agains_of(month_of(town.children[number].pk, OCTOBER))), None)


def disclose(town):
    if not town.month.disclosures.published().exists():
        publish(compose(town.month, by=town.reviewer), now=timezone.now(), by=town.reviewer)


def test_the_sum_runs_from_the_published_costs_to_the_familys_refund(closed):
    disclose(closed)
    again = told(closed, 2)
    assert [one.fen for one in (again.published, again.elsewhere, again.cost)] == [437_50, 0, 437_50]
    assert (again.charged.fen, again.left.fen, again.given.fen) == (500_00, 62_50, 12_50)
    assert [(share.borne.fen, share.even.fen, share.odd.fen) for share in again.shares] == [(100_00, 12_50, 0)]


def test_what_met_an_unpaid_rest_counts_as_given(closed):
    remitted = {"cause": "surplus", "fen": 5_00, "steps": [], "cites": []}
    Charge.objects.filter(student=closed.children[0]).update(remissions=[remitted])
    Refund.objects.filter(student=closed.children[0]).update(amount_fen=20_00)
    assert told(closed, 0).given.fen == 25_00


def test_a_freed_child_has_no_part_and_an_open_month_nothing_to_share(closed):
    assert told(closed, 3) is None
    month = month_of(closed.children[0].pk, OCTOBER)
    month.fee_month.state = FeeMonth.State.OPEN
    assert agains_of(month) == []


def test_where_the_school_shares_as_one_its_totals_are_told(closed):
    settlement = closed.month.settlement
    settlement.groups[0]["grade"] = WHOLE_SCHOOL
    settlement.save()
    month = month_of(closed.children[0].pk, OCTOBER)
    assert [(part.word, part.amount.fen) for part in month.parts] == [("电费", 175_00), ("没花完，退给您", 25_00)]
    assert (month.sharers, told(closed, 0).given.fen) == ("全校", 25_00)


@pytest.fixture
def corrected(closed):
    """10.01 came back from the supplier after the lock: 4.01, 4.00 and 2.00 go back in a second round."""
    disclose(closed)
    open_month(closed.school, month=date(2026, 11, 1), by=closed.clerk)
    made = enter_adjustment(
        closed.month, side="less", expense=closed.month.expenses.get(), amount=Money(10_01), on=date(2026, 11, 2),
        reason="抄表有误", clause="四.5", voucher_number="H1", key="less", by=closed.clerk,
    )  # fmt: skip
    approve_adjustment(made, now=NOW, by=closed.reviewer)
    confirm_round(draft_round(closed.month, by=closed.clerk), now=NOW, by=closed.reviewer)
    return closed


def test_a_further_round_is_told_beside_the_first_each_from_its_own_sheet(corrected):
    publish(corrected.month.disclosures.get(version=2), now=timezone.now(), by=corrected.reviewer)
    month = month_of(corrected.children[0].pk, OCTOBER)
    first, second = agains_of(month)

    assert [one.fen for one in (first.published, first.left, first.given)] == [437_50, 62_50, 25_00]
    told = [one.fen for one in (second.published, second.cost, second.before, second.left, second.given)]
    assert told == [427_49, 427_49, 62_50, 10_01, 4_01]
    assert (second.shares[0].even.fen, second.shares[0].odd.fen) == (4_00, 1)
    assert [(part.word, part.amount.fen) for part in month.parts] == [("电费", 170_99), ("没花完，退给您", 29_01)]


@pytest.fixture
def uneven(town):
    """62.49 is left over: 24.99, 24.99 and 12.49, and two odd fen."""
    spend(town, "0.01")
    return four_children(town)


def test_an_odd_fen_is_told_apart(uneven):
    shares = [told(uneven, number).shares[0] for number in range(3)]
    assert [(share.even.fen, share.odd.fen) for share in shares] == [(24_99, 1), (24_99, 0), (12_49, 1)]


@contextmanager
def on_the_phone(town, client, live_server, browser):
    disclose(town)
    child = town.children[0]
    client.force_login(child.guardianships.get().person)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(live_server.url + reverse("disclosures:my-month", args=[child.pk, OCTOBER]))
    yield page
    assert complaints == []
    context.close()


@pytest.fixture
def month_page(closed, client, live_server, browser):
    with on_the_phone(closed, client, live_server, browser) as page:
        yield page


def redo(page, number=0):
    page.get_by_role("button", name="在浏览器里再算一遍").nth(number).click()
    return page.locator("[data-again] [role=status]").nth(number).inner_text()


def test_the_drawing_stands_on_a_phone_and_the_browser_comes_to_the_same(month_page):
    drawing = month_page.get_by_role("img", name="200.00")
    assert "电费175.00" in drawing.get_attribute("aria-label")
    assert drawing.bounding_box()["width"] > 250 and drawing.locator("rect").count() == 2
    assert too_wide(month_page) <= 0
    assert redo(month_page) == "✓ 在您的浏览器里算出来也是 25.00 元。"


def test_the_browser_redoes_each_round(corrected, client, live_server, browser):
    publish(corrected.month.disclosures.get(version=2), now=timezone.now(), by=corrected.reviewer)
    with on_the_phone(corrected, client, live_server, browser) as page:
        assert redo(page) == "✓ 在您的浏览器里算出来也是 25.00 元。"
        assert redo(page, 1) == "✓ 在您的浏览器里算出来也是 4.01 元。"
        page.locator("[data-before]").evaluate("cell => cell.textContent = '62.00'")
        assert "“一共剩下”算出来是 10.51 元" in redo(page, 1)


def test_the_browser_allows_an_odd_fen_where_the_share_is_not_even(uneven, client, live_server, browser):
    with on_the_phone(uneven, client, live_server, browser) as page:
        assert redo(page) == "✓ 在您的浏览器里算出来也是 25.00 元。"
        page.locator("[data-odd]").evaluate("cell => cell.textContent = '0.02'")
        assert "“零头”算出来是 0.01 元，这里写的是 0.02 元" in redo(page)


@pytest.mark.parametrize(
    "name, written, said",
    [
        ("given", "24.00", "“您家分到”算出来是 25.00 元，这里写的是 24.00 元，差 1.00 元"),
        ("published", "430.00", "“一共花了”算出来是 430.00 元，这里写的是 437.50 元"),
        ("charged", "600.00", "“一共剩下”算出来是 162.50 元"),
        ("odd", "0.01", "“零头”算出来是 0.00 元，这里写的是 0.01 元"),
    ],
)
def test_a_figure_that_was_changed_is_found(month_page, name, written, said):
    month_page.locator(f"[data-{name}]").evaluate(f"cell => cell.textContent = '{written}'")
    assert said in redo(month_page)
