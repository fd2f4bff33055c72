"""银行存款余额调节表: the bank's balance and the book's, and every difference between them by name."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing.models import FeeMonth, Reconciliation
from billing.selectors.reconciling import Item, in_book, unexplained

from .till import hold_month


@transaction.atomic
def reconcile(fee_month: FeeMonth, *, bank: Money, items: Sequence[Item], now: datetime, by: Actor) -> Reconciliation:
    """Both sides, each with what only the other has booked, must come to the same."""
    fee_month = hold_month(fee_month)
    if timezone.localdate(now) <= fee_month.last_on:
        raise RuleBroken(f"{fee_month}还没有过完，月末余额还不知道")
    book = in_book(fee_month)
    if rest := unexplained(bank, book, items):
        raise RuleBroken(
            f"调节后银行对账单比账面{'多' if rest > Money(0) else '少'} {Money(abs(rest.fen))} 元，还要写明",
            field="bank",
        )
    made, _ = Reconciliation.objects.update_or_create(
        fee_month=fee_month,
        defaults={
            "school": fee_month.school,
            "bank_fen": bank.fen,
            "book_fen": book.fen,
            "items": [item.kept() for item in items],
            "made_by_id": by.person_id,
            "made_at": now,
        },
    )
    record(by, "reconciled", made, bank_fen=bank.fen, book_fen=book.fen, items=len(items))
    return made
