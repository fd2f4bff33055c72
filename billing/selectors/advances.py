"""What families have paid in advance, and whose it is to have back."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, Sum

from afterschool.money import Money
from afterschool.schools.models import School, Student
from billing.models import Charge, Payout, Receipt, Refund
from enrollment.models import Agreement


@dataclass(frozen=True)
class Advance:
    """What is held in advance for one child; `stays` while the child is under an agreement."""

    student: Student
    held: Money
    stays: bool


def advances_of(students: Collection[int]) -> dict[int, Money]:
    """By child, where anything is held."""
    return _by_child(Receipt.objects.filter(student__in=students))


def _by_child(receipts) -> dict[int, Money]:
    held = receipts.in_advance().order_by().values_list("student").annotate(fen=Sum("rest_fen"))
    return {pk: Money(int(fen)) for pk, fen in held}


def advances_back_of(students: Collection[int]) -> dict[int, list[Refund]]:
    """By child: what of it goes back, with the rows that carry it, the newest first."""
    found: dict[int, list[Refund]] = defaultdict(list)
    back = Refund.objects.filter(student__in=students, cause=Refund.Cause.PREPAID).order_by("-pk")
    for refund in back.select_related("payment_refund").prefetch_related(
        Prefetch("payouts", Payout.objects.standing())
    ):
        found[refund.student_id].append(refund)
    return found


def advances(school: School, day: date) -> list[Advance]:
    """Of the whole school; first those who take part no more."""
    held = _by_child(Receipt.objects.filter(school=school))
    rows = Student.objects.filter(pk__in=held).select_related("school_class").annotate(stays=takes_part(day))
    in_turn = rows.order_by("stays", "school_class__grade", "school_class__number", "sort_key", "pk")
    return [Advance(student, held[student.pk], student.stays) for student in in_turn]


def takes_part(day: date, *, without: int = 0) -> Exists:
    """Whether a child is under an agreement on the day or from a later one; but for one that is about to end."""
    signed = Agreement.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=day), student=OuterRef("pk"), school_signed_at__isnull=False,
        term__ended_on__gte=day, student__left_on=None,
    )  # fmt: skip
    return Exists(signed.exclude(pk=without))


def nothing_follows(agreement: Agreement, last_on: date, charges: Iterable[Charge]) -> bool:
    """Whether nothing will be charged for this child any more, once it has left on that day: these charges reach
    beyond it, and no other agreement goes on."""
    if last_on > max(charge.fee_month.last_on for charge in charges):
        return False
    after = takes_part(last_on + timedelta(days=1), without=agreement.pk)
    return not Student.objects.filter(after, pk=agreement.student_id).exists()
