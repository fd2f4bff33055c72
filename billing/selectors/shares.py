"""人员和管理的比例: what the month's costs leave of the shares that the policy keeps."""

from django.db.models import QuerySet, Sum

from afterschool.money import Money, total
from afterschool.policy import expenses, load
from billing.models import Expense, FeeMonth, Fund


def shares(fee_month: FeeMonth) -> list[expenses.PoolUse]:
    """Approved costs against the month's fees, its whole income or its spending; nothing where the policy keeps none."""
    approved = fee_month.expenses.of_service().filter(state=Expense.State.APPROVED).order_by()
    spent, from_fees = _by_category(approved), _by_category(approved.filter(fund=Fund.FEES))
    fees = fee_month.charges.aggregate(fen=Sum("net_fen", default=0))["fen"]
    subsidies = fee_month.subsidies.aggregate(fen=Sum("amount_fen", default=0))["fen"]
    return expenses.pools(
        load(fee_month.policy),
        fee_month.month,
        fees=Money(fees),
        income=Money(fees + subsidies),
        spending=total(spent.values()),
        by_category=spent,
        from_fees=from_fees,
    )


def _by_category(costs: QuerySet[Expense]) -> dict[str, Money]:
    sums = costs.values("category").annotate(fen=Sum("amount_fen")).values_list("category", "fen")
    return {category: Money(fen) for category, fen in sums}
