"""作废: a receipt that should not stand. Its number stays with the reason, and everything it did is taken back (L22)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from billing.ledger.posting import entries_under, entry_of, reverse
from billing.models import Allocation, BankLine, Charge, Payout, Receipt, Refund

from .allocations import apply_prepayments
from .till import book_day, hold


@transaction.atomic
def void_receipt(receipt: Receipt, *, reason: str, now: datetime, by: Actor) -> Receipt:
    """Take a receipt back within its open month: what it paid is owed again, its bank line waits again."""
    school = hold(receipt.school)
    receipt = Receipt.objects.select_related("student", "bank_line").get(pk=receipt.pk)
    if not reason.strip():
        raise RuleBroken("请写明作废的原因", field="reason")
    _refuse_standing(receipt, by)
    vouchers = [entry_of(school, f"receipt:{receipt.key}"), *entries_under(school, f"apply:{receipt.pk}")]
    entries = [entry for entry in vouchers if entry]
    _refuse_locked(receipt, [entry.on for entry in entries])
    for entry in entries:
        memo = f"作废收据 {receipt.number} 号：{reason.strip()}"[:200]
        reverse(entry, on=entry.on, memo=memo, key=f"void:{entry.key}", by=by)
    _release(receipt)
    line, receipt.bank_line = receipt.bank_line, None
    if line:
        line.state, line.hint = BankLine.State.OPEN, f"收据 {receipt.number} 号已作废，请重新核对"
        line.save(update_fields=["state", "hint"])
    receipt.voided_at, receipt.voided_by_id, receipt.void_reason = now, by.person_id, reason.strip()[:200]
    receipt.save(update_fields=["bank_line", "voided_at", "voided_by", "void_reason"])
    apply_prepayments(school, {receipt.student_id}, on=receipt.on, by=by)
    facts = {"number": receipt.number, "amount_fen": receipt.amount_fen, "serial": line.serial if line else ""}
    record(by, "voided", receipt, reason=receipt.void_reason, **facts)
    return receipt


def _refuse_standing(receipt: Receipt, by: Actor) -> None:
    if receipt.voided_at:
        raise RuleBroken(f"收据 {receipt.number} 号已经作废")
    if receipt.method == Receipt.Method.WECHAT:
        raise RuleBroken("微信支付的收款以微信支付的通知为准，不能作废；要退的请办退费")
    if receipt.entered_by_id == by.person_id:
        raise RuleBroken("自己登记的收款要由另一个人作废")
    rests = Q(receipt=receipt) | Q(charge__allocations__receipt=receipt) & ~Q(state=Refund.State.DRAFT)
    if Refund.objects.filter(rests).exists() or Payout.objects.filter(receipt=receipt).exists():
        raise RuleBroken("这笔收款已经有退费，不能作废")


def _refuse_locked(receipt: Receipt, days: Iterable[date]) -> None:
    for day in days:
        if book_day(receipt.school, day) != day:
            raise RuleBroken(f"{day:%Y年%-m月}已经锁定，收据 {receipt.number} 号不能作废；多收的请办退费")


def _release(receipt: Receipt) -> None:
    parts = Allocation.objects.filter(receipt=receipt).select_related("charge")
    sets.change(Charge, "paid_fen", [(part.charge_id, part.charge.paid_fen - part.fen) for part in parts])
    parts.delete()
