"""Receipts that were typed by hand before the bank's statement came in."""

from collections import defaultdict
from collections.abc import Iterable

from billing.models import BankLine, Receipt

DAYS_APART = 3  # between the day a clerk wrote down and the bank's


def is_perhaps(line: BankLine, receipt: Receipt) -> bool:
    """May both say the same payment?"""
    same = (receipt.school_id, receipt.amount_fen) == (line.school_id, line.in_fen)
    return same and receipt.bank_line_id is None and _days_apart(line, receipt) <= DAYS_APART


def typed_for(lines: Iterable[BankLine]) -> dict[str, list[Receipt]]:
    """By serial number: receipts of the child a line suggests that may be this very payment, the nearest day first."""
    lines = [line for line in lines if line.suggested_id]
    receipts = Receipt.objects.filter(bank_line=None, student__in={line.suggested_id for line in lines})
    of_child: defaultdict[int | None, list[Receipt]] = defaultdict(list)
    for receipt in receipts.order_by("number"):
        of_child[receipt.student_id].append(receipt)
    return {
        line.serial: sorted(
            (receipt for receipt in of_child[line.suggested_id] if is_perhaps(line, receipt)),
            key=lambda receipt: _days_apart(line, receipt),
        )
        for line in lines
    }


def _days_apart(line: BankLine, receipt: Receipt) -> int:
    return abs((receipt.on - line.on).days)
