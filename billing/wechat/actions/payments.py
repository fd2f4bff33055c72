"""Payments: announced once, booked once, asked about when nothing is heard."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing.actions import receive
from billing.actions.till import hold
from billing.models import Receipt

from .. import gateway
from ..callbacks import Refused
from ..gateway import Declined, Unanswered
from ..merchants import Merchant, merchant_named
from ..models import Payment
from ..selectors import Due, owed_by
from ..states import PAYMENTS

State = Payment.State
# Codes of a query whose payment was never announced.
NEVER_HEARD_OF = {"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"}


@transaction.atomic
def make_payment(due: Due, *, key: str, now: datetime, by: Actor) -> Payment:
    """Write down what will be paid. The same key again returns the first payment."""
    school = hold(due.fee_month.school)
    if first := Payment.objects.filter(school=school, key=key).first():
        if (first.student_id, first.fee_month_id) != (due.student.pk, due.fee_month.pk):
            raise RuleBroken("这张表已经用过，请重新打开账单")
        return first
    owed = owed_by(due.student, due.fee_month)
    if not owed:
        raise RuleBroken("这个月的费用已经交清，不用再付")
    payment = Payment.objects.create(
        school=school,
        student=due.student,
        fee_month=due.fee_month,
        mchid=due.merchant.mchid,
        out_trade_no=f"{timezone.localdate(now):%Y%m%d}{secrets.token_hex(12)}",
        fen=owed.fen,
        key=key,
        made_by_id=by.signer,
        made_at=now,
    )
    record(by, "made", payment, student=due.student.name, fen=payment.fen)
    return payment


def ask_prepay(payment: Payment, *, code: str) -> None:
    """Announce it at the gateway, outside every transaction: an answer may take seconds."""
    merchant = merchant_of_payment(payment)
    if payment.prepay_id or payment.state != State.MADE:
        return
    try:
        openid = gateway.openid_of(merchant, code)
        until = timezone.localtime(payment.open_until)
        prepay_id = gateway.prepay(merchant, payment, openid=openid, notify_url=notify_url(merchant), until=until)
    except Unanswered as silence:
        raise RuleBroken("微信支付暂时没有应答，没有扣款。请过一会儿回账单再付") from silence
    except Declined as no:
        raise RuleBroken(f"微信支付没有受理，没有扣款：{no}") from no
    Payment.objects.filter(pk=payment.pk).update(prepay_id=prepay_id)


@transaction.atomic
def payment_told(payment: Payment, told: dict, *, by: Actor) -> Payment:
    """Take what WeChat Pay says of a payment, by call-back or when asked. Money that came makes exactly one receipt."""
    hold(payment.school)
    payment = Payment.objects.select_related("school", "student", "made_by").get(pk=payment.pk)
    _agrees(payment, told)
    state = PAYMENTS.get((payment.state, told["trade_state"]))
    if state is None:
        return payment
    if state == State.PAID:
        payment.transaction_id = told["transaction_id"]
        payment.receipt = _book(payment, told, by)
    record(by, f"found_{state}", payment, fen=payment.fen, was=payment.state, transaction_id=payment.transaction_id)
    payment.state = state
    payment.save(update_fields=["state", "transaction_id", "receipt"])
    return payment


def _agrees(payment: Payment, told: dict) -> None:
    """What is told must be about this payment, to the fen."""
    merchant = merchant_of_payment(payment)
    if (told.get("mchid"), told.get("appid")) != (merchant.mchid, merchant.appid):
        raise Refused(400, "another merchant")
    if "amount" in told and (told["amount"].get("total"), told["amount"].get("currency")) != (payment.fen, "CNY"):
        raise Refused(400, "another amount")
    if told["trade_state"] == "SUCCESS" and not ("amount" in told and told.get("transaction_id")):
        raise Refused(400, "a payment without amount or number")
    if payment.transaction_id and told.get("transaction_id") not in (None, payment.transaction_id):
        raise Refused(400, "another transaction of a payment that was paid")


def _book(payment: Payment, told: dict, by: Actor) -> Receipt:
    at = parse_datetime(told.get("success_time", "")) or timezone.now()
    return receive(
        payment.school,
        payment.student,
        on=timezone.localdate(at),
        amount=Money(payment.fen),
        payer=payment.made_by.name,
        method=Receipt.Method.WECHAT,
        key=f"wechat:{payment.out_trade_no}",
        by=by,
    )


def look_after_payment(payment: Payment, *, now: datetime, by: Actor) -> Payment:
    """Ask what became of it; one that nobody can pay any more is closed. Without an answer all stays as it is."""
    merchant = merchant_of_payment(payment)
    try:
        told = gateway.order(merchant, payment)
        if told["trade_state"] == "NOTPAY" and now > payment.open_until:
            gateway.close(merchant, payment)
            told["trade_state"] = "CLOSED"
    except Declined as no:
        if no.code not in NEVER_HEARD_OF or now <= payment.open_until:
            return payment
        told = {"mchid": merchant.mchid, "appid": merchant.appid, "trade_state": "CLOSED"}
    return payment_told(payment, told, by=by)


def merchant_of_payment(payment: Payment) -> Merchant:
    if merchant := merchant_named(payment.mchid):
        return merchant
    raise RuleBroken(f"商户 {payment.mchid} 的微信支付设置不见了，请告诉系统管理员")


def notify_url(merchant: Merchant) -> str:
    return settings.SITE_URL.rstrip("/") + reverse("wechat:call-back", args=[merchant.mchid])
