"""Refunds through the bank: whose money goes back to whom, the bank's file, and its answers in whatever order."""

from datetime import date
from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.xlsx import Column, Sheet, write_xlsx
from billing.actions import (
    bring_answer,
    charge_month,
    instruct_refunds,
    link_outflow,
    payout_failed,
    payouts_paid,
    receive,
    settle_withdrawal,
    take_answer,
)
from billing.answer_file import read_answer
from billing.ledger.balances import balances
from billing.ledger.whereabouts import whereabouts
from billing.models import BankAnswer, BankLine, Payout, Receipt, Refund, RefundBatch
from billing.selectors.answers import weigh
from billing.selectors.outflows import offers
from tests.billing.conftest import NOW, family
from tests.billing.test_settlement import withdraw
from tests.billing.test_statements import bring, line

TODAY, LATER = NOW.date(), date(2026, 11, 8)


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


def address(name, *args):
    return reverse(f"billing:{name}", args=args)


def leaving(town, *payments, name="陈一诺"):
    """A child of whose 200 yuan 80 go back; each payment is (payer, account, yuan). Returns the refund."""
    child = family(town, name)
    charge_month(town.month, by=town.clerk)
    for number, (payer, account, yuan) in enumerate(payments or [(f"{name}妈妈", f"62170000{child.pk}", 200)]):
        receive(
            town.school, child, on=date(2026, 10, 12 + number), amount=Money(yuan * 100), payer=payer,
            payer_account=account, key=f"{name}-{number}", by=town.clerk,
        )  # fmt: skip
    [refund] = settle_withdrawal(withdraw(child, child.charges.get().days[8]), by=town.clerk)
    assert refund.amount_fen == 80_00
    return refund


def send(town) -> RefundBatch:
    return instruct_refunds(town.month, now=NOW, by=town.reviewer)


def rows(batch):
    return list(batch.payouts.order_by("row").values_list("payee", "fen"))


def answer(town, batch, text, *, code="utf-8") -> BankAnswer:
    return bring_answer(batch, file_name="回单.csv", data=text.encode(code), by=town.reviewer)


def take(town, batch, text, **more) -> BankAnswer:
    return take_answer(answer(town, batch, text, **more), paid_on=date(2026, 11, 6), now=NOW, by=town.reviewer)


def said(found: BankAnswer):
    return [(one.verdict, one.say) for one in weigh(found)]


def states(batch):
    return list(batch.payouts.order_by("row").values_list("state", flat=True))


# ---------------------------------------------------------------- whose money it is


def test_what_came_back_goes_out_again_to_the_same_payer_whatever_came_between(town):
    first = leaving(town, ("母亲", "6217", 150), ("父亲", "6218", 50))
    batch = send(town)
    assert rows(batch) == [("父亲", 50_00), ("母亲", 30_00)], "who paid last gets back first"
    father, mother = batch.payouts.order_by("row")
    payout_failed(father, reason="账号不符", by=town.reviewer)
    first.refresh_from_db()
    assert first.state == "instructed", "the mother's part is under way"
    payouts_paid([mother], paid_on=TODAY, by=town.reviewer)
    first.refresh_from_db()
    assert (first.state, first.paid_on) == ("failed", None)
    assert whereabouts(town.school, TODAY).wrong == []

    second = Refund.objects.create(
        school=town.school, fee_month=town.month, student=first.student, charge=first.charge, cause="cancelled",
        amount_fen=60_00, state="payable",
    )  # fmt: skip
    again = send(town)
    assert (again.number, rows(again)) == (2, [("父亲", 50_00), ("母亲", 60_00)])
    payouts_paid(again.payouts.all(), paid_on=TODAY, by=town.reviewer)
    for refund in (first, second):
        refund.refresh_from_db()
        assert (refund.state, refund.paid_on) == ("paid", TODAY)
        assert sum(row.fen for row in refund.payouts.standing()) == refund.amount_fen
    assert not Refund.objects.exclude(state="paid").exists()


def test_the_database_pays_nobody_twice(town):
    refund = leaving(town)
    row = send(town).payouts.get()
    twin = {
        "school": town.school,
        "batch": row.batch,
        "refund": refund,
        "receipt": row.receipt,
        "fen": 1,
        "payee": "甲",
    }
    with pytest.raises(IntegrityError, match="payout_once_a_refund_and_payer"), transaction.atomic():
        Payout.objects.create(row=2, **twin)
    with pytest.raises(IntegrityError, match="payout_paid_on_a_day"), transaction.atomic():
        Payout.objects.update(state="paid")
    with pytest.raises(RuleBroken, match="没有待退"):
        send(town)


