"""Finance works a month by keyboard alone, at the size of a desk: nothing here touches a mouse."""

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from afterschool.jobs.book import run_waiting
from billing.models import BankLine, Charge, Expense, Receipt, Settlement
from tests import cast
from tests.billing.conftest import NOW, family
from tests.billing.test_statements import line, sheet
from tests.test_look import serious

DESK = {"width": 1440, "height": 900}


@pytest.fixture
def sit_down(new_context, live_server):
    """Somebody signed in at a desk, with a keyboard."""

    def sit_down(person):
        client = Client()  # one of its own: signing in ends the session before
        client.force_login(person)
        context = new_context(viewport=DESK, locale="zh-CN")
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        return context.new_page()

    return sit_down


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def to(page, role, name):
    """Tab until it has the focus; a focus that nobody sees is a fault."""
    wanted = page.get_by_role(role, name=name).first
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return wanted
    raise AssertionError(f"{name} cannot be reached")


def seen(page):
    """How the place with the focus shows it."""
    return page.evaluate("getComputedStyle(document.activeElement).outlineStyle")


def row(page):
    return page.evaluate("document.activeElement.id")


def test_a_month_by_keyboard(transactional_db, town, sit_down, live_server, time_machine):
    time_machine.move_to(NOW, tick=True)
    child, other = family(town, "陈一诺", guardian=cast.make_person("陈志强")), family(town, "周子涵")
    page = sit_down(town.people["clerk"])
    page.goto(f"{live_server.url}/billing/{town.month.pk}/")

    # Charge: the one deed of the page has a key.
    press(page, "d")
    page.wait_for_url(re.compile("/jobs/"))
    run_waiting()
    assert Charge.objects.count() == 2

    # The statement comes in.
    page.goto(f"{live_server.url}/billing/{town.month.pk}/receipts/")
    press(page, "i")
    page.wait_for_url(re.compile("/statements/new/"))
    bank = sheet(
        line("课后服务费", "1", payer="陈志强"), line("周子函", "2"), line("押金", "3"), line("电费", "4", "", "86.50", "供电公司"),
    )  # fmt: skip
    to(page, "button", "导入并核对")
    page.get_by_label("银行流水").set_input_files(
        {"name": "10月.xlsx", "mimeType": "application/octet-stream", "buffer": bank}
    )
    press(page, "Enter")
    page.wait_for_url(re.compile(r"/statements/\d+/"))
    assert serious(page) == []
    first, second, third, fourth = BankLine.objects.order_by("row")

    # What keys there are.
    press(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("dialog")).to_be_hidden()

    # The likeliest answer by Enter; the next row has the focus after each deed, and shows it.
    press(page, "ArrowDown")
    assert (row(page), seen(page)) == (f"line-{first.pk}", "solid")
    press(page, "Enter")
    page.wait_for_url(re.compile(f"#line-{second.pk}"))
    expect(page.locator(f"#line-{second.pk}")).to_be_focused()
    assert Receipt.objects.get().student == child
    # Typed with the keyboard's help, where nothing is suggested.
    press(page, "s")
    page.keyboard.type(other.number)
    press(page, "Enter")
    expect(page.locator(f"#line-{third.pk}")).to_be_focused()
    assert Receipt.objects.count() == 2
    press(page, "x")
    page.keyboard.type("校服押金")
    press(page, "Enter")
    expect(page.locator(f"#line-{fourth.pk}")).to_be_focused()
    # A filter, and out of it again.
    press(page, "/")
    page.keyboard.type("没有这个")
    expect(page.locator(f"#line-{fourth.pk}")).to_be_hidden()
    press(page, "Escape")
    expect(page.locator(f"#line-{fourth.pk}")).to_be_focused()

    # The outflow becomes a cost; only the voucher's number is left to type.
    press(page, "e")
    page.wait_for_url(re.compile("/expense/"))
    expect(page.get_by_label("票据号")).to_be_focused()
    page.keyboard.type("0091")
    press(page, "Enter")
    expect(page.get_by_text("这份流水都核对过了")).to_be_visible()
    assert Expense.objects.get().bank_line_id == fourth.pk

    # A payment typed by hand, and the form at once for the next.
    page.goto(f"{live_server.url}/billing/{town.month.pk}/receipts/")
    press(page, "n")
    page.wait_for_url(re.compile("/receipts/new/"))
    expect(page.get_by_label("学生")).to_be_focused()
    page.keyboard.type(child.number)
    to(page, "textbox", "金额（元）")
    page.keyboard.type("50")
    to(page, "textbox", "付款人")
    page.keyboard.type("奶奶")
    press(page, "Enter")
    expect(page.get_by_text("刚登记的")).to_be_visible()
    expect(page.get_by_label("学生")).to_be_focused()
    assert Receipt.objects.count() == 3

    # The second person approves with one key.
    reviewer = sit_down(town.people["reviewer"])
    reviewer.goto(f"{live_server.url}/billing/{town.month.pk}/expenses/")
    press(reviewer, "ArrowDown", "a")
    expect(reviewer.get_by_text("已审批并记账")).to_be_visible()
    assert serious(reviewer) == []

    # The draft.
    page.goto(f"{live_server.url}/billing/{town.month.pk}/")
    press(page, "d")
    expect(page.get_by_text("各年级按实际发生结算")).to_be_visible()
    assert Settlement.objects.get().groups[0]["refund_fen"] == 400_00 - 86_50
