"""Money back by WeChat, once."""

from datetime import date
from io import BytesIO
from itertools import permutations

import pytest
from django.urls import reverse

from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.jobs.book import run_waiting
from afterschool.xlsx import read_xlsx
from billing.actions import draft_settlement, instruct_refunds, return_advances, settle_withdrawal
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.models import Payout, Receipt, Refund
from billing.selectors.readiness import to_pay_by_wechat, to_pay_out
from billing.selectors.sheets import refunds_xlsx
from billing.wechat.actions import refund_through_wechat
from billing.wechat.models import PaymentRefund
from billing.wechat.tasks import ask_about_the_unheard
from tests import cast
from tests.billing.conftest import NOW, OCTOBER, pay
from tests.billing.test_settlement import spend, withdraw
from tests.billing.wechat.conftest import LATER, PAID, begin, nothing_booked, payable, tell, turned_away
from tests.billing.wechat.gateway import letter


@pytest.fixture
def refund(town, gateway, phone, child, time_machine) -> Refund:
    """October was paid by WeChat and cost half: 100 yuan go back."""
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    spend(town, "100.00")
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)
    time_machine.move_to(NOW, tick=False)
    return Refund.objects.get()


def test_a_refund_goes_back_once_however_often_it_is_asked_for(town, gateway, phone, child, refund):
    backs = {refund_through_wechat(refund, now=NOW, by=town.reviewer).pk for _ in range(20)}
    assert (len(backs), len(gateway.refunds)) == (1, 1)
    back = PaymentRefund.objects.get()
    assert (back.state, back.number) == ("asked", f"{back.payment.out_trade_no}-{refund.pk}")
    refund.refresh_from_db()
    assert (refund.state, refund.payouts.count()) == ("instructed", 0)

    told, bank = gateway.told_back(back.number, "SUCCESS"), balances(town.school, LATER)["in_transit", ""].fen
    assert {tell(phone, letter("REFUND.SUCCESS", told)) for _ in range(50)} == {204}
    refund.refresh_from_db()
    assert (refund.state, refund.paid_on, payable(town, child)) == ("paid", date(2026, 11, 4), 0)
    assert balances(town.school, LATER)["in_transit", ""].fen == bank - 100_00
    assert refund_through_wechat(refund, now=NOW, by=town.reviewer).state == "paid"
    assert len(gateway.refunds) == 1


def test_a_refund_already_answered_is_paid_at_once(town, gateway, phone, child, refund):
    gateway.refunds_are = "SUCCESS"
    assert refund_through_wechat(refund, now=NOW, by=town.reviewer).state == "paid"
    assert payable(town, child) == 0


def test_a_silent_gateway_is_asked_again_under_the_same_number(town, gateway, phone, child, refund):
    gateway.is_down = True
    with pytest.raises(Exception, match="HTTP 503"):
        refund_through_wechat(refund, now=NOW, by=town.reviewer)
    ask_about_the_unheard()
    assert PaymentRefund.objects.get().state == "asked"
    gateway.is_down, gateway.refunds_are = False, "SUCCESS"
    ask_about_the_unheard()
    assert (PaymentRefund.objects.get().state, len(gateway.refunds), payable(town, child)) == ("paid", 1, 0)


def test_a_no_is_kept_with_its_reason(town, gateway, phone, child, refund):
    gateway.orders.clear()
    back = refund_through_wechat(refund, now=NOW, by=town.reviewer)
    assert (back.state, back.declined) == ("asked", "RESOURCE_NOT_EXISTS 订单不存在")


@pytest.mark.parametrize("order", sorted(set(permutations(["SUCCESS", "CLOSED", "SUCCESS", "ABNORMAL"]))))
def test_in_whatever_order_refund_news_comes_the_books_move_once(town, gateway, phone, child, refund, order):
    back = refund_through_wechat(refund, now=NOW, by=town.reviewer)
    for status in order:
        assert tell(phone, letter(f"REFUND.{status}", gateway.told_back(back.number, status))) == 204
    back.refresh_from_db()
    refund.refresh_from_db()
    first = next(status for status in order if status != "ABNORMAL")
    assert (back.state, refund.state) == (("paid", "paid") if first == "SUCCESS" else ("closed", "failed"))
    assert payable(town, child) == (0 if first == "SUCCESS" else 100_00)
    assert Deed.objects.filter(verb="contradicted").exists()
    assert is_balanced(trial_balance(town.school, LATER))


def test_what_wechat_has_closed_goes_out_another_way(town, gateway, phone, child, refund):
    back = refund_through_wechat(refund, now=NOW, by=town.reviewer)
    tell(phone, letter("REFUND.CLOSED", gateway.told_back(back.number, "CLOSED")))
    assert refund_through_wechat(refund, now=NOW, by=town.reviewer) is None
    assert (list(to_pay_by_wechat(town.month)), list(to_pay_out(town.month))) == ([], [refund])


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"amount": {"refund": 1, "total": 200_00}}, "another amount"),
        ({"mchid": "1900000999"}, "another merchant"),
        ({"out_trade_no": "another"}, "another payment"),
        ({"out_refund_no": "another"}, "of no payment or refund of ours"),
        ({"amount": {}}, "cannot be read"),
    ],
)
def test_refund_news_of_something_else_is_refused(town, gateway, phone, child, refund, other, why):
    back = refund_through_wechat(refund, now=NOW, by=town.reviewer)
    assert tell(phone, letter("REFUND.SUCCESS", gateway.told_back(back.number, "SUCCESS", **other))) == 400
    back.refresh_from_db()
    assert (back.state, turned_away()) == ("asked", [why])