def test_more_refunds_ask_no_more(town):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            batch = send(town)
            payouts_paid(batch.payouts.all(), paid_on=TODAY, by=town.reviewer)
        return len(seen)

    for name in ("子", "丑"):
        leaving(town, name=name)
        few = queries()
    for name in ("甲", "乙", "丙"):
        leaving(town, name=name)
    assert queries() == few


# ---------------------------------------------------------------- the bank's file


def test_the_banks_file_is_as_a_bank_reads_it(town, client):
    leaving(town)
    leaving(town, ("奶奶", "", 200), name="周小宇")
    leaving(town, ("=爸爸", "0062170001234567890", 200), name="甲")
    batch = send(town)
    client.force_login(town.people["clerk"])
    response = client.get(address("batch-file", batch.pk))
    assert f"batch-{batch.number}.xlsx" in response["Content-Disposition"]
    page = load_workbook(BytesIO(response.content)).active
    told = [[cell.value for cell in row] for row in page.iter_rows()]
    assert told[0] == ["序号", "户名", "账号", "金额", "摘要"]
    assert [row[0] for row in told[1:3]] == [1, 2] and told[3][0] == "合计" and len(told) == 4
    assert {row[4] for row in told[1:3]} == {"课后服务退费第1批"} and "奶奶" not in str(told)
    account, amount = page["C3"], page["D3"]
    assert (account.value, account.data_type, account.number_format) == ("0062170001234567890", "s", "@")
    assert (amount.value, amount.number_format, page["D4"].value) == (80, "#,##0.00", 160)
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)

    client.force_login(town.people["reviewer"])
    shown = client.get(address("batch-detail", batch.pk)).content.decode()
    assert "摘要里有“退费第1批”" in shown and "没有账号，到校领取" in shown and "等领取" in shown
    client.post(address("batch-paid", batch.pk), {"paid_on": "2026-11-06"})
    assert states(batch) == ["paid", "paid", "sent"], "what is fetched at school is ticked by itself"
    client.post(address("payout-paid", batch.payouts.get(payee="奶奶").pk), {"paid_on": "2026-11-08"})
    assert states(batch) == ["paid"] * 3


# ---------------------------------------------------------------- the bank's answer


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("成功", "paid"), ("交易成功", "paid"), ("处理成功", "paid"), ("已入账", "paid"), ("S", "paid"), ("0000", "paid"),
        ("失败", "failed"), ("未成功", "failed"), ("退票", "failed"), ("已退汇", "failed"), ("F", "failed"),
        ("处理中", "waits"), ("提交成功", "waits"), ("交易可疑", "waits"), ("未知错误", "waits"),
    ],
)  # fmt: skip
def test_how_banks_spell_what_became_of_it(word, result):
    text = f"某某银行批量代发结果\n序号,收款账号,收款人户名,交易金额（元）,处理状态,失败原因\n1,6217,甲,80.00,{word},\n合计,,,80.00,,\n"
    [found] = read_answer(text.encode("gb18030")).lines
    assert (found.result, found.row, found.fen, found.account) == (result, 1, 80_00, "6217")


@pytest.mark.parametrize("word", ["1", "", "正常", "见附件"])
def test_what_is_not_understood_is_not_guessed(word):
    found = read_answer(f"序号,金额,结果\n1,80,{word}\n".encode())
    assert found.lines == [] and found.odd[0]["row"] == 2
    with pytest.raises(RuleBroken, match="没有找到表头"):
        read_answer("姓名,班级\n甲,一班\n".encode())


def test_a_workbook_with_a_day_and_a_memo_is_read(town):
    columns = [Column("行号", "int"), Column("收款账号"), Column("金额", "money"), Column("交易结果"), Column("交易日期", "date"),
               Column("摘要")]  # fmt: skip
    data = write_xlsx([Sheet("结果", columns, [(1, "6217", 80_00, "成功", date(2026, 11, 5), "课后服务退费第12批")])])
    [found] = read_answer(data).lines
    assert (found.row, found.fen, found.on, found.batch) == (1, 80_00, "2026-11-05", 12)


def test_an_answer_is_looked_at_then_taken_and_once_only(town, client):
    for name in ("甲", "乙"):
        leaving(town, name=name)
    batch = send(town)
    text = "序号,金额,处理结果,失败原因\n1,80.00,成功,\n2,80.00,失败,户名不符\n3,80.00,成功,\n"
    client.force_login(town.people["reviewer"])
    upload = BytesIO(text.encode("gb18030"))
    upload.name = "回单.csv"
    page = client.post(address("answer-upload", batch.pk), {"file": upload}, follow=True).content.decode()
    assert "登记以后：1 笔到账，1 笔退回" in page and "本批没有第 3 行" in page
    assert states(batch) == ["sent", "sent"], "looking changes nothing"

    found = BankAnswer.objects.get()
    for _ in range(2):
        client.post(address("answer-take", found.pk), {"paid_on": "2026-11-06"})
    assert states(batch) == ["paid", "failed"]
    assert (batch.payouts.get(row=1).paid_on, batch.payouts.get(row=2).failed_reason) == (date(2026, 11, 6), "户名不符")
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["failed", "paid"]
    assert balances(town.school, LATER)["bank", ""].fen == 400_00 - 80_00
    assert answer(town, batch, text, code="gb18030") == found, "the same file again is the same answer"
    assert "银行退回" not in client.get(address("batch-detail", batch.pk)).content.decode()


