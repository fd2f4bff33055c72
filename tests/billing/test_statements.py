"""The bank statement of the samples, row by row, against the 922 children of the samples."""

from datetime import date
from pathlib import Path

import pytest

from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.schools.actions.roster import apply_roster, read_roster, upload_roster
from afterschool.schools.models import Student
from afterschool.xlsx import Column, Sheet, write_xlsx
from billing.actions import (
    charge_month,
    enter_expense,
    import_statement,
    link_line,
    match_line,
    reopen_line,
    set_aside_line,
)
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.models import BankLine, Charge, Expense, Receipt
from tests.billing.conftest import enroll, family, pay

SAMPLES = Path(__file__).parent.parent / "samples"
STATEMENT = (SAMPLES / "bank-statement.xlsx").read_bytes()
TWICE = {12: 11, 42: 41, 72: 71, 102: 101, 132: 131, 162: 161}
SHORT = (16, 54, 92, 130, 169)
TWO_MONTHS = (18, 60, 103, 145, 187)
NOBODY_NAMED = (9, 33, 57, 81, 105, 128, 152, 176)
THIRD_PERSON = {14: "程雅天", 46: "孟睿芳", 78: "杜馨", 110: "段轩乐", 142: "余家诗", 174: "仇晓家"}
CASH, OUTFLOW, INTEREST, KNOWN_SERIAL = 190, 191, 192, 193


@pytest.fixture
def imported(town):
    """All 922 children enrolled and charged 200 for October, then the statement."""
    by = town.clerk
    roster = upload_roster(town.school, "名册.xlsx", (SAMPLES / "roster-primary.xlsx").read_bytes(), by=by)
    apply_roster(read_roster(roster, by=by), on=date(2026, 9, 2), by=by)
    for student in Student.objects.select_related("school", "school_class"):
        enroll(student, town.plan)
    charge_month(town.month, by=town.clerk)
    return import_statement(town.school, file_name="10月.xlsx", data=STATEMENT, by=town.clerk)


@pytest.mark.slow
def test_the_sample_comes_out_as_its_readme_says(town, imported):
    lines = {line.row: line for line in BankLine.objects.select_related("receipt__student", "suggested")}

    def charge_of(row):
        return Charge.objects.get(student=lines[row].receipt.student)

    assert Student.objects.count() == 922 and imported.counts["lines"] == 190 and len(lines) == 189
    for second, first in TWICE.items():
        assert lines[second].receipt.student == lines[first].receipt.student
        assert lines[second].hint == "没有待交的应收，全部转为预收"
    for row, name in THIRD_PERSON.items():
        assert lines[row].receipt.student.name == name
    for row in SHORT:
        assert lines[row].hint == "还差 20.00 元" and charge_of(row).owed_fen == 20_00
    for row in TWO_MONTHS:
        assert lines[row].hint == "200.00 元抵应收，200.00 元转为预收"
    for row in NOBODY_NAMED:
        assert lines[row].state == "open" and "监护人同名" in lines[row].hint
    assert {row: lines[row].suggested and lines[row].suggested.name for row in NOBODY_NAMED} == {
        9: "范诺乐", 33: None, 57: "徐静若", 81: "李睿雨", 105: "韩文雪", 128: None, 152: "杜梅", 176: "侯欣伟",
    }  # fmt: skip
    assert (lines[CASH].state, lines[OUTFLOW].state, lines[INTEREST].state) == ("open", "open", "set_aside")
    assert "支出" in lines[OUTFLOW].hint and "利息" in lines[INTEREST].hint
    assert KNOWN_SERIAL not in lines
    assert [odd["row"] for odd in imported.counts["odd"]] == [KNOWN_SERIAL]
    assert "本文件第 190 行" in imported.counts["odd"][0]["say"] and "请向银行核实" in imported.counts["odd"][0]["say"]

    special = {*TWICE, *SHORT, *TWO_MONTHS, *NOBODY_NAMED, CASH, OUTFLOW, INTEREST}
    for row, line in lines.items():
        if row not in special:
            assert (line.state, line.hint, line.receipt.amount_fen) == ("matched", "", 200_00), row
    assert is_balanced(trial_balance(town.school, date(2026, 10, 31)))
    received = sum(line.in_fen for line in lines.values() if line.state == "matched")
    assert balances(town.school, date(2026, 10, 31))["bank", ""].fen == received

    before = (BankLine.objects.count(), Receipt.objects.count(), imported.pk)
    again = import_statement(town.school, file_name="又传.xlsx", data=STATEMENT, by=town.clerk)
    assert (BankLine.objects.count(), Receipt.objects.count(), again.pk) == before