def test_news_of_a_refund_before_the_payment_books_nothing(town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    number = f"{payment.out_trade_no}-1"
    gateway.refunds[number] = {"out_trade_no": payment.out_trade_no, "amount": {"refund": 100_00, "total": 200_00}}
    early = letter("REFUND.SUCCESS", gateway.told_back(number, "SUCCESS"))
    assert tell(phone, early) == 400
    assert nothing_booked(town)
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no))) == 204
    assert tell(phone, letter("REFUND.SUCCESS", gateway.told_back(number, "SUCCESS"))) == 400
    assert (Receipt.objects.count(), Refund.objects.count()) == (1, 0)


def test_the_reviewer_sends_it_back_and_the_bank_hears_nothing_of_it(town, gateway, client, child, refund):
    client.force_login(town.people["reviewer"])
    page, month = reverse("billing:refund-list", args=[town.month.pk]), town.month
    assert "1 笔从微信退回" in client.get(page).content.decode()
    assert (list(to_pay_out(month)), list(to_pay_by_wechat(month))) == ([], [refund])
    with pytest.raises(RuleBroken, match="没有待退"):
        instruct_refunds(month, now=NOW, by=town.reviewer)

    client.post(reverse("wechat:refunds-send", args=[month.pk]))
    assert run_waiting() == 1
    assert "1 笔已交微信，等到账" in client.get(page).content.decode()
    assert "学校已从微信原路退回" in read_by_the_mother(client, child)
    client.force_login(town.people["reviewer"])
    assert not Payout.objects.exists() and Refund.objects.get().state == "instructed"  # only WeChat's word counts

    [number] = gateway.refunds
    tell(client, letter("REFUND.SUCCESS", gateway.told_back(number, "SUCCESS")))
    assert Refund.objects.get().state == "paid"
    assert "已原路退回微信" in read_by_the_mother(client, child)
    assert refund.student.name not in str(read_xlsx(BytesIO(refunds_xlsx(month))))


def read_by_the_mother(client, child) -> str:
    client.force_login(child.guardianships.get().person)
    return client.get(reverse("disclosures:my-month", args=[child.pk, OCTOBER])).content.decode()


def test_more_than_a_payment_holds_goes_by_the_bank(town, gateway, phone, child, time_machine):
    """100 by WeChat, 100 by the bank: of two refunds over 100 in all only one fits the WeChat payment."""
    pay(town, child, 100)
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    [gone] = settle_withdrawal(withdraw(child, child.charges.get().days[8]), by=town.clerk)
    assert (gone.amount_fen, list(to_pay_by_wechat(town.month))) == (80_00, [gone])
    second = Refund.objects.create(
        school=town.school, fee_month=town.month, student=child, charge=gone.charge, cause="cancelled",
        amount_fen=30_00, state="payable",
    )  # fmt: skip
    refund_through_wechat(gone, now=NOW, by=town.reviewer)
    assert (list(to_pay_by_wechat(town.month)), list(to_pay_out(town.month))) == ([], [second])
    assert refund_through_wechat(second, now=NOW, by=town.reviewer) is None


def test_an_advance_that_came_by_wechat_goes_back_that_way(town, gateway, phone, child):
    """200 are paid in the browser while 150 come by the bank: the rest of the WeChat payment is an advance."""
    payment = begin(town, phone, child)
    pay(town, child, 150)
    gateway.pay(payment.out_trade_no)
    tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    [back] = return_advances(town.school, {child.pk}, on=NOW.date(), by=town.clerk)
    assert (back.amount_fen, list(to_pay_by_wechat(town.month)), list(to_pay_out(town.month))) == (150_00, [back], [])
    gateway.refunds_are = "SUCCESS"
    assert refund_through_wechat(back, now=NOW, by=town.reviewer).state == "paid"
    assert payable(town, child) == 0 and Refund.objects.get().state == "paid"


def test_money_that_came_by_the_bank_goes_back_by_the_bank(town, gateway, child):
    pay(town, child, 200)
    spend(town, "100.00")
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)
    refund = Refund.objects.get()
    assert refund_through_wechat(refund, now=NOW, by=town.reviewer) is None
    assert (Refund.objects.get().state, gateway.refunds) == ("payable", {})


def test_a_refund_the_bank_has_does_not_also_go_by_wechat(town, gateway, phone, child, refund):
    Refund.objects.update(state="instructed")
    with pytest.raises(RuleBroken, match="已送银行"):
        refund_through_wechat(refund, now=NOW, by=town.reviewer)
    assert not PaymentRefund.objects.exists()
