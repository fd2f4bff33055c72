"""A month's meals: what is to be charged, what each took in and cost, and what goes back to whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from afterschool.money import ZERO, Money, total
from billing.models import Expense, FeeMonth, Meal, MealCharge, MealConsent

from .eaten import calendar_of, days_ordered, not_eaten


@dataclass(frozen=True)
class OfMeal:
    """One meal of the month, with its charges as they stand or as the month's end will leave them."""

    meal: Meal
    charges: Sequence[MealCharge]
    cost: Money

    def _sum(self, column: str) -> Money:
        return total(Money(getattr(charge, column)) for charge in self.charges)

    @property
    def charged(self) -> Money:
        return self._sum("net_fen")

    @property
    def back(self) -> Money:
        return self._sum("back_fen")

    @property
    def shared(self) -> Money:
        return self._sum("share_fen")

    @property
    def heads(self) -> int:
        return len({charge.student_id for charge in self.charges})

    @property
    def portions(self) -> int:
        return sum(len(charge.days) - len(charge.back) for charge in self.charges)

    @property
    def eaten(self) -> Money:
        """What the meals that were eaten cost at the published price."""
        return self.charged - self.back

    @property
    def borne(self) -> Money:
        return max(ZERO, self.cost - self.eaten)


def to_charge(fee_month: FeeMonth) -> list[tuple[MealConsent, list[date]]]:
    """Consents that reach into the month and are not charged in it yet, each with its days."""
    fresh = MealConsent.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=fee_month.month), school=fee_month.school_id, began_on__lte=fee_month.last_on
    ).exclude(charges__fee_month=fee_month)
    consents = list(fresh.select_related("meal", "student", "agreed_by").order_by("meal", "student__number", "pk"))
    calendar = calendar_of(fee_month) if consents else []
    ordered = ((consent, days_ordered(consent, calendar)) for consent in consents)
    return [(consent, days) for consent, days in ordered if days]


def meals_of(fee_month: FeeMonth) -> list[OfMeal]:
    """As the books have it; before the month's end is settled, as it would be settled now."""
    charges = list(
        fee_month.meal_charges.select_related("meal", "consent__meal", "consent__student", "student__school_class")
        .order_by("meal__name", "meal", "student__number", "pk")
    )  # fmt: skip
    costs = _costs(fee_month)
    is_open = not is_settled(fee_month)
    gone = not_eaten(fee_month, charges) if is_open else {}
    by_meal: dict[Meal, list[MealCharge]] = defaultdict(list)
    for charge in charges:
        if is_open:
            charge.back = gone[charge.pk]
            charge.back_fen = charge.price_fen * len(charge.back)
        by_meal[charge.meal].append(charge)
    for meal in Meal.objects.filter(pk__in=costs).exclude(pk__in=[meal.pk for meal in by_meal]):
        by_meal[meal] = []
    found = [OfMeal(meal, own, costs.get(meal.pk, ZERO)) for meal, own in by_meal.items()]
    if is_open:
        for one in found:
            _share(one)
    return found


def _share(one: OfMeal) -> None:
    """What was not spent goes back by what each really ate: to the fen, and to nobody more than he is charged."""
    left, eaten = one.eaten - one.cost, [charge.net_fen - charge.back_fen for charge in one.charges]
    if left > ZERO:
        for charge, share in zip(one.charges, left.split(eaten), strict=True):
            charge.share_fen = share.fen


def _costs(fee_month: FeeMonth) -> dict[int, Money]:
    """By meal, what its supplier has billed and another person has approved."""
    approved = fee_month.expenses.filter(meal__isnull=False, state=Expense.State.APPROVED).order_by()
    return {meal: Money(fen) for meal, fen in approved.values_list("meal").annotate(fen=Sum("amount_fen"))}


def is_settled(fee_month: FeeMonth) -> bool:
    return fee_month.meal_settlements.exists()
