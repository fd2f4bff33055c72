"""退汇: the bank paid it out and brings it back. It is owed again, told, and sent once more, never twice."""

from datetime import date

import pytest
from django.urls import reverse

from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from billing.actions import link_outflow, payout_failed, payouts_paid, take_back
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.ledger.selectors import vouchers
from billing.ledger.whereabouts import whereabouts
from billing.models import Payout, Refund
from billing.selectors.answers import weigh
from billing.selectors.working import waiting
from tests.billing.test_payouts import answer, leaving, send
from tests.billing.test_statements import bring, line
from tests.billing.test_working import answers

LATER = date(2026, 11, 8)


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def batch(town):
    """80 yuan to each of two mothers, and the first of them has hers."""
    leaving(town)
    leaving(town, name="周子涵")
    made = send(town)
    payouts_paid([made.payouts.get(row=1)], paid_on=date(2026, 11, 5), by=town.reviewer)
    return made


def came(town, memo="退汇 账号已销户", serial="1", yuan="80.00", payer="待处理汇款", on="2026-11-07"):
    return bring(town, line(memo, serial, in_=yuan, payer=payer, on=on))


def owed(town, refund):
    return -balances(town.school, LATER)["refund_payable", f"student:{refund.student_id}"].fen


def test_what_comes_back_is_owed_again_and_sent_once_more(town, batch):
    row = batch.payouts.get(row=1)
    refund, bank = row.refund, balances(town.school, LATER)["bank", ""].fen
    found = came(town)
    assert found.hint == "像是退汇，请核对是哪一笔退费"
    assert answers(found)[0] == (f"退汇：退给 {row.payee} 的第 1 批第 1 行", "11月5日到账的，编进下一批重办")
    take_back(found, row, by=town.clerk)

    found.refresh_from_db()
    row.refresh_from_db()
    refund.refresh_from_db()
    assert (found.state, found.hint) == ("matched", "退费第 1 批第 1 行退汇，编进下一批重办")
    assert (row.state, row.failed_reason) == ("failed", "11月5日到账，11月7日又退回：退汇 账号已销户")
    assert (refund.state, refund.paid_on, owed(town, refund)) == ("failed", None, 80_00)
    assert balances(town.school, LATER)["bank", ""].fen == bank + 80_00
    entry = vouchers(town.school).get(key=f"payout-back:{row.pk}")
    assert (entry.on, entry.memo) == (date(2026, 11, 7), f"退汇 {row.payee} 课后服务费（批次 1 第 1 行，流水 1）")
    assert is_balanced(trial_balance(town.school, LATER))
    seen = whereabouts(town.school, LATER)
    assert (seen.wrong, seen.paid_back.fen) == ([], 0)
    told = Notice.objects.get(kind="refund_returned")
    assert told.title == "退您的 80.00 元被银行退回" and "账号已销户" in told.body
    assert Deed.objects.get(verb="came_back").facts["was_paid_on"] == "2026-11-05"

    again = send(town)
    assert list(again.payouts.values_list("refund", "fen")) == [(refund.pk, 80_00)]
    payouts_paid(again.payouts.all(), paid_on=LATER, by=town.reviewer)
    refund.refresh_from_db()
    assert (refund.state, owed(town, refund)) == ("paid", 0)
    assert balances(town.school, LATER)["bank", ""].fen == bank
    assert Payout.objects.filter(refund=refund, state="paid").count() == 1


def test_it_comes_back_once_for_each_time_it_went_out(town, batch):
    row = batch.payouts.get(row=1)
    first = came(town)
    take_back(first, row, by=town.clerk)
    with pytest.raises(RuleBroken, match="已入账"):
        take_back(first, row, by=town.clerk)
    second = came(town, serial="2")
    assert answers(second) == []
    with pytest.raises(RuleBroken, match="已经退回过了"):
        take_back(second, row, by=town.clerk)
    again = send(town)
    payouts_paid(again.payouts.all(), paid_on=LATER, by=town.reviewer)
    third = came(town, serial="3", on="2026-11-08")
    take_back(third, again.payouts.get(), by=town.clerk)
    assert {refund.state for refund in Refund.objects.filter(pk=row.refund_id)} == {"failed"}
    assert whereabouts(town.school, LATER).wrong == []


