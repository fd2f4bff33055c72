"""What the month's meals lack before they can be settled, and the month before it can be locked."""

from datetime import date

from afterschool.money import ZERO
from billing.models import Expense, FeeMonth, MealCharge

from .months import is_settled, meals_of, to_charge


def missing_for_settlement(fee_month: FeeMonth, today: date) -> list[str]:
    """Nothing is settled before the month is over, everybody charged and every supplier's bill approved."""
    if is_settled(fee_month):
        return ["本月的代收餐费已经结清"]
    missing = []
    if today <= fee_month.last_on:
        missing.append(f"{fee_month}还没有过完")
    if fresh := len(to_charge(fee_month)):
        missing.append(f"{fresh} 份订餐还没有生成餐费")
    if waiting := fee_month.expenses.filter(meal__isnull=False, state=Expense.State.ENTERED).count():
        missing.append(f"{waiting} 张供餐单位的结算单等待审批")
    billed = [one.meal.name for one in meals_of(fee_month) if one.eaten > ZERO and not one.cost]
    if billed:
        missing.append(f"{'、'.join(billed)}还没有供餐单位的结算单")
    return missing + _earlier(fee_month)


def _earlier(fee_month: FeeMonth) -> list[str]:
    before = MealCharge.objects.filter(
        school=fee_month.school_id, fee_month__month__lt=fee_month.month, fee_month__meal_settlements=None
    )
    first = before.order_by("fee_month__month").select_related("fee_month").first()
    return [f"请先结清{first.fee_month}的代收餐费"] if first else []


def missing_for_lock(fee_month: FeeMonth) -> list[str]:
    """A month with meals is locked once they are settled."""
    if is_settled(fee_month):
        return []
    if fee_month.meal_charges.exists() or fee_month.expenses.of_meals().exists():
        return ["代收餐费还没有结清"]
    return [f"{fresh} 份订餐还没有生成餐费"] if (fresh := len(to_charge(fee_month))) else []
