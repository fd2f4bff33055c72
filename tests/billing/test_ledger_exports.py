"""A month taken out of the house: the spreadsheet cell by cell, the journal as bean-check reads it."""

import io
import subprocess
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Balance, Open, Transaction
from django.urls import reverse
from openpyxl import load_workbook

from billing.actions import charge_month
from billing.ledger.balances import balances
from billing.ledger.journal import NAMES, month_journal, name_of
from billing.ledger.models import Account, Book, Entry
from billing.ledger.posting import Kind
from billing.ledger.posting import reverse as take_back
from tests.billing.conftest import family, pay
from tests.billing.test_settlement import spend

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def books(town):
    """October with two children, one of whom pays too much; in November a cost is taken back."""
    first, second = family(town, '陈"一诺"'), family(town, "周小宇")
    charge_month(town.month, by=town.clerk)
    pay(town, first, "250.05")
    pay(town, second, "80.10")
    spend(town, "100.00")
    wrong = Entry.objects.get(key__startswith="expense:")
    take_back(wrong, on=date(2026, 11, 2), memo="冲销", key="back", by=town.clerk)
    return town


def sheets(client, books, month):
    client.force_login(books.people["clerk"])
    answer = client.get(reverse("ledger:month-sheet", args=[books.school.pk]), {"month": f"{month:%Y-%m}"})
    return load_workbook(io.BytesIO(answer.content))


def rows(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_spreadsheet_has_every_line_with_amounts_as_numbers(client, books):
    sheet = sheets(client, books, OCTOBER)["记账凭证"]
    title, head, *lines, total, _, foot = rows(sheet)

    assert title[0] == "海棠路小学 2026年10月记账凭证"
    assert head == ["日期", "凭证号", "摘要", "科目", "明细", "借方", "贷方", "记账", "冲销"]
    assert lines[0][0].date() == OCTOBER
    assert lines[0][1:] == [
        "2026-00001", '2026年10月陈"一诺"应交课后服务费', "应收课后服务费", '三(2)班 陈"一诺"',
        200, None, "孙会计", None,
    ]  # fmt: skip
    assert lines[1][3:7] == ["课后服务费收入", "2026年10月", None, 200]
    assert len(lines) == len({(line[1], line[3], line[4]) for line in lines})
    assert (total[0], total[5]) == ("合计", sum(line[5] or 0 for line in lines)) and total[5] == total[6]
    assert total[5] == pytest.approx(830.15)
    assert {cell.number_format for row in sheet["F3:G8"] for cell in row} == {"#,##0.00"}
    assert sheet["B3"].data_type == "s"
    book = Book.objects.get()
    assert foot[0] == f"账簿指纹（全部 6 张凭证，2026-11-08 10:00 导出）：{book.head}"


def test_the_spreadsheet_names_what_was_taken_back(client, books):
    _, _, *lines, _, _, _ = rows(sheets(client, books, NOVEMBER)["记账凭证"])
    assert [line[8] for line in lines] == ["冲销 2026-00005"] * 2


def test_the_balances_in_the_spreadsheet_are_those_of_the_ledger(client, books):
    _, head, *lines, total, _, foot = rows(sheets(client, books, NOVEMBER)["科目余额表"])

    assert head == ["科目", "期初借方", "期初贷方", "本期借方", "本期贷方", "期末借方", "期末贷方"]
    bank = next(line for line in lines if line[0] == "银行存款（基本户）")
    assert bank == ["银行存款（基本户）", 230.15, 0, 100, 0, 330.15, 0]
    assert total[1] == total[2] and total[3] == total[4] and total[5] == total[6]
    held = defaultdict(int)
    for (kind, _), money in balances(books.school, date(2026, 11, 30)).items():
        held[Kind(kind).label] += money.fen
    assert {line[0]: round((line[5] - line[6]) * 100) for line in lines} == held
    assert foot[0].endswith(Book.objects.get().head)


def beans(text):
    entries, errors, _ = loader.load_string(text)
    assert errors == []
    return entries


@pytest.mark.parametrize("month, last", [(OCTOBER, date(2026, 10, 31)), (NOVEMBER, date(2026, 11, 30))])
def test_bean_check_accepts_a_month_and_comes_to_the_same_balances(client, books, tmp_path, month, last):
    client.force_login(books.people["clerk"])
    answer = client.get(reverse("ledger:month-journal", args=[books.school.pk]), {"month": f"{month:%Y-%m}"})
    file = tmp_path / "month.beancount"
    file.write_bytes(answer.content)
    done = subprocess.run([Path(sys.executable).parent / "bean-check", file], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    sums, asserted = defaultdict(Decimal), {}
    for one in beans(file.read_text()):
        if isinstance(one, Transaction):
            for posting in one.postings:
                sums[posting.account] += posting.units.number
        if isinstance(one, Balance):
            asserted[one.account] = one.amount.number
    accounts = {(one.kind, one.subject): name_of(one) for one in Account.objects.all()}
    held = balances(books.school, last)
    assert {name: fen for name, fen in sums.items() if fen} == {
        accounts[ref]: Decimal(money.fen) / 100 for ref, money in held.items() if money
    }
    assert {name: sums[name] for name in asserted} == asserted and asserted.keys() >= sums.keys()


def test_bean_check_would_find_a_wrong_amount(books):
    text = month_journal(books.school, OCTOBER)
    wrong = text.replace("80.10 CNY", "80.20 CNY", 1)
    assert wrong != text
    assert loader.load_string(wrong)[1]


def test_the_journal_names_accounts_in_ascii_and_says_them_in_chinese(books):
    text = month_journal(books.school, OCTOBER)
    opened = {one.account: one.meta["name"] for one in beans(text) if isinstance(one, Open)}
    child = Account.objects.filter(kind="receivable").order_by("pk")[0]
    assert opened[f"Assets:Receivable:Student-{child.subject[8:]}"] == '应收课后服务费 三(2)班 陈"一诺"'
    assert opened["Income:Fees:2026-10"] == "课后服务费收入 2026年10月"
    assert "Expenses:Other:2026-10:Fees:Water" in opened
    assert f"; 校验码 {Entry.objects.get(number=1).chain}" in text
    assert text.rstrip().endswith(Book.objects.get().head)


def test_every_kind_of_account_has_a_name_of_its_own():
    assert NAMES.keys() == set(Kind)
    assert len(set(NAMES.values())) == len(Kind)
    assert name_of(Account(pk=7, kind=Kind.OTHER_EXPENSE, subject="水费")) == "Expenses:Other:Account-7"


def test_a_month_without_vouchers_is_not_exported(client, town):
    client.force_login(town.people["clerk"])
    assert client.get(reverse("ledger:month-sheet", args=[town.school.pk])).status_code == 404
    assert client.get(reverse("ledger:month-journal", args=[town.school.pk]), {"month": "all"}).status_code == 404
