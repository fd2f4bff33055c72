"""Which receipt pays which charge: the oldest due first, what is over stays prepaid (L7)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from afterschool.access.reach import Actor
from afterschool.money import ZERO, Money, total
from afterschool.schools.models import School
from billing import accounts
from billing.ledger.posting import Voucher, post_many
from billing.models import Allocation, Charge, Receipt

from .till import book_day


def dues_by_student(school: School, students: Collection[int]) -> dict[int, list[Charge]]:
    """The charges these children still owe on, oldest first."""
    open_ones = Charge.objects.filter(
        school=school, student__in=students, net_fen__gt=F("paid_fen") + F("remitted_fen")
    ).order_by("fee_month__month", "agreement__number", "pk")
    dues = defaultdict(list)
    for charge in open_ones:
        dues[charge.student_id].append(charge)
    return dues


def allocate(receipt: Receipt, left: Money, dues: Iterable[Charge]) -> list[Allocation]:
    """Pay what is owed out of `left`; the charges know at once, in memory, what is paid."""
    made = []
    for charge in dues:
        part = min(left.fen, charge.owed_fen)
        if part > 0:
            charge.paid_fen += part
            left -= Money(part)
            made.append(Allocation(school_id=receipt.school_id, receipt=receipt, charge=charge, fen=part))
    return made


def save_allocations(made: Collection[Allocation]) -> None:
    Charge.objects.bulk_update({one.charge for one in made}, ["paid_fen"], batch_size=1000)
    Allocation.objects.bulk_create(made, batch_size=2000)


def apply_prepayments(school: School, students: Collection[int], *, on: date, by: Actor) -> Money:
    """Use what these children have paid in advance for what they owe now. The school's till is held."""
    dues = dues_by_student(school, students)
    made: list[Allocation] = []
    for receipt in _with_rest(school, dues):
        made += allocate(receipt, Money(receipt.amount_fen - receipt.used_fen), dues[receipt.student_id])
    if not made:
        return ZERO
    save_allocations(made)
    day = book_day(school, on)
    vouchers = [
        Voucher(
            day,
            f"apply:{one.receipt_id}:{one.charge_id}",
            f"预收款抵应收（收据 {one.receipt.number} 号）",
            [(accounts.prepaid(one.receipt.student_id), accounts.receivable(one.receipt.student_id), Money(one.fen))],
        )
        for one in made
    ]
    post_many(school, vouchers, by=by)
    return total(Money(one.fen) for one in made)


def _with_rest(school: School, students: Collection[int]):
    used = Coalesce(Sum("allocations__fen"), 0)
    receipts = Receipt.objects.filter(school=school, student__in=students).annotate(used_fen=used)
    return receipts.filter(amount_fen__gt=F("used_fen")).order_by("on", "number")