HEAD = ["交易日期", "借方发生额(支出)", "贷方发生额(收入)", "对方户名", "对方账号", "摘要", "流水号"]


def sheet(*rows):
    return write_xlsx([Sheet("流水", [Column(head) for head in HEAD], rows)])


def line(memo="", serial="1", in_="200.00", out="", payer="某人", on="2026-10-12"):
    return (on, out, in_, payer, "6217", memo, serial)


def bring(town, *rows):
    import_statement(town.school, file_name="x.xlsx", data=sheet(*rows), by=town.clerk)
    return BankLine.objects.order_by("serial").last()


def test_another_file_with_a_known_serial_brings_only_the_new_lines(town):
    child = family(town)
    bring(town, line(child.number))
    second = import_statement(
        town.school, file_name="y.xlsx", data=sheet(line(child.number), line(child.number, "2")), by=town.clerk
    )
    assert (second.counts["new"], second.counts["odd"][0]["row"]) == (1, 2)
    assert "x.xlsx" in second.counts["odd"][0]["say"]


@pytest.mark.parametrize(
    "memo, hint",
    [
        ("G21020000000000009999", "本校没有学籍号"),
        ("二年级1班 陈一诺", "没有叫 陈一诺 的学生"),
        ("周子涵", "叫 周子涵 的有 2 人"),
        ("陈一诺儿 课后服务费", "没有写学生"),
    ],
)
def test_what_can_be_doubted_stays_open(town, memo, hint):
    family(town, "陈一诺")
    family(town, "周子涵", grade=1)
    family(town, "周子涵", grade=2)
    found = bring(town, line(memo))
    assert found.state == "open" and hint in found.hint and not Receipt.objects.exists()


def test_a_number_and_a_name_that_disagree_stay_open(town):
    child = family(town, "陈一诺")
    family(town, "周子涵")
    found = bring(town, line(f"{child.number} 周子涵"))
    assert found.state == "open" and found.suggested == child and "请核对" in found.hint


def test_an_open_line_is_worked_by_hand_once(town):
    child = family(town)
    found = bring(town, line("课后服务费"))
    receipt = match_line(found, child, by=town.clerk)

    assert (receipt.amount_fen, receipt.payer_account, receipt.bank_line) == (200_00, "6217", found)
    with pytest.raises(RuleBroken, match="已入账"):
        match_line(found, child, by=town.clerk)
    with pytest.raises(RuleBroken, match="已入账"):
        set_aside_line(found, reason="x", by=town.clerk)
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("on", [date(2026, 10, 9), date(2026, 10, 15)])
def test_a_payment_typed_by_hand_is_claimed_and_not_received_again(town, on):
    child = family(town)
    typed = pay(town, child, 200, on=on)
    found = bring(town, line(child.number))

    assert (found.state, found.hint) == ("open", "已手工登记过收据 1 号，请核对后认领")
    assert link_line(found, typed, by=town.clerk).bank_line == found
    assert BankLine.objects.get().state == "matched" and Receipt.objects.count() == 1
    assert balances(town.school, date(2026, 10, 31))["bank", ""].fen == 200_00
    with pytest.raises(RuleBroken, match="已入账"):
        link_line(found, typed, by=town.clerk)


