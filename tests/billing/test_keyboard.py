"""Finance works a month by keyboard alone, at the size of a desk: nothing here touches a mouse."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from afterschool.jobs.book import run_waiting
from billing.actions.showing import raise_objection
from billing.disclosures.models import Disclosure
from billing.models import (
    BankLine,
    Charge,
    Expense,
    FeeMonth,
    Objection,
    Payout,
    Receipt,
    Reconciliation,
    Refund,
    Settlement,
)
from tests import cast
from tests.billing.conftest import NOW, act, family
from tests.billing.test_statements import line, sheet
from tests.test_look import serious

DESK = {"width": 1440, "height": 900}


@pytest.fixture
def sit_down(new_context, live_server):
    """Somebody signed in at a desk, with a keyboard."""

    def sit_down(person):
        client = Client()  # one of its own: signing in ends the session before
        client.force_login(person)
        context = new_context(viewport=DESK, locale="zh-CN", reduced_motion="reduce")
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        return context.new_page()

    return sit_down


def press(page, *keys):
    page.wait_for_load_state()  # until its scripts run no key is heard
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


# Every place that Tab comes to: whether it shows the focus, and whether it stands in the window.
STOP = """() => {
    const one = document.activeElement, place = one.getBoundingClientRect(), style = getComputedStyle(one)
    if (one === document.body) return null
    const inside = !one.matches(":focus")  // at the calendar of a date field, which the browser draws itself
    const seen = inside || style.outlineStyle !== "none" || style.boxShadow !== "none"
    const there = place.width > 0 && place.bottom > 0 && place.top < innerHeight
    const all = [...document.querySelectorAll("*")]
    return [all.indexOf(one), seen && there, one.outerHTML.slice(0, 120)]
}"""


def walk(page):
    """From the top to the end by Tab: each stop is seen, none comes before the one before it, and no place holds one fast."""
    page.evaluate("document.querySelector('.skip-link').focus()")
    last = -1
    for _ in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or stop[0] < last:  # out of the page, or round to its beginning
            return
        last, seen_, what = stop
        assert seen_, what
    raise AssertionError("no way out of the page")


def bring(page, name, data):
    """A file, from the field that has the focus already; how it is chosen there is the browser's own."""
    field = page.locator("input[type=file]")
    expect(field).to_be_focused()
    field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})