@pytest.mark.parametrize(
    "other",
    [{"yuan": "79.99"}, {"on": "2026-11-04"}, {"memo": "课后服务费"}],
    ids=["another sum", "before it was paid", "no word of it"],
)
def test_another_line_is_no_return(town, batch, other):
    found = came(town, **other)
    assert not [word for word, _ in answers(found) if "退汇" in word]
    with pytest.raises(RuleBroken, match="不符"):
        take_back(found, batch.payouts.get(row=1), by=town.clerk)
    assert Refund.objects.filter(state="paid").count() == 1


def test_a_payment_that_names_a_child_and_says_it_comes_back_is_not_received(town, batch):
    row = batch.payouts.get(row=1)
    found = came(town, memo=f"退汇 {row.refund.student.name} {row.refund.student.number}")
    assert (found.state, found.school.receipts.filter(bank_line=found).exists()) == ("open", False)
    assert answers(found)[0][0].startswith(f"退汇：退给 {row.payee}")


def test_a_batch_that_left_as_one_sum_comes_back_in_part_and_nothing_is_booked_twice(town, batch):
    """The answer told it: the row was never booked as paid, so its return is not booked either."""
    sent = batch.payouts.get(row=2)
    out = bring(town, line("批量代付", "8", in_="", out="160.00", payer="", on="2026-11-05"))
    link_outflow(out, batch, by=town.clerk)
    payout_failed(sent, reason="户名不符", by=town.reviewer)
    found = came(town, memo="批量代付失败退回", serial="9")
    bank = balances(town.school, LATER)["bank", ""].fen
    it = next(one for one in waiting([found]))
    assert it.comes_back and [answer.reason for answer in it.answers[:2]] == [
        "11月5日到账的，编进下一批重办", "银行回单已经说退回，不再记账"
    ]  # fmt: skip
    take_back(found, sent, by=town.clerk)
    sent.refresh_from_db()
    assert (sent.state, sent.failed_reason) == ("failed", "户名不符")
    assert balances(town.school, LATER)["bank", ""].fen == bank
    assert not Notice.objects.filter(kind="refund_returned").exists()


def test_what_is_fetched_at_school_never_left_with_the_batch(town):
    leaving(town)
    leaving(town, ("奶奶", "", 200), name="周子涵")
    made = send(town)
    out = bring(town, line("批量代付", "8", in_="", out="80.00", payer="", on="2026-11-05"))
    link_outflow(out, made, by=town.clerk)
    payout_failed(made.payouts.get(row=1), reason="户名不符", by=town.reviewer)
    [it] = waiting([came(town, memo="批量代付失败退回", serial="9")])
    assert [answer.reason for answer in it.answers] == ["银行回单已经说退回，不再记账"]


def test_an_answer_that_comes_after_is_weighed_against_what_happened(town, batch):
    [said] = weigh(answer(town, batch, "序号,金额,处理结果,失败原因\n1,80.00,失败,账号已销户\n"))
    assert said.verdict == "against" and "在银行流水里登记退汇" in said.say
    take_back(came(town), batch.payouts.get(row=1), by=town.clerk)
    [said] = weigh(answer(town, batch, "序号,金额,处理结果,失败原因\n1,80.00,失败,账号已销户\n"))
    assert said.verdict == "known"


def test_the_clerk_names_whose_it_was(client, town, batch):
    payouts_paid([batch.payouts.get(row=2)], paid_on=date(2026, 11, 5), by=town.reviewer)
    found, row = came(town), batch.payouts.get(row=2)
    client.force_login(town.people["clerk"])
    url = reverse("billing:line-back", args=[found.pk])
    assert "有 0 笔" in client.post(url, {"payee": "某人"}, follow=True).content.decode()
    assert "记为退汇" in client.post(url, {"payee": row.refund.student.name}, follow=True).content.decode()
    row.refresh_from_db()
    assert (row.state, row.back_line) == ("failed", found)
