"""Money for meals on the bank's statement: matched by what the payer wrote, and never used for anything else."""

from datetime import date
from io import BytesIO

import pytest
from beancount import loader
from openpyxl import load_workbook

from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing.actions import (
    charge_month,
    enter_expense,
    enter_receipt,
    import_statement,
    instruct_refunds,
    match_line,
    payouts_paid,
    return_advances,
    take_back,
)
from billing.ledger.journal import month_journal
from billing.ledger.models import Entry
from billing.matching import is_for_meals
from billing.meals.actions import charge_meals
from billing.meals.selectors.overview import family_months
from billing.meals.selectors.purse import purse
from billing.models import BankLine, Charge, Receipt
from billing.selectors.sheets import batch_xlsx
from billing.selectors.working import waiting
from tests.billing.conftest import NOW
from tests.meals.month import lunch, october, order, put_in, settle

HEAD = "交易日期,借方发生额(支出),贷方发生额(收入),余额,对方户名,对方账号,摘要,流水号"


def statement(town, *lines):
    rows = [f"2026-10-14,,{yuan},,{payer},6217001,{memo},S{n}" for n, (yuan, payer, memo) in enumerate(lines, 1)]
    data = "\n".join([HEAD, *rows]).encode("utf-8-sig")
    import_statement(town.school, file_name="10月.csv", data=data, by=town.clerk)
    return list(BankLine.objects.order_by("row"))


@pytest.mark.parametrize(
    ("memo", "said"),
    [
        ("陈一诺10月餐费", True),
        ("午餐 陈一诺", True),
        ("陈一诺课后服务费", False),
        ("陈一诺", False),
        ("课后服务费和餐费", None),
    ],
)
def test_what_a_payer_meant(memo, said):
    assert is_for_meals(memo) is said


def test_a_statement_pays_each_for_what_was_written(kitchen):
    first, second = kitchen.children
    order(kitchen, 0)
    charge_month(kitchen.month, by=kitchen.clerk)
    charge_meals(kitchen.month, by=kitchen.clerk)
    paid, fee, both, stranger = statement(
        kitchen, ("225.00", "陈静", "陈一诺10月餐费"), ("200.00", "陈静", "陈一诺课后服务费"),
        ("425.00", "陈静", "陈一诺课后服务费餐费"), ("225.00", "周强", "周子涵餐费"),
    )  # fmt: skip
    assert (paid.state, paid.receipt.fund, paid.receipt.allocations.count()) == ("matched", "meal", 0)
    assert (fee.state, fee.receipt.fund) == ("matched", "fees") and Charge.objects.get(student=first).owed_fen == 0
    assert purse(first.pk) == Money(0)
    assert (both.state, both.hint) == ("open", "摘要里又写课后服务费又写餐费，请问清楚是 陈一诺 的哪一样")
    assert (stranger.state, stranger.hint) == ("open", "摘要写的是餐费，周子涵 没有订餐，请核对")
    words = [answer.word.rpartition(" ")[2] for answer in waiting([both])[0].answers]
    assert words == ["的缴费", "的餐费"]
    with pytest.raises(RuleBroken, match="没有订餐"):
        match_line(stranger, second, fund="meal", by=kitchen.clerk)
    assert match_line(both, first, fund="meal", by=kitchen.clerk).fund == "meal"
    both.refresh_from_db()
    assert both.hint == "记为代收餐费" and purse(first.pk) == Money(425_00)


def test_nobody_pays_by_hand_for_what_was_not_ordered(kitchen):
    told = {"on": date(2026, 10, 9), "amount": Money(50_00), "payer": "陈静", "key": "k", "by": kitchen.clerk}
    with pytest.raises(RuleBroken, match="没有订餐"):
        enter_receipt(kitchen.children[0], fund="meal", **told)
    order(kitchen)
    assert enter_receipt(kitchen.children[0], fund="meal", **told).fund == "meal"


def test_the_same_form_for_another_fund_is_another_receipt(kitchen):
    put_in(kitchen, 0, "50", key="once")
    with pytest.raises(RuleBroken, match="内容不同"):
        put_in(kitchen, 0, "50", fund="fees", key="once")
    assert Receipt.objects.get().fund == "meal"


def test_the_same_form_for_another_meal_is_another_bill(kitchen):
    told = {
        "category": "meal_supplier", "fund": "meal", "amount": Money(10_00), "on": date(2026, 10, 30), "payee": "甲",
        "voucher_number": "1", "key": "once", "by": kitchen.clerk,
    }  # fmt: skip
    enter_expense(kitchen.month, meal=kitchen.meal, **told)
    with pytest.raises(RuleBroken, match="内容不同"):
        enter_expense(kitchen.month, meal=lunch(kitchen, "晚餐"), **told)


def test_the_bank_and_the_book_call_a_meals_refund_by_its_name(kitchen):
    october(kitchen)
    put_in(kitchen, 0, "500", fund="fees")
    return_advances(kitchen.school, {kitchen.children[0].pk}, on=date(2026, 11, 3), by=kitchen.clerk)
    settle(kitchen)
    batch = instruct_refunds(kitchen.month, now=NOW, by=kitchen.reviewer)
    told = load_workbook(BytesIO(batch_xlsx(batch))).active.values
    assert {row[4] for row in told if str(row[0]).isdigit()} == {"课后服务退费第1批", "代收餐费退费第1批"}
    row = batch.payouts.filter(refund__cause="meal").first()
    payouts_paid([row], paid_on=date(2026, 11, 4), by=kitchen.reviewer)
    data = "\n".join([HEAD, f"2026-11-05,,{Money(row.fen)},,待处理,,退汇,T1"]).encode("utf-8-sig")
    import_statement(kitchen.school, file_name="11月.csv", data=data, by=kitchen.clerk)
    take_back(BankLine.objects.get(serial="T1"), row, by=kitchen.clerk)
    memos = Entry.objects.filter(key__in=[f"payout:{row.pk}", f"payout-back:{row.pk}"]).order_by("pk")
    assert [memo.partition("（")[0] for memo in memos.values_list("memo", flat=True)] == [
        f"退 {row.payee} 代收餐费", f"退汇 {row.payee} 代收餐费",
    ]  # fmt: skip
    again = instruct_refunds(kitchen.month, now=NOW, by=kitchen.reviewer)
    [seen] = next(family_months(row.refund.student_id)).refunds
    assert [one.batch for one in seen.payouts.all()] == [again], "the family reads of the last way only"


def test_bean_check_reads_a_month_with_meals(kitchen):
    october(kitchen)
    settle(kitchen)
    entries, errors, _ = loader.load_string(month_journal(kitchen.school, date(2026, 10, 1)))
    assert not errors
    names = {
        name for entry in entries for name in [getattr(entry, "account", "")] if name.startswith("Liabilities:Meals")
    }
    children = {f"Liabilities:Meals:Student-{child.pk}" for child in kitchen.children}
    assert names == {"Liabilities:Meals:2026-10", *children}
