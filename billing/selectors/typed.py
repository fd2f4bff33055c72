"""One payment told twice: typed by hand, and by the bank's statement."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q

from afterschool.money import Money
from afterschool.schools.models import Student
from billing.models import BankLine, Receipt

DAYS_APART = 3  # between the day a clerk wrote down and the bank's


def is_perhaps(line: BankLine, receipt: Receipt) -> bool:
    """May both say the same payment?"""
    same = (receipt.school_id, receipt.amount_fen) == (line.school_id, line.in_fen)
    return (
        same and receipt.bank_line_id is None and receipt.voided_at is None and _days_apart(line, receipt) <= DAYS_APART
    )


def typed_for(lines: Iterable[BankLine]) -> dict[str, list[Receipt]]:
    """By serial number: receipts of the child a line suggests that may be this very payment, the nearest day first."""
    lines = [line for line in lines if line.suggested_id]
    receipts = Receipt.objects.standing().filter(bank_line=None, student__among={line.suggested_id for line in lines})
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


def known_as(student: Student, *, on: date, amount: Money, payer: str, key: str) -> str:
    """What may be this very payment, before a clerk types it; empty where nothing is like it."""
    days = (on - timedelta(days=DAYS_APART), on + timedelta(days=DAYS_APART))
    receipts = Receipt.objects.standing().filter(student=student, amount_fen=amount.fen, on__range=days)
    if receipt := receipts.exclude(key=key).first():
        return f"{receipt.on:%-m月%-d日}已有 {student.name} 的收据 {receipt.number} 号，也是 {amount} 元"
    lines = BankLine.objects.filter(
        Q(suggested=student) | Q(payer=payer),
        school=student.school_id, state=BankLine.State.OPEN, in_fen=amount.fen, on__range=days,
    )  # fmt: skip
    if line := lines.first():
        return f"银行流水里 {line.on:%-m月%-d日} {line.payer} 的 {amount} 元还待核对，可能就是这一笔，请到流水里入账"
    return ""


def _days_apart(line: BankLine, receipt: Receipt) -> int:
    return abs((receipt.on - line.on).days)
