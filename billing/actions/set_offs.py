"""抵下期: where the policy says so, a refund becomes an advance for the next charge."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing import accounts
from billing.ledger.posting import Voucher, post_many
from billing.models import FeeMonth, Refund, SetOff
from billing.selectors.payouts import parts_of
from billing.selectors.readiness import to_set_off

from .allocations import apply_prepayments
from .telling import tell_families
from .till import book_day, hold


@transaction.atomic
def set_off_refunds(fee_month: FeeMonth, *, now: datetime, by: Actor) -> list[Refund]:
    """Each payer has a part of it in advance, and what is owed already is paid by it. A second time finds nothing."""
    school = hold(fee_month.school)
    refunds = list(to_set_off(fee_month).order_by("pk"))
    if not refunds:
        raise RuleBroken("没有要抵下期的退费")
    day = book_day(school, timezone.localdate(now))
    rows = ((part.refund.pk, part.receipt, part.fen) for part in parts_of(refunds))
    sets.pour(SetOff(school=school), "refund_id receipt_id fen", rows)
    sets.change(Refund, "state", ((refund.pk, Refund.State.SET_OFF) for refund in refunds))
    post_many(school, [_voucher(fee_month, refund, day) for refund in refunds], by=by)
    apply_prepayments(school, {refund.student_id for refund in refunds}, on=day, by=by)
    record(by, "set_off", fee_month, refunds=len(refunds), fen=sum(refund.amount_fen for refund in refunds))
    tell_families([refund.pk for refund in refunds])
    return refunds


def _voucher(fee_month: FeeMonth, refund: Refund, on: date) -> Voucher:
    student = refund.student_id
    moves = [(accounts.refund_payable(student), accounts.prepaid(student), Money(refund.amount_fen))]
    return Voucher(on, f"set-off:{refund.pk}", f"{fee_month}{refund.get_cause_display()}抵下期", moves)
