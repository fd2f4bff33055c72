"""What finance sees of a month's meals: each meal's arithmetic, each child's line, what is still to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from afterschool.money import ZERO, Money, total
from billing.models import Expense, FeeMonth, Meal, MealCharge, Payout, Refund

from .months import OfMeal, is_settled, meals_of, to_charge
from .purse import eaters_after, purses
from .readiness import missing_for_settlement


@dataclass(frozen=True)
class Row:
    """A child's meal of the month, and how the child's purse stands: with the charges up to this month, and in all."""

    charge: MealCharge
    by_then: Money
    purse: Money

    @property
    def owed(self) -> Money:
        return max(ZERO, -self.by_then)

    @property
    def stored(self) -> Money:
        return max(ZERO, self.purse)


@dataclass(frozen=True)
class Overview:
    meals: list[OfMeal]
    rows: list[Row]
    invoices: list[Expense]
    fresh: int  # orders not charged yet
    missing: list[str]
    is_settled: bool
    left: Money  # where nobody ate: what children who eat no more have in store
    refunds: int
    refunded: Money

    @property
    def charged(self) -> Money:
        return total(one.charged for one in self.meals)

    @property
    def owed(self) -> Money:
        return total({row.charge.student_id: row.owed for row in self.rows}.values())


def overview(fee_month: FeeMonth, today: date) -> Overview:
    meals = meals_of(fee_month)
    charges = [charge for one in meals for charge in one.charges]
    eaters = {charge.student_id for charge in charges}
    by_then, held = purses(eaters, until=fee_month.month), purses(eaters)
    refunds = Refund.objects.filter(fee_month=fee_month, cause=Refund.Cause.MEAL)
    fens = list(refunds.values_list("amount_fen", flat=True))
    settled = is_settled(fee_month)
    invoices = fee_month.expenses.of_meals().select_related("meal", "entered_by", "approved_by").defer("voucher")
    return Overview(
        meals=meals,
        rows=[
            Row(charge, by_then.get(charge.student_id, ZERO), held.get(charge.student_id, ZERO)) for charge in charges
        ],
        invoices=list(invoices),
        fresh=len(to_charge(fee_month)) if fee_month.is_open else 0,
        missing=[] if settled or not fee_month.is_open else missing_for_settlement(fee_month, today),
        is_settled=settled,
        left=ZERO if meals or not fee_month.is_open else _left(fee_month),
        refunds=len(fens),
        refunded=Money(sum(fens)),
    )


def _left(fee_month: FeeMonth) -> Money:
    stay = eaters_after(fee_month.school_id, fee_month.last_on)
    held = purses(school=fee_month.school_id, until=fee_month.month)
    return total(money for child, money in held.items() if child not in stay and money > ZERO)


@dataclass(frozen=True)
class Progress:
    """How far the month's meals are, in a word: "done", "missing", or "" for later."""

    word: str
    state: str = ""


def progress(fee_month: FeeMonth) -> Progress | None:
    """None where the school collects for no meal."""
    if is_settled(fee_month):
        return Progress("已经结清", "done")
    charged = fee_month.meal_charges.values("student").distinct().count()
    fresh = len(to_charge(fee_month)) if fee_month.is_open else 0
    if fresh:
        return Progress(f"{fresh} 份餐费待生成", "missing")
    if charged:
        return Progress(f"{charged} 人订餐，月底结清")
    return Progress("没有订餐") if Meal.objects.published().filter(school=fee_month.school_id).exists() else None


@dataclass(frozen=True)
class FamilyMeals:
    """One child's meals of one month, as the family reads them."""

    fee_month: FeeMonth
    charges: list[MealCharge]
    refunds: list[Refund]

    @property
    def charged(self) -> Money:
        return total(Money(charge.net_fen) for charge in self.charges)

    @property
    def cost(self) -> Money:
        return total(Money(charge.cost_fen) for charge in self.charges)

    @property
    def given_back(self) -> Money:
        return self.charged - self.cost

    @property
    def is_settled(self) -> bool:
        return bool(self.fee_month.meal_settlements.all())


def family_months(student_id: int, *, month: date | None = None) -> Iterator[FamilyMeals]:
    """The newest first, or one month alone."""
    charges = MealCharge.objects.filter(student=student_id).select_related("meal")
    refunds = Refund.objects.filter(student=student_id, cause=Refund.Cause.MEAL).select_related("payment_refund")
    refunds = refunds.prefetch_related(Prefetch("payouts", Payout.objects.standing()))
    only = {"month": month} if month else {}
    months = FeeMonth.objects.filter(meal_charges__student=student_id, **only).distinct().order_by("-month")
    for fee_month in months.prefetch_related("meal_settlements"):
        own = [charge for charge in charges if charge.fee_month_id == fee_month.pk]
        yield FamilyMeals(fee_month, own, [refund for refund in refunds if refund.fee_month_id == fee_month.pk])
