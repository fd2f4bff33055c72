"""Refunds of money that came by WeChat: the same way back, under a number that never changes."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing import accounts
from billing.actions.telling import tell_families
from billing.actions.till import book_day, hold
from billing.ledger.posting import post
from billing.models import Refund

from .. import gateway
from ..callbacks import Refused
from ..gateway import Declined
from ..models import PaymentRefund
from ..selectors import payment_behind
from ..states import CONTRADICTIONS, REFUNDS
from .payments import merchant_of_payment, notify_url

State = PaymentRefund.State


def refund_through_wechat(refund: Refund, *, now: datetime, by: Actor) -> PaymentRefund | None:
    """Give this refund back where it came from; None where it did not come by WeChat, or WeChat has closed it.

    Again and again it is one refund: its row and its number are made before anybody is asked.
    """
    back = _written_down(refund, now, by)
    if back is None or back.state == State.CLOSED:
        return None
    return back if back.state == State.PAID else ask(back, by=by)


@transaction.atomic
def _written_down(refund: Refund, now: datetime, by: Actor) -> PaymentRefund | None:
    hold(refund.school)
    refund = Refund.objects.select_related("school", "student").get(pk=refund.pk)
    if first := PaymentRefund.objects.filter(refund=refund).first():
        return first
    if refund.state not in {Refund.State.PAYABLE, Refund.State.FAILED}:
        raise RuleBroken(f"{refund.student.name}的退费{refund.get_state_display()}，不能再从微信退")
    payment = payment_behind(refund)
    if payment is None:
        return None
    Refund.objects.filter(pk=refund.pk).update(state=Refund.State.INSTRUCTED)
    back = PaymentRefund.objects.create(
        school=refund.school,
        payment=payment,
        refund=refund,
        number=f"{payment.out_trade_no}-{refund.pk}",
        asked_at=now,
    )
    record(by, "instructed", back, fen=refund.amount_fen, number=back.number)
    return back


def ask(back: PaymentRefund, *, by: Actor) -> PaymentRefund:
    """Ask the gateway, outside every transaction. A no leaves it waiting, with the reason, and is asked again."""
    merchant = merchant_of_payment(back.payment)
    try:
        told = gateway.refund(merchant, back, notify_url=notify_url(merchant))
    except Declined as no:
        PaymentRefund.objects.filter(pk=back.pk).update(declined=f"{no.code} {no}"[:200])
        back.refresh_from_db()
        return back
    return refund_told(back, {**told, "mchid": merchant.mchid}, by=by)


@transaction.atomic
def refund_told(back: PaymentRefund, told: dict, *, by: Actor) -> PaymentRefund:
    """Take what WeChat Pay says of a refund: paid it is booked once, closed it goes out another way."""
    hold(back.school)
    told_of = ("school", "payment__made_by", "refund__student", "refund__fee_month")
    back = PaymentRefund.objects.select_related(*told_of).get(pk=back.pk)
    _agrees(back, told)
    said = told.get("refund_status") or told["status"]
    if (back.state, said) in CONTRADICTIONS:
        record(by, "contradicted", back, was=back.state, said=said)
    state = REFUNDS.get((back.state, said))
    if state is None:
        return back
    if state == State.PAID:
        at = parse_datetime(told.get("success_time") or "") or timezone.now()
        _book(back, timezone.localdate(at), by)
    elif state == State.CLOSED:
        Refund.objects.filter(pk=back.refund_id).update(state=Refund.State.FAILED)
    record(by, f"found_{state}", back, fen=back.refund.amount_fen, was=back.state)
    back.state, back.declined = state, ""
    back.save(update_fields=["state", "declined"])
    return back


def _book(back: PaymentRefund, paid_on: date, by: Actor) -> None:
    refund = back.refund
    memo = f"退 {back.payment.made_by.name} {refund.get_cause_display()}（微信）"
    moves = [(accounts.refund_payable(refund.student_id), accounts.IN_TRANSIT, Money(refund.amount_fen))]
    post(back.school, moves, on=book_day(back.school, paid_on), memo=memo, key=f"refund-paid:{refund.pk}", by=by)
    Refund.objects.filter(pk=refund.pk).update(state=Refund.State.PAID, paid_on=paid_on)
    tell_families([refund.pk])


def _agrees(back: PaymentRefund, told: dict) -> None:
    if told.get("mchid") != back.payment.mchid:
        raise Refused(400, "another merchant")
    if told.get("out_trade_no") != back.payment.out_trade_no:
        raise Refused(400, "another payment")
    if told["amount"]["refund"] != back.refund.amount_fen:
        raise Refused(400, "another amount")
