"""预收款退回: what a receipt holds in advance goes back to its payer."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.policy.verdict import Step
from afterschool.schools.models import School, Student
from afterschool.schools.why import sentences
from billing import accounts
from billing.ledger.posting import Voucher, post_many
from billing.models import FeeMonth, Receipt, Refund
from enrollment.actions.guardians import require_guardian, require_unbarred

from .allocations import apply_prepayments
from .till import book_day, hold


@transaction.atomic
def return_advances(school: School, students: Collection[int], *, on: date, by: Actor) -> list[Refund]:
    """Make all that these children's receipts hold in advance payable. A second time finds nothing left."""
    school = hold(school)
    # What is owed comes first: only what nobody asks for goes back.
    apply_prepayments(school, students, on=on, by=by)
    receipts = list(Receipt.objects.in_advance().filter(school=school, student__in=students))
    if not receipts:
        return []
    fee_month = FeeMonth.objects.filter(school=school, state=FeeMonth.State.OPEN).order_by("month").first()
    if fee_month is None:
        raise RuleBroken("请先开启这个月的账，再退预收款")
    before = Counter(Refund.objects.filter(receipt__in=receipts).values_list("receipt", flat=True))
    like = Refund(
        school=school, fee_month=fee_month, cause=Refund.Cause.PREPAID, state=Refund.State.PAYABLE, cites=[]
    )  # fmt: skip
    rows = [(one.student_id, one.pk, before[one.pk] + 1, one.rest_fen, _steps(one)) for one in receipts]
    made = sets.write(like, "student_id receipt_id round amount_fen steps", rows)
    day = book_day(school, on)
    post_many(school, [_voucher(one, pk, day) for one, pk in zip(receipts, made, strict=True)], by=by)
    record(
        by, "returned_advances", fee_month, receipts=[one.number for one in receipts], fen=sum(row[3] for row in rows)
    )
    return list(Refund.objects.filter(pk__in=made).order_by("pk"))


def _steps(receipt: Receipt) -> list[str]:
    came, rest = Money(receipt.amount_fen), Money(receipt.rest_fen)
    got = Step(f"{receipt.on:%-m月%-d日}收到（收据 {receipt.number} 号）", amount=came)
    return sentences([got, Step("抵了应交的，剩下的退给您", f"{came} − {came - rest}", rest)])


def _voucher(receipt: Receipt, refund_id: int, on: date) -> Voucher:
    student = receipt.student_id
    moves = [(accounts.prepaid(student), accounts.refund_payable(student), Money(receipt.rest_fen))]
    return Voucher(on, f"advance-back:{refund_id}", f"应退预收款（收据 {receipt.number} 号）", moves)


def ask_advance_back(student: Student, *, now: datetime, by: Actor) -> list[Refund]:
    """The guardian wishes it back; it goes to whoever paid it."""
    require_guardian(student, by)
    require_unbarred(student, timezone.localdate(now), by)
    made = return_advances(student.school, {student.pk}, on=timezone.localdate(now), by=by)
    if not made:
        raise RuleBroken("没有多交的钱可退")
    return made