def test_a_month_by_keyboard(transactional_db, town, sit_down, live_server, time_machine):
    time_machine.move_to(NOW, tick=True)
    guardian = cast.make_person("陈志强")
    child, other = family(town, "陈一诺", guardian=guardian), family(town, "周子涵")
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
    bring(page, "10月.xlsx", bank)
    to(page, "button", "导入并核对")
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
    # Enter goes to what is still to be filled in, and saves when nothing is left.
    for typed in (child.number, "50", "奶奶"):
        page.keyboard.type(typed)
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

    # The draft. A letter is a letter in a field, and a button again outside it.
    press(page, "Escape", "b")
    page.wait_for_url(re.compile("/receipts/$"))
    press(page, "b")
    page.wait_for_url(re.compile(rf"/billing/{town.month.pk}/$"))
    press(page, "d")
    expect(page.get_by_text("各年级按实际发生结算")).to_be_visible()
    assert Settlement.objects.get().groups[0]["refund_fen"] == 400_00 - 86_50

    # Shown to the families until the day after tomorrow, as the form proposes.
    press(page, "d")
    expect(page.get_by_label("异议截止日")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_text("已通知家长")).to_be_visible()

    # A family objects, and is answered: the conclusion by its arrow, the words, the button.
    raise_objection(town.month, child, text="10月12日没有参加", now=NOW, by=act(guardian))
    page.reload()
    press(page, "d")
    page.wait_for_url(re.compile("/objections/$"))
    press(page, "ArrowDown", "a", "ArrowDown", "Tab")
    page.keyboard.type("考勤记的是到了")
    press(page, "Tab", "Enter")
    expect(page.get_by_text("已答复，家长会收到")).to_be_visible()
    assert Objection.objects.get().state == "dismissed"
    press(page, "b")
    page.wait_for_url(re.compile(rf"/billing/{town.month.pk}/$"))

    # The bank has 200 yuan that are no business of the service, as the table proposes, and lacks 50 that the book has:
    # the month does not agree until a line of the table says why.
    press(page, "d")
    expect(page.get_by_label("银行对账单余额")).to_be_focused()
    page.keyboard.type("463.50")
    press(page, "Enter")
    expect(page.get_by_text("调节后银行对账单比账面少 50.00 元")).to_be_visible()
    walk(page)
    rows = page.get_by_role("combobox", name="哪一边")
    to(page, "combobox", "哪一边")
    press(page, "Enter")  # as in a spreadsheet: the beginning of the next row
    expect(rows.nth(1)).to_be_focused()
    press(page, "ArrowDown", "ArrowDown", "Tab")
    page.keyboard.type("50")
    press(page, "Tab")
    page.keyboard.type("10月31日缴存的现金，11月2日入账")
    press(page, "Enter")
    expect(rows.nth(2)).to_be_focused()
    press(page, "Enter", "Enter")  # a row left empty: that was all, and the button is next
    expect(page.get_by_text("余额调节表已编制，两边相符")).to_be_visible()
    made = Reconciliation.objects.get().items
    assert [(one["side"], one["fen"]) for one in made] == [("bank_in", 200_00), ("book_in", 50_00)]

    # The families' day is over: the second person locks. The key goes to the button, Enter presses it.
    time_machine.move_to(NOW + timedelta(days=7), tick=True)
    reviewer = sit_down(town.people["reviewer"])
    reviewer.goto(f"{live_server.url}/billing/")
    press(reviewer, "ArrowDown", "Enter")
    reviewer.wait_for_url(re.compile(rf"/billing/{town.month.pk}/"))
    walk(reviewer)
    press(reviewer, "d")
    assert FeeMonth.objects.get().is_open and seen(reviewer) == "solid"
    press(reviewer, "Enter")
    expect(reviewer.get_by_text("本月已经锁定，退费可以送银行了")).to_be_visible()

    # The batch: made, fetched for the bank, and the bank's answer brought back.
    press(reviewer, "d")
    reviewer.wait_for_url(re.compile("/refunds/"))
    press(reviewer, "d", "Enter")
    reviewer.wait_for_url(re.compile(r"/batches/\d+/"))
    assert serious(reviewer) == []
    with reviewer.expect_download() as fetched:
        press(reviewer, "f")
    assert fetched.value.suggested_filename.endswith(".xlsx")
    first, second = Payout.objects.order_by("row")
    press(reviewer, "ArrowDown", "x")  # one row by hand: the bank's clerk told it on the telephone
    reviewer.keyboard.type("账号不符")
    press(reviewer, "Enter")
    expect(reviewer.locator(f"#row-{second.row}")).to_be_focused()
    walk(reviewer)
    press(reviewer, "i")
    reviewer.wait_for_url(re.compile("/answers/new/"))
    bring(reviewer, "回单.csv", f"序号,金额,处理结果\n2,{second.fen / 100:.2f},成功\n".encode())
    to(reviewer, "button", "读入并核对")
    press(reviewer, "Enter")
    expect(reviewer.get_by_text("1 笔到账，0 笔退回")).to_be_visible()
    walk(reviewer)
    press(reviewer, "d", "Enter")
    expect(reviewer.get_by_text("回单已登记")).to_be_visible()
    assert list(Payout.objects.order_by("row").values_list("state", flat=True)) == ["failed", "paid"]

    # What came back goes out again, and is fetched at the school's counter or told by hand.
    reviewer.goto(f"{live_server.url}/billing/{town.month.pk}/refunds/")
    press(reviewer, "d", "Enter")
    reviewer.wait_for_url(re.compile(r"/batches/\d+/"))
    press(reviewer, "ArrowDown", "p", "Enter")
    expect(reviewer.get_by_text("全部到账了")).to_be_visible()
    assert {refund.state for refund in Refund.objects.all()} == {"paid"}

    # The sheet for everybody.
    reviewer.goto(f"{live_server.url}/billing/{town.month.pk}/")
    press(reviewer, "d")
    reviewer.wait_for_url(re.compile("/disclosures/$"))
    press(reviewer, "ArrowDown", "Enter")
    reviewer.wait_for_url(re.compile(r"/disclosures/\d+/"))
    walk(reviewer)
    press(reviewer, "d", "Enter")
    expect(reviewer.get_by_text("已公示，所有人不用登录就能看到")).to_be_visible()
    assert Disclosure.objects.get().published_at
