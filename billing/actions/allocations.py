"""Which receipt pays which charge: the oldest due first, what is over stays prepaid (L7)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import F

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.money import ZERO, Money, total
from afterschool.schools.models import School
from billing import accounts
from billing.ledger.posting import Voucher, post_many
from billing.models import Allocation, Charge, Receipt

from .till import book_day


@dataclass(slots=True)
class Debt:
    """A charge that is not paid in full, and how far it is."""

    charge_id: int
    paid_fen: int
    owed_fen: int


class Part(NamedTuple):
    """So much of a receipt pays this charge."""

    debt: Debt
    fen: int


def debts_by_student(school: School, students: Collection[int]) -> dict[int, list[Debt]]:
    """What these children still owe, the oldest first."""
    owed = F("net_fen") - F("paid_fen") - F("remitted_fen")
    rows = Charge.objects.filter(school=school, student__among=students).annotate(owed=owed).filter(owed__gt=0)
    debts = defaultdict(list)
    in_turn = rows.order_by("fee_month__month", "agreement__number", "pk")
    for student_id, *facts in in_turn.values_list("student_id", "pk", "paid_fen", "owed"):
        debts[student_id].append(Debt(*facts))
    return debts


def allocate(left_fen: int, debts: Iterable[Debt]) -> list[Part]:
    """Pay what is owed out of what is left; the debts know at once, in memory, what is paid."""
    parts = []
    for debt in debts:
        fen = min(left_fen, debt.owed_fen)
        if fen > 0:
            debt.paid_fen += fen
            debt.owed_fen -= fen
            left_fen -= fen
            parts.append(Part(debt, fen))
    return parts


def save_allocations(school: School, made: Collection[tuple[Receipt, Part]]) -> None:
    """No receipt here has paid its charge before."""
    sets.change(Charge, "paid_fen", {part.debt.charge_id: part.debt.paid_fen for _, part in made}.items())
    rows = [(receipt.pk, part.debt.charge_id, part.fen) for receipt, part in made]
    sets.pour(Allocation(school=school), "receipt_id charge_id fen", rows)


def apply_prepayments(school: School, students: Collection[int], *, on: date, by: Actor) -> Money:
    """Use what these children have paid in advance for what they owe now. The school's till is held."""
    receipts = list(Receipt.objects.in_advance().filter(school=school, student__among=students))
    debts = debts_by_student(school, {receipt.student_id for receipt in receipts})
    made = [(receipt, part) for receipt in receipts for part in allocate(receipt.rest_fen, debts[receipt.student_id])]
    if not made:
        return ZERO
    before = _grow(made)
    save_allocations(school, [(receipt, part) for receipt, part in made if _pair(receipt, part) not in before])
    day = book_day(school, on)
    vouchers = [
        Voucher(
            day,
            _key(receipt, part, before),
            f"预收款抵应收（收据 {receipt.number} 号）",
            [(accounts.prepaid(receipt.student_id), accounts.receivable(receipt.student_id), Money(part.fen))],
        )
        for receipt, part in made
    ]
    post_many(school, vouchers, by=by)
    return total(Money(part.fen) for _, part in made)


def _pair(receipt: Receipt, part: Part) -> tuple[int, int]:
    return receipt.pk, part.debt.charge_id


def _grow(made: Collection[tuple[Receipt, Part]]) -> dict[tuple[int, int], int]:
    """A charge that another receipt paid is owed again once that one is void: what has paid of it before pays more.
    Returns what those paid so far."""
    rows = Allocation.objects.filter(
        receipt__in={receipt.pk for receipt, _ in made}, charge__in={part.debt.charge_id for _, part in made}
    )
    known = {(row.receipt_id, row.charge_id): row for row in rows}
    more = [(known[_pair(*one)], one[1]) for one in made if _pair(*one) in known]
    sets.change(Allocation, "fen", ((row.pk, row.fen + part.fen) for row, part in more))
    sets.change(Charge, "paid_fen", {part.debt.charge_id: part.debt.paid_fen for _, part in more}.items())
    return {pair: row.fen for pair, row in known.items()}


def _key(receipt: Receipt, part: Part, before: Mapping[tuple[int, int], int]) -> str:
    """Each time under a key of its own."""
    so_far = before.get(_pair(receipt, part))
    return f"apply:{receipt.pk}:{part.debt.charge_id}" + (f":{so_far}" if so_far else "")