@pytest.mark.parametrize("other", [{"yuan": 199}, {"on": date(2026, 10, 8)}, {"on": date(2026, 10, 16)}])
def test_a_typed_payment_of_another_sum_or_time_is_another_payment(town, other):
    child = family(town)
    typed = pay(town, child, **{"yuan": 200} | other)
    assert bring(town, line(child.number)).state == "matched"

    waits = bring(town, line("课后服务费", "2"))
    with pytest.raises(RuleBroken, match="不符"):
        link_line(waits, typed, by=town.clerk)
    assert Receipt.objects.count() == 2


def test_one_typed_payment_stops_one_line_only(town):
    child = family(town)
    typed = pay(town, child, 200)
    bring(town, line(child.number, "1"), line(child.number, "2", on="2026-10-13"))
    first, second = BankLine.objects.order_by("serial")
    assert (first.state, second.state) == ("open", "matched")

    link_line(first, typed, by=town.clerk)
    third = bring(town, line(child.number, "3"))
    assert third.state == "matched" and Receipt.objects.count() == 3


def test_a_line_set_aside_needs_a_reason_and_can_be_taken_up_again(town):
    found = bring(town, line("押金"))
    with pytest.raises(RuleBroken, match="原因"):
        set_aside_line(found, reason=" ", by=town.clerk)
    assert set_aside_line(found, reason="校服押金", by=town.clerk).state == "set_aside"
    assert reopen_line(found, by=town.clerk).state == "open"


def test_an_outflow_becomes_an_expense_of_the_same_amount(town):
    found = bring(town, line("9月电费", in_="", out="1,860.50", payer="国网电力公司"))
    typed = {
        "category": "electricity", "fund": "fees", "on": found.on, "payee": found.payer, "voucher_number": "0091",
        "bank_line": found, "by": town.clerk,
    }  # fmt: skip
    with pytest.raises(RuleBroken, match=r"1,860\.50"):
        enter_expense(town.month, amount=Money(1), key="a", **typed)
    enter_expense(town.month, amount=Money(1860_50), key="b", **typed)

    assert BankLine.objects.get().state == "expense" and Expense.objects.get().bank_line == found
    with pytest.raises(RuleBroken, match="已列支出"):
        match_line(found, family(town), by=town.clerk)


@pytest.mark.parametrize(
    "row, say",
    [
        (line(serial=""), "没有流水号"),
        (line(in_="20o"), "不是金额"),
        (line(in_="1", out="1"), "恰好填一个"),
        (line(on="昨天"), "看不懂的日期"),
    ],
)
def test_an_odd_row_is_said_and_the_others_come_in(town, row, say):
    child = family(town)
    read = import_statement(town.school, file_name="x.xlsx", data=sheet(row, line(child.number, "9")), by=town.clerk)
    assert say in read.counts["odd"][0]["say"] and read.counts["odd"][0]["row"] == 2 and read.counts["matched"] == 1


def test_a_file_without_the_columns_is_refused_and_nothing_is_kept(town):
    with pytest.raises(RuleBroken, match="流水号"):
        import_statement(
            town.school, file_name="x.xlsx", data=write_xlsx([Sheet("a", [Column("姓名")], [["甲"]])]), by=town.clerk
        )
    assert not BankLine.objects.exists()


def test_typed_receipts_pay_the_oldest_due_and_are_numbered_without_gaps(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    first, second = pay(town, child, "180"), pay(town, child, "¥１００")
    again = pay(town, child, "50", key="k")

    assert pay(town, child, "50", key="k") == again
    assert [r.number for r in (first, second, again)] == [1, 2, 3]
    assert [a.fen for a in first.allocations.all()] == [180_00] and [a.fen for a in second.allocations.all()] == [20_00]
    with pytest.raises(RuleBroken, match="内容不同"):
        pay(town, child, "51", key="k")
    assert Charge.objects.get().owed_fen == 0
    assert balances(town.school, date(2026, 10, 31))["prepaid", f"student:{child.pk}"].fen == -130_00