def test_late_repeated_and_contradictory_answers_change_nothing(town):
    leaving(town, name="甲")
    leaving(town, name="乙")
    batch = send(town)
    take(town, batch, "序号,金额,结果,原因\n1,80,成功,\n2,80,失败,销户\n")
    before = states(batch)
    late = take(town, batch, "序号,金额,结果,原因\n1,80.00,成功,\n2,80.00,失败,销户\n1,80,失败,退汇\n2,80,成功,\n")
    assert [verdict for verdict, _ in said(late)] == ["known", "known", "against", "against"]
    assert "此前已登记到账，这份回单说退回（退汇），请向银行核实" in said(late)[2][1]
    assert states(batch) == before and balances(town.school, LATER)["bank", ""].fen == 320_00
    assert len(Deed.objects.get(verb="contradicted").facts["rows"]) == 2

    again = send(town)
    take(town, batch, "序号,金额,结果\n2,80,成功\n")
    assert states(again) == ["sent"], "an old batch's answer does not touch the new row"


def test_within_one_file_the_first_word_counts(town):
    leaving(town)
    batch = send(town)
    found = take(town, batch, "序号,金额,结果\n1,80,失败\n1,80,成功\n1,80,失败\n")
    assert states(batch) == ["failed"]
    assert [verdict for verdict, _ in said(found)] == ["known", "against", "known"]


@pytest.mark.parametrize(
    ("text", "verdict", "say"),
    [
        ("序号,金额,结果\n1,80.01,成功", "against", "发出的是 80.00 元，回单写 80.01 元"),
        ("序号,账号,金额,结果\n1,999,80,成功", "against", "回单写 999"),
        ("序号,户名,金额,结果\n1,别人,80,成功", "against", "发出的户名是 妈妈"),
        ("序号,金额,结果,日期\n1,80,成功,2026-11-01", "against", "不在送银行以后"),
        ("序号,金额,结果,摘要\n1,80,成功,课后服务退费第7批", "unknown", "摘要写的是第 7 批"),
        ("序号,金额,结果\n1,80,处理中", "waits", ""),
        ("账号,金额,结果\n999,80,成功", "unknown", "本批没有这个账号和金额"),
    ],
)
def test_a_line_that_is_not_as_it_was_sent_is_left_alone(town, text, verdict, say):
    leaving(town, ("妈妈", "6217", 200))
    batch = send(town)
    [(found, words)] = said(take(town, batch, text))
    assert found == verdict and say in words
    assert states(batch) == ["sent"]


def test_where_there_is_no_row_account_and_amount_tell_which(town):
    for name in ("甲", "乙"):
        leaving(town, ("妈妈", "6217", 200), name=name)
    batch = send(town)
    found = take(town, batch, "收款账号\t金额\t处理结果\n6217\t80.00\t成功\n6217\t80.00\t退票\n".replace("\t", ","))
    assert states(batch) == ["paid", "failed"], "two rows alike are two rows"
    assert [one.payout.row for one in weigh(found)] == [1, 2]


def test_a_line_of_the_statement_may_confirm_a_row(town):
    refund = leaving(town, ("妈妈", "6217", 200))
    row = send(town).payouts.get()
    early, found = (
        bring(town, line("", serial, in_="", out="80.00", on=on))
        for serial, on in (("1", "2026-11-02"), ("2", "2026-11-05"))
    )
    assert [offer.paper for offer in offers([found])[found.pk]] == [row, row.batch], "also the batch has this sum"
    assert row not in [offer.paper for offer in offers([early])[early.pk]], "not yet sent that day"
    link_outflow(found, row, by=town.clerk)
    row.refresh_from_db()
    refund.refresh_from_db()
    assert (row.state, row.paid_on, row.bank_line, refund.state) == ("paid", date(2026, 11, 5), found, "paid")
    assert BankLine.objects.get(pk=found.pk).state == "matched"


def test_money_cannot_have_arrived_before_it_was_sent(town):
    leaving(town)
    batch = send(town)
    with pytest.raises(RuleBroken, match="到账日期不能更早"):
        payouts_paid(batch.payouts.all(), paid_on=date(2026, 11, 2), by=town.reviewer)
    assert states(batch) == ["sent"] and Receipt.objects.count() == 1
