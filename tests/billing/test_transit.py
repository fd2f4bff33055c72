"""What WeChat pays out of what families paid, and what it keeps: bank and book agree, and no family bears a fen of it."""

from datetime import date

import pytest
from django.urls import reverse

from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing.actions import (
    charge_month,
    draft_settlement,
    match_line,
    pay_wechat_fee,
    receive,
    settle_transit,
    undo_transit,
)
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.ledger.models import Entry
from billing.ledger.saying import tell_accounts
from billing.ledger.selectors import accounts as named
from billing.ledger.whereabouts import whereabouts
from billing.models import BankLine, Settlement
from billing.selectors.working import waiting
from tests import cast
from tests.billing.conftest import NOW, family
from tests.billing.test_statements import bring, line
from tests.billing.test_working import answers, out

END = date(2026, 10, 31)


def wechat(town, child, yuan, on):
    day = date(2026, 10, on)
    receive(
        town.school, child, on=day, amount=Money.parse(yuan), payer="妈妈", method="wechat", key=f"{child.pk}-{on}",
        by=town.clerk,
    )  # fmt: skip


def wechats(yuan, serial, on):
    return line("微信支付结算款", serial, in_=yuan, payer="财付通支付科技有限公司", on=on)


def settled(town, yuan, on, serial="1"):
    return bring(town, wechats(yuan, serial, f"2026-10-{on}"))


def stood(town):
    found = balances(town.school, END)
    kinds = ("bank", ""), ("in_transit", ""), ("deficit", "2026-10:wechat_fee")
    return [found[kind].fen if kind in found else 0 for kind in kinds]


def test_what_wechat_settles_was_received_already(town):
    wechat(town, family(town), "200", 10)
    assert stood(town) == [0, 200_00, 0]
    found = settled(town, "200.00", 12)
    assert answers(found)[0] == ("微信支付结算到账，不是新的缴费", "10月10日家长付的 200.00 元")
    settle_transit(found, by=town.clerk)
    assert stood(town) == [200_00, 0, 0]
    assert found.school.receipts.count() == 1 and BankLine.objects.get().state == "matched"
    more = settled(town, "0.01", 12, "2")
    assert answers(more) == []
    with pytest.raises(RuleBroken, match="只有 0"):
        settle_transit(more, by=town.clerk)


def test_what_wechat_keeps_is_the_schools_and_no_familys(town):
    first, second = family(town), family(town, "周子涵")
    charge_month(town.month, by=town.clerk)
    wechat(town, first, "200", 10)
    wechat(town, second, "200", 11)
    found = settled(town, "397.60", 12)
    assert answers(found)[0] == (
        "微信支付结算到账，扣了手续费 2.40 元，由学校承担", "10月10日至10月11日家长付的 400.00 元"
    )  # fmt: skip
    settle_transit(found, fee=Money(2_40), by=town.clerk)
    assert stood(town) == [397_60, 0, 2_40]
    assert is_balanced(trial_balance(town.school, END))
    seen = whereabouts(town.school, END)
    assert ("学校承担", -2_40) in [(one.word, one.amount.fen) for one in seen.held]
    assert (seen.bank.fen, seen.wrong) == (397_60, [])
    accounts = list(named(town.school, "deficit"))
    tell_accounts(town.school, accounts)
    assert [one.said for one in accounts] == ["2026年10月 · 微信支付手续费"]
    # The month is settled as if WeChat had kept nothing: all goes back that was not spent.
    draft_settlement(town.month, by=town.clerk)
    assert Settlement.objects.get().groups[0]["refund_fen"] == 400_00


def test_a_settlement_taken_by_mistake_is_undone_in_ink_and_done_anew(client, town):
    wechat(town, family(town), "200", 10)
    found = settled(town, "100.00", 12)  # it was a family's transfer
    settle_transit(found, fee=Money(1_00), by=town.clerk)
    client.force_login(town.people["clerk"])
    page = reverse("billing:statement-detail", args=[found.statement_id])
    undo = reverse("billing:line-reopen", args=[found.pk])
    assert undo in client.get(page).content.decode()
    assert "重新待核对" in client.post(undo, follow=True).content.decode()
    found.refresh_from_db()
    assert (found.state, stood(town)) == ("open", [0, 200_00, 0])
    assert "没有记成微信结算" in client.post(undo, follow=True).content.decode()
    settle_transit(found, by=town.clerk)  # the same line again is another voucher, and can be undone again
    assert stood(town) == [100_00, 100_00, 0]
    undo_transit(found, by=town.clerk)
    assert stood(town) == [0, 200_00, 0]
    keys = list(Entry.objects.filter(key__contains="transit").order_by("place").values_list("key", flat=True))
    assert keys == ["transit:1", "undo:transit:1", "transit:1#2", "undo:transit:1#2"]
    fee = out(town, "1.20", "微信支付手续费", "财付通", "2")
    pay_wechat_fee(fee, by=town.clerk)
    undo_transit(fee, by=town.clerk)
    assert stood(town) == [0, 200_00, 0]


def test_what_is_undone_after_the_lock_is_reversed_in_the_open_month(town):
    charge_month(town.month, by=town.clerk)
    wechat(town, family(town), "200", 10)
    found = settled(town, "200.00", 12)
    settle_transit(found, by=town.clerk)
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)
    undo_transit(found, by=town.clerk)
    assert stood(town)[0] == 200_00 and balances(town.school, date(2026, 11, 30))["bank", ""].fen == 0


