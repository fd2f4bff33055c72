"""What families have paid for meals, what of it is eaten, and whose it is to have back."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from django.db.models import F, Q, QuerySet, Sum

from afterschool.errors import RuleBroken
from afterschool.money import ZERO, Money
from afterschool.schools.models import School, Student
from billing.models import Fund, MealCharge, MealConsent, Receipt, Refund


def purses(
    students: Collection[int] | None = None, *, school: int | None = None, until: date = date.max
) -> dict[int, Money]:
    """By child: paid, less what went back and what was charged up to this month. Below zero it is owed."""
    whose = Q(student__in=students) if students is not None else Q(school=school)
    net = F("net_fen") - F("back_fen") - F("share_fen")
    rows = (
        (1, Receipt.objects.standing().filter(whose, fund=Fund.MEAL), F("amount_fen")),
        (-1, Refund.objects.filter(whose, cause=Refund.Cause.MEAL), F("amount_fen")),
        (-1, MealCharge.objects.filter(whose, fee_month__month__lte=until), net),
    )
    held: defaultdict[int, int] = defaultdict(int)
    for sign, papers, fen in rows:
        for student, sum_ in papers.order_by().values_list("student").annotate(sum=Sum(fen)):
            held[student] += sign * int(sum_)
    return {student: Money(fen) for student, fen in held.items() if fen}


def receipts_of(student_id: int) -> QuerySet[Receipt]:
    return Receipt.objects.standing().filter(student=student_id, fund=Fund.MEAL).order_by("-number")


def purse(student_id: int) -> Money:
    return purses([student_id]).get(student_id, ZERO)


def require_order(student: Student) -> None:
    """Nobody pays for a meal that was never ordered."""
    if not MealConsent.objects.filter(student=student).exists():
        raise RuleBroken(f"{student.name}没有订餐，不能记为餐费", field="fund")


def eaters_of(school: School) -> set[int]:
    """The children for whom a meal was ever ordered."""
    return set(MealConsent.objects.filter(school=school).values_list("student", flat=True))


def eaters_after(school_id: int, day: date) -> set[int]:
    """The children for whom a meal is ordered beyond that day."""
    goes_on = MealConsent.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=day), Q(meal__ended_on=None) | Q(meal__ended_on__gt=day),
        Q(student__left_on=None) | Q(student__left_on__gt=day), school=school_id,
    )  # fmt: skip
    return set(goes_on.values_list("student", flat=True))


def payers_of(due: Mapping[int, Money]) -> Iterator[tuple[Receipt, Money]]:
    """To whom goes back what each child is due: the last who paid first, to each no more than is left of what he paid
    (L12)."""
    given, left = Sum("refunds__amount_fen", filter=Q(refunds__cause=Refund.Cause.MEAL), default=0), dict(due)
    came = Receipt.objects.standing().filter(student__in=due, fund=Fund.MEAL).annotate(given=given)
    for receipt in came.order_by("student_id", "-on", "-number"):
        if part := min(left[receipt.student_id], Money(receipt.amount_fen - receipt.given)):
            left[receipt.student_id] -= part
            yield receipt, part
