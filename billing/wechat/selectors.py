"""What can be paid by WeChat, and what can go back that way."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Exists, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from afterschool.access.reach import Reach
from afterschool.money import Money, total
from afterschool.schools.models import Student
from billing.models import Allocation, Charge, FeeMonth, Payout, Refund, SetOff

from .gateway import box
from .merchants import Merchant, merchant_named, merchant_of, merchants
from .models import Payment, PaymentRefund

ASK_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Due:
    """What a child still owes for a month, and who takes it."""

    student: Student
    fee_month: FeeMonth
    merchant: Merchant
    owed: Money


def due_of(student: Student, fee_month: FeeMonth) -> Due | None:
    """None where nobody takes WeChat money for this school."""
    merchant = merchant_of(fee_month.school)
    return Due(student, fee_month, merchant, owed_by(student, fee_month)) if merchant else None


def due_within(reach: Reach, student_id: int, fee_month_id: int) -> Due | None:
    charges = Charge.objects.within(reach).filter(student=student_id, fee_month=fee_month_id)
    charge = charges.select_related("student__school_class", "fee_month__school").first()
    return due_of(charge.student, charge.fee_month) if charge else None


def owed_by(student: Student, fee_month: FeeMonth) -> Money:
    return total(Money(charge.owed_fen) for charge in Charge.objects.filter(student=student, fee_month=fee_month))


def box_of(payment: Payment, now: datetime) -> str | None:
    """What opens the password box on the phone, while the payment can still be paid."""
    merchant = merchant_named(payment.mchid)
    if not merchant or not payment.prepay_id or payment.state != Payment.State.MADE or now >= payment.open_until:
        return None
    return json.dumps(box(merchant, payment.prepay_id))


def unheard(now: datetime):
    """Payments of which WeChat Pay has told nothing for too long."""
    return Payment.objects.filter(state=Payment.State.MADE, made_at__lt=now - ASK_AFTER)


def unanswered():
    """Refunds that are asked for again, under the same number."""
    return PaymentRefund.objects.filter(state__in=[PaymentRefund.State.ASKED, PaymentRefund.State.STUCK])


def payment_behind(refund: Refund) -> Payment | None:
    """The newest WeChat payment that paid as much of what goes back, and has not given it back."""
    if refund.payouts.exists():
        return None
    paid = Payment.objects.filter(mchid__in=merchants()).order_by("-receipt__number")
    if refund.receipt_id:
        return paid.filter(receipt=refund.receipt_id).first()
    whole = _with_rest().filter(charge=refund.charge_id, rest__gte=refund.amount_fen)
    return paid.filter(receipt__in=whole.values("receipt")).first()


def by_wechat(refunds):
    """Of these, what can go back the way it came; what WeChat has closed goes by the bank."""
    of_a_charge = Exists(_with_rest().filter(charge=OuterRef("charge"), rest__gte=OuterRef("amount_fen")))
    of_a_receipt = Exists(Payment.objects.filter(mchid__in=merchants(), receipt=OuterRef("receipt")))
    return refunds.filter(of_a_charge | of_a_receipt, payment_refund=None, payouts=None)


def on_wechat(refunds):
    """Of these, what WeChat Pay gives or gave back."""
    return refunds.filter(payment_refund__isnull=False).exclude(payment_refund__state=PaymentRefund.State.CLOSED)


def _with_rest():
    """What WeChat payments paid of which charge, with the rest that was not given back to their payer in any way."""
    back = PaymentRefund.objects.filter(refund__charge=OuterRef("charge"), payment__receipt=OuterRef("receipt"))
    sent = Payout.objects.standing().filter(refund__charge=OuterRef("charge"), receipt=OuterRef("receipt"))
    kept = SetOff.objects.filter(refund__charge=OuterRef("charge"), receipt=OuterRef("receipt"))
    given = (
        _sum(kept, "fen")
        + _sum(back.exclude(state=PaymentRefund.State.CLOSED), "refund__amount_fen")
        + _sum(sent, "fen")
    )
    paid = Allocation.objects.filter(receipt__payment__mchid__in=merchants())
    return paid.annotate(rest=F("fen") - given)


def _sum(rows, column: str):
    summed = rows.order_by().values("school").annotate(fen=Sum(column)).values("fen")
    return Coalesce(Subquery(summed, output_field=BigIntegerField()), 0)
