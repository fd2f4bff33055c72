"""The pages of finance: who reaches them, what they show, what a refused form says."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.jobs.book import run_waiting
from afterschool.xlsx import read_xlsx
from billing.actions import charge_month, draft_settlement, instruct_refunds, open_month
from billing.desk import tasks
from billing.ledger.balances import balances
from billing.models import Charge, Expense, FeeMonth, Receipt, Refund, RefundBatch
from billing.selectors.months import overview
from tests import cast
from tests.billing.conftest import NOW, act, family, pay
from tests.billing.test_settlement import SCAN, charged_families, spend, withdraw
from tests.billing.test_settlement import sheet as stipend_sheet
from tests.billing.test_statements import bring, line, sheet

LISTS = ["month-detail", "charge-list", "receipt-list", "expense-list", "refund-list"]


def address(name, *args):
    return reverse(f"billing:{name}", args=args)


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def clerk(client, town):
    client.force_login(town.people["clerk"])
    return client


@pytest.fixture
def reviewer(client, town):
    client.force_login(town.people["reviewer"])
    return client


def settled(town, *names):
    for name in names:
        pay(town, family(town, name), 200)
    charge_month(town.month, by=town.clerk)
    spend(town, "100.00")
    draft_settlement(town.month, by=town.clerk)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_much_for_three_children_as_for_one(town, reviewer, name):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert reviewer.get(address(name, town.month.pk)).status_code == 200
        return len(seen)

    settled(town, "甲")
    queries()
    one = queries()
    settled(town, "乙", "丙")
    assert queries() == one


@pytest.mark.parametrize("name", [*LISTS, "charge-sheet", "receipt-sheet", "refund-sheet"])
def test_books_are_read_within_reach_only(town, client, lanting, name):
    def status(person):
        client.force_login(person)
        return client.get(address(name, town.month.pk)).status_code

    assert status(town.people["principal"]) == 200
    assert status(cast.make_person(role=Role.BUREAU_FINANCE, at=town.bureau)) == 200
    assert status(cast.make_person(role=Role.FINANCE_CLERK, at=lanting)) == 404
    assert status(cast.make_person(role=Role.BUREAU_FINANCE, at=cast.make_bureau("别处教育局"))) == 404
    assert status(cast.make_person(role=Role.SCHOOL_ADMIN, at=town.school)) == 403
    assert status(cast.make_person()) == 403


@pytest.mark.parametrize(
    "name, who", [("month-lock", "clerk"), ("refunds-instruct", "clerk"), ("charge-run", "reviewer")]
)
def test_making_and_releasing_are_two_peoples_buttons(town, client, name, who):
    client.force_login(town.people[who])
    assert client.post(address(name, town.month.pk)).status_code == 403


def test_a_month_is_opened_charged_by_a_job_and_shown(town, clerk):
    family(town)
    clerk.post(address("charge-run", town.month.pk))
    assert run_waiting() == 1
    page = clerk.get(address("charge-list", town.month.pk)).content.decode()
    assert "陈一诺" in page and "未交清" in page
    why = clerk.get(address("charge-detail", Charge.objects.get().pk)).content.decode()
    assert "10月8日" in why and "实施方案 四.4" in why


def test_only_the_month_that_comes_next_can_be_opened(town, clerk):
    month = FeeMonth.objects.get()
    following = clerk.get(address("month-list")).context["openable"]
    assert [found[0] for found in following] == [town.school]
    good = {"school": town.school.pk, "month": following[0][1].isoformat()}
    assert clerk.post(address("month-open"), good | {"month": "2030-01-01"}).status_code == 404
    clerk.post(address("month-open"), good)
    assert FeeMonth.objects.exclude(pk=month.pk).get().month == following[0][1]


@pytest.mark.parametrize(
    "wrong", [{"month": "2026-02-30"}, {"month": "昨天"}, {"month": ""}, {"school": "一"}, {"school": "9" * 5000}]
)
def test_what_is_no_school_and_no_month_is_not_there(town, clerk, wrong):
    good = {"school": town.school.pk, "month": "2026-11-01"}
    assert clerk.post(address("month-open"), good | wrong).status_code == 404
    assert FeeMonth.objects.count() == 1


def receipt(key="k1", **more):
    return {
        "key": key, "student": "陈一诺", "on": "2026-10-12", "amount": "２００元", "method": "bank", "payer": "陈志强",
        "payer_account": "", **more,
    }  # fmt: skip


def test_a_typed_receipt_sent_twice_is_one(town, clerk):
    family(town)
    url = address("receipt-create", town.month.pk)
    assert [clerk.post(url, receipt()).status_code for _ in range(2)] == [302, 302]
    assert Receipt.objects.get().amount_fen == 200_00


@pytest.mark.parametrize(
    "wrong, say",
    [
        ({"amount": "二百"}, "不是金额"),
        ({"student": "没这人"}, "本校没有叫"),
        ({"student": "周子涵"}, "请填学籍号"),
        ({"on": "2099-01-01"}, "不能在今天之后"),
        ({"amount": "0"}, "必须大于零"),
    ],
)
def test_a_receipt_typed_wrongly_is_shown_again(town, clerk, wrong, say):
    for grade, name in ((1, "陈一诺"), (1, "周子涵"), (2, "周子涵")):
        family(town, name, grade=grade)
    answer = clerk.post(address("receipt-create", town.month.pk), receipt(**wrong))
    assert answer.status_code == 422 and say in answer.content.decode()
    assert not Receipt.objects.exists()


def expense(**more):
    return {
        "key": "k", "category": "fees:water", "amount": "50", "on": "2026-10-20", "payee": "自来水公司",
        "voucher_number": "77", "grade": "", "note": "", **more,
    }  # fmt: skip


def test_an_expense_comes_with_its_scan_and_the_scan_is_a_download(town, clerk):
    scan = SimpleUploadedFile("a.exe", SCAN)
    assert clerk.post(address("expense-create", town.month.pk), expense(voucher=scan)).status_code == 302
    assert "已录入：自来水公司 50.00 元" in clerk.get(address("expense-list", town.month.pk)).content.decode()
    answer = clerk.get(address("expense-voucher", Expense.objects.get().pk))
    assert answer.content == SCAN and answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"


def test_a_forbidden_expense_is_refused_beside_its_clause(town, clerk):
    answer = clerk.post(address("expense-create", town.month.pk), expense(category="fees:management_fee"))
    page = answer.content.decode()
    assert answer.status_code == 422 and "管理费不得从课后服务费列支" in page and "实施方案 四.5" in page
    assert "校内教师补助" not in page and not Expense.objects.exists()


def test_the_reviewer_approves_or_sends_back(town, reviewer):
    first, second = spend(town, "10", approve=False), spend(town, "20", approve=False)
    reviewer.post(address("expense-approve", first.pk))
    reviewer.post(address("expense-reject", second.pk), {"reason": "票据不清"})
    assert list(Expense.objects.order_by("pk").values_list("state", flat=True)) == ["approved", "rejected"]


def test_a_statement_is_uploaded_and_worked_line_by_line(town, clerk):
    child = family(town)
    file = SimpleUploadedFile("流水.xlsx", sheet(line(child.number), line("课后服务费", "2"), line("押金", "3")))
    answer = clerk.post(address("statement-upload", town.month.pk), {"file": file}, follow=True)
    page = answer.content.decode()
    assert "待核对 2 笔" in page
    statement = answer.context["statement"]
    second, third = statement.lines.filter(serial__in="23").order_by("serial")
    listed = clerk.get(address("receipt-list", town.month.pk)).content.decode()
    assert (
        f'href="{address("statement-detail", statement.pk)}">核对 {statement.lines.filter(state="open").count()} 笔'
        in listed
    )
    clerk.post(address("line-match", second.pk), {"student": child.number})
    clerk.post(address("line-set-aside", third.pk), {"reason": "校服押金"})
    assert "都核对过了" in clerk.get(address("statement-detail", statement.pk)).content.decode()
    assert Receipt.objects.count() == 2


def test_a_typed_payment_is_claimed_by_its_button(town, clerk):
    child = family(town)
    typed = pay(town, child, 200)
    found = bring(town, line(child.number))
    page = address("statement-detail", found.statement_id)
    assert "就是收据 1 号（10月12日 陈一诺妈妈），认领" in clerk.get(page).content.decode()

    wrong = clerk.post(address("line-link", found.pk), {"receipt": "9" * 5000}, follow=True)
    assert "这张收据已经认领，或者和流水的金额、日期不符" in wrong.content.decode()
    clerk.post(address("line-link", found.pk), {"receipt": typed.pk})
    assert "都核对过了" in clerk.get(page).content.decode() and Receipt.objects.get().bank_line == found


def test_what_is_no_statement_is_said_at_the_field(town, clerk):
    for data, say in ((b"PKno", "不是 .xlsx 文件"), (b"no", "没有找到表头"), (b"\xff\0", "不是表格文件")):
        file = SimpleUploadedFile("a.xlsx", data)
        answer = clerk.post(address("statement-upload", town.month.pk), {"file": file})
        assert answer.status_code == 422 and say in answer.content.decode()


def test_the_month_tells_the_one_thing_to_do_now(town, client):
    def seen(who):
        client.force_login(town.people[who])
        return client.get(address("month-detail", town.month.pk)).context["seen"]

    assert seen("clerk").deed.word == "生成本月收费" and seen("reviewer").deed is None
    settled(town, "甲")
    assert seen("clerk").deed.word == "交家长核对" and seen("reviewer").deed.word == "锁定10月（差 2 件）"
    cast.ready_to_lock(town.month, now=NOW)
    assert seen("clerk").deed is None and seen("reviewer").deed.word == "锁定10月"
    bring(town, line("押金"))
    waits = seen("reviewer")
    assert waits.deed.word == "锁定10月（差 1 件）" and "1 笔银行流水待核对" in waits.say
    spend(town, "1.00")
    assert seen("clerk").is_stale and seen("clerk").deed.word == "重算结算草案"


def test_a_month_goes_from_draft_to_paid_refunds_through_the_pages(town, client):
    child = charged_families(town, 200, 200)[0]
    spend(town, "300.00")
    gone = withdraw(child, Charge.objects.first().days[8])
    month = town.month.pk
    client.force_login(town.people["clerk"])
    client.post(address("withdrawal-settle", gone.pk))
    client.post(address("settlement-draft", month))
    assert client.get(address("settlement-detail", month, 3)).status_code == 200
    cast.ready_to_lock(town.month, now=NOW)
    client.force_login(town.people["reviewer"])
    client.post(address("month-lock", month))
    client.post(address("refunds-instruct", month))
    rows = read_xlsx(BytesIO(client.get(address("refund-sheet", month)).content))
    assert [row.cells[7] for row in rows[2:-1]] == ["6217000000000000"] * 3
    batch = RefundBatch.objects.get()
    rows = read_xlsx(BytesIO(client.get(address("batch-file", batch.pk)).content))
    assert [row.cells[:3:2] for row in rows[1:-1]] == [(number, "6217000000000000") for number in (1, 2, 3)]
    client.post(address("payout-failed", batch.payouts.first().pk), {"reason": "账号不符"})
    client.post(address("batch-paid", batch.pk), {"paid_on": "2026-11-08"})
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["failed", "paid", "paid"]


def test_stipends_are_booked_and_paid_by_their_buttons(town, clerk):
    stipend_sheet(town)
    charge_month(town.month, by=town.clerk)
    assert clerk.get(address("month-detail", town.month.pk)).context["seen"].deed.word == "列支教师补助"
    clerk.post(address("stipends-book", town.month.pk))
    assert clerk.get(address("expense-list", town.month.pk)).context["stipends"].amount_fen == 120_00
    clerk.post(address("stipends-paid", town.month.pk), {"paid_on": "2026-11-06"})
    assert clerk.get(address("expense-list", town.month.pk)).context["stipends"] is None
    assert balances(town.school, date(2026, 11, 6))["bank", ""].fen == -120_00


def test_a_refusal_of_a_button_is_said_and_changes_nothing(town, reviewer):
    answer = reviewer.post(address("month-lock", town.month.pk), follow=True)
    assert "本月收费还没有生成" in answer.content.decode()
    assert FeeMonth.objects.get().is_open


def test_tables_leave_as_spreadsheets_with_sums(town, clerk):
    settled(town, "甲", "乙")
    charges = read_xlsx(BytesIO(clerk.get(address("charge-sheet", town.month.pk)).content))
    receipts = read_xlsx(BytesIO(clerk.get(address("receipt-sheet", town.month.pk)).content))
    assert charges[-1].cells[0] == "合计" and charges[-1].cells[7] == 400
    assert receipts[-1].cells[4] == 400


def test_finance_sees_what_waits_for_it(town):
    today = date(2026, 11, 8)
    clerk, reviewer = act(town.people["clerk"]), act(town.people["reviewer"])
    family(town)
    assert [task.title for task in tasks(clerk, today)] == ["开启2026年11月的账", "生成2026年10月收费"]
    spend(town, "1", approve=False)
    assert [task.title for task in tasks(reviewer, today)] == ["1 笔支出待审批"]
    charge_month(town.month, by=town.clerk)
    open_month(town.school, month=date(2026, 11, 1), by=town.clerk)
    bring(town, line("押金"))
    assert [task.title for task in tasks(clerk, today)] == [
        "1 笔银行流水待核对",
        "生成2026年11月收费",
        "2026年10月结算",
    ]
    assert tasks(act(cast.make_person()), today) == []


def test_the_desk_leads_on_to_lock_and_refunds(town):
    charged_families(town, 200)
    draft_settlement(town.month, by=town.clerk)
    reviewer = act(town.people["reviewer"])
    (locking,) = tasks(reviewer, date(2026, 11, 8))
    assert locking.title == "锁定2026年10月" and locking.urgent
    cast.lock(town.month, now=NOW, by=town.reviewer)
    assert [task.title for task in tasks(reviewer, date(2026, 11, 8))] == ["1 笔退费待办理"]
    instruct_refunds(town.month, now=NOW, by=town.reviewer)
    assert tasks(reviewer, date(2026, 11, 5)) == []
    assert [task.title for task in tasks(reviewer, date(2026, 11, 8))] == ["退费第 1 批还有 1 笔没有结果"]


def test_a_month_that_is_not_over_is_not_to_be_settled_now(town):
    charged_families(town, 200)
    during, after = (
        overview(FeeMonth.objects.get(), town.clerk, day) for day in (date(2026, 10, 31), date(2026, 11, 1))
    )
    assert during.deed is None and "10月还没有过完" in during.say
    assert after.deed.word == "生成结算草案"


@pytest.mark.parametrize(
    ("day", "say"), [("2999-01-01", "不能在今天之后"), ("2026-02-30", "请填写到账日期"), ("", "请填写到账日期")]
)
def test_a_payment_bears_a_day_that_has_been(town, clerk, day, say):
    stipend_sheet(town)
    charge_month(town.month, by=town.clerk)
    clerk.post(address("stipends-book", town.month.pk))

    page = clerk.post(address("stipends-paid", town.month.pk), {"paid_on": day}, follow=True)

    assert say in page.content.decode() and page.context["stipends"].amount_fen == 120_00