def test_a_receipts_line_is_not_undone_as_wechats(town):
    found = settled(town, "200.00", 12)
    match_line(found, family(town), by=town.clerk)
    with pytest.raises(RuleBroken, match="没有记成微信结算"):
        undo_transit(found, by=town.clerk)


def test_each_day_is_offered_in_its_turn_before_any_is_answered(town):
    child = family(town)
    for day in (10, 12, 13):
        wechat(town, child, "100", day)
    one, two = settled(town, "99.40", 11, "1"), settled(town, "198.80", 14, "2")
    offered = {it.line: it.answers[0].reason for it in waiting([two, one])}
    assert offered == {one: "10月10日家长付的 100.00 元", two: "10月12日至10月13日家长付的 200.00 元"}
    settle_transit(one, fee=Money(60), by=town.clerk)
    assert answers(two)[0] == (
        "微信支付结算到账，扣了手续费 1.20 元，由学校承担",
        "10月12日至10月13日家长付的 200.00 元",
    )


def test_a_line_that_comes_late_finds_no_more_than_is_left(town):
    """November's line took all; October's found 200.00 that had been settled, and WeChat owed the school 200.00 less."""
    wechat(town, family(town), "200", 10)
    settle_transit(bring(town, wechats("200.00", "1", "2026-11-02")), by=town.clerk)
    late = bring(town, wechats("200.00", "2", "2026-10-31"))
    with pytest.raises(RuleBroken, match="只有 0"):
        settle_transit(late, by=town.clerk)
    pay_wechat_fee(out(town, "2.00", "微信支付手续费", "财付通", "3", "2026-11-03"), by=town.clerk)
    with pytest.raises(RuleBroken, match="手续费 0"):
        pay_wechat_fee(out(town, "2.00", "微信支付手续费", "财付通", "4", "2026-10-31"), by=town.clerk)


def test_a_line_of_a_locked_month_finds_what_is_there_when_it_is_booked(town):
    """It stands in the open month, where the payment stands too: it was refused for ever."""
    charge_month(town.month, by=town.clerk)
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)
    wechat(town, family(town), "200", 10)  # told by WeChat on 10 October, heard after the lock
    settle_transit(bring(town, wechats("200.00", "1", "2026-10-31")), by=town.clerk)
    assert balances(town.school, date(2026, 11, 30))["bank", ""].fen == 200_00


@pytest.mark.parametrize(
    "yuan, fee, say", [("198.00", 2_01, "只有 200"), ("97.00", 3_00, "百分之"), ("100.00", -1, "不是微信结算")]
)
def test_nothing_hides_behind_a_fee(town, yuan, fee, say):
    wechat(town, family(town), "200", 10)
    found = settled(town, yuan, 12)
    with pytest.raises(RuleBroken, match=say):
        settle_transit(found, fee=Money(fee), by=town.clerk)
    assert stood(town) == [0, 200_00, 0]


def test_a_fee_taken_apart_is_the_schools_too_and_not_more_than_wechat_ever_asks(town):
    wechat(town, family(town), "200", 10)
    dear = out(town, "2.01", "微信支付手续费", "财付通支付科技有限公司", "1")
    with pytest.raises(RuleBroken, match=r"至多还能收手续费 2\.00 元"):
        pay_wechat_fee(dear, by=town.clerk)
    found = out(town, "1.20", "微信支付手续费", "财付通支付科技有限公司", "2")
    assert answers(found)[0][0] == "微信支付的手续费，由学校承担"
    pay_wechat_fee(found, by=town.clerk)
    assert stood(town) == [-1_20, 200_00, 1_20]
    again = out(town, "1.20", "微信支付手续费", "财付通支付科技有限公司", "3")
    with pytest.raises(RuleBroken, match=r"至多还能收手续费 0\.80 元"):
        pay_wechat_fee(again, by=town.clerk)


def test_a_fee_of_a_month_without_payments_leaves_less_room_too(town):
    wechat(town, family(town), "200", 10)
    for serial, on in (("1", "2026-11-02"), ("2", "2026-12-02")):
        found = out(town, "1.20", "微信支付手续费", "财付通支付科技有限公司", serial, on)
        if serial == "1":
            pay_wechat_fee(found, by=town.clerk)
    with pytest.raises(RuleBroken, match=r"至多还能收手续费 0\.80 元"):
        pay_wechat_fee(found, by=town.clerk)


def test_the_clerk_types_a_fee_or_takes_the_one_offered(client, town):
    wechat(town, family(town), "200", 10)
    found = settled(town, "198.80", 12)
    client.force_login(town.people["clerk"])
    page = client.get(reverse("billing:statement-detail", args=[found.statement_id])).content.decode()
    assert 'name="fee" value="1.20"' in page and "微信扣的手续费" in page
    url = reverse("billing:line-transit", args=[found.pk])
    refused = client.post(url, {"fee": "多少"}, follow=True).content.decode()
    assert "手续费请填金额" in refused and stood(town)[0] == 0
    assert "记为微信支付结算到账" in client.post(url, {"fee": "1.20"}, follow=True).content.decode()
    assert stood(town) == [198_80, 0, 1_20]
