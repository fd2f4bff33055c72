"""The gateway's news: forged, repeated, late, out of order; each booked once."""

from datetime import timedelta
from itertools import permutations

import pytest

from billing.actions import settle_withdrawal
from billing.ledger.balances import balances
from billing.models import Charge, Receipt
from billing.wechat.actions import refund_through_wechat, take
from billing.wechat.models import Payment, PaymentRefund
from billing.wechat.signing import Forged, sign, unseal, verify
from billing.wechat.states import PAYMENTS, REFUNDS
from tests.billing.conftest import NOW
from tests.billing.test_posting import at_once
from tests.billing.test_settlement import withdraw
from tests.billing.wechat.conftest import LATER, PAID, TODAY, begin, nothing_booked, payable, tell, turned_away
from tests.billing.wechat.gateway import key_of, letter


def test_fifty_times_the_same_news_is_one_receipt(town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    told = gateway.told(payment.out_trade_no)
    same = letter(PAID, told)
    assert {tell(phone, same) for _ in range(25)} | {tell(phone, letter(PAID, told)) for _ in range(25)} == {204}
    assert Receipt.objects.count() == 1
    assert balances(town.school, LATER)["in_transit", ""].fen == 200_00


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_twenty_at_once_are_one_receipt_and_one_refund(transactional_db, town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    told = gateway.told(payment.out_trade_no)
    assert at_once(20, lambda n: take(PAID, told)) == []
    assert (Receipt.objects.count(), Charge.objects.get().paid_fen) == (1, 200_00)

    gateway.refunds_are = "SUCCESS"
    gone = withdraw(child, Charge.objects.get().days[8])
    [refund] = settle_withdrawal(gone, by=town.clerk)
    assert at_once(20, lambda n: refund_through_wechat(refund, now=NOW, by=town.reviewer)) == []
    assert (len(gateway.refunds), PaymentRefund.objects.get().state, payable(town, child)) == (1, "paid", 0)


def test_forged_news_is_refused_and_written_down(town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    told = gateway.told(payment.out_trade_no)
    good = letter(PAID, told)
    other_words = {**good, "data": good["data"].replace("TRANSACTION", "transaction")}
    forgeries = [
        letter(PAID, told, key="forger"),
        letter(PAID, told, v3_key="f" * 32),
        letter(PAID, told, serial="ANOTHER"),
        letter(PAID, told, signature=""),
        letter(PAID, told, nonce="another"),
        other_words,
        {**good, "headers": {}},
    ]
    assert [tell(phone, forgery) for forgery in forgeries] == [401] * len(forgeries)
    assert nothing_booked(town)
    assert set(turned_away()) == {"the signature does not fit", "the seal does not open", "signed with another key"}


def test_a_flood_of_forgeries_is_one_line_of_ink(town, gateway, phone, child):
    assert {tell(phone, letter(PAID, {}, key="forger")) for _ in range(50)} == {401}
    assert len(turned_away()) == 1


@pytest.mark.parametrize(("minutes", "answer"), [(-6, 401), (-4, 204), (4, 204), (6, 401)])
def test_news_is_good_for_five_minutes(town, gateway, phone, child, minutes, answer):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    at = TODAY + timedelta(minutes=minutes)
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no), at=at)) == answer
    assert Receipt.objects.count() == (1 if answer == 204 else 0)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"amount": {"total": 1, "currency": "CNY"}}, "another amount"),
        ({"amount": {"total": 200_00, "currency": "USD"}}, "another amount"),
        ({"amount": None}, "cannot be read"),
        ({"mchid": "1900000999"}, "another merchant"),
        ({"appid": "wx0"}, "another merchant"),
        ({"out_trade_no": "nobody"}, "of no payment or refund of ours"),
        ({"transaction_id": ""}, "a payment without amount or number"),
    ],
)
def test_news_of_something_else_is_refused(town, gateway, phone, child, other, why):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no, **other))) == 400
    assert nothing_booked(town)
    assert turned_away() == [why]


def test_a_second_story_about_a_paid_payment_is_refused(town, gateway, phone, child):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    for other in ({"transaction_id": "4200099"}, {"amount": {"total": 400_00, "currency": "CNY"}}):
        assert tell(phone, letter(PAID, gateway.told(payment.out_trade_no, **other))) == 400
    assert Receipt.objects.get().amount_fen == 200_00
    assert len(turned_away()) == 2


def test_what_is_paid_twice_is_prepaid(town, gateway, phone, child):
    for key in ("father", "mother"):
        begin(town, phone, child, key=key)
    for payment in Payment.objects.all():
        gateway.pay(payment.out_trade_no)
        tell(phone, letter(PAID, gateway.told(payment.out_trade_no)))
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2]
    assert balances(town.school, LATER)["prepaid", f"student:{child.pk}"].fen == -200_00


@pytest.mark.parametrize("order", sorted(set(permutations(["SUCCESS", "CLOSED", "SUCCESS", "PAYERROR"]))))
def test_in_whatever_order_the_news_comes_the_money_is_booked_once(town, gateway, phone, child, order):
    payment = begin(town, phone, child)
    gateway.pay(payment.out_trade_no)
    told = gateway.told(payment.out_trade_no)
    for state in order:
        said = told if state == "SUCCESS" else {name: told[name] for name in ("mchid", "appid", "out_trade_no")}
        assert tell(phone, letter(PAID, {**said, "trade_state": state})) == 204
    payment.refresh_from_db()
    assert (payment.state, Receipt.objects.count()) == ("paid", 1)


def test_nothing_leaves_the_last_states():
    assert not [step for step in PAYMENTS if step[0] == Payment.State.PAID]
    assert not [step for step in REFUNDS if step[0] in {PaymentRefund.State.PAID, PaymentRefund.State.CLOSED}]


def test_signatures_hold_for_just_these_lines():
    key = key_of("merchant")
    signed = sign(key, "POST", "/v3/pay", "body")
    verify(key.public_key(), signed, "POST", "/v3/pay", "body")
    for other in (("POST", "/v3/pay", "Body"), ("POST", "/v3/pay"), ("GET", "/v3/pay", "body")):
        with pytest.raises(Forged):
            verify(key.public_key(), signed, *other)


@pytest.mark.parametrize(
    "resource", [{}, {"algorithm": "none"}, {"algorithm": "AEAD_AES_256_GCM", "ciphertext": "", "nonce": "1"}]
)
def test_a_broken_seal_is_a_forgery(resource):
    with pytest.raises(Forged):
        unseal(b"0" * 32, resource)
