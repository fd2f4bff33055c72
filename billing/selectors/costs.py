"""The month's costs as finance reads them: by fund, each with its category's name, and what one may do with it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor
from afterschool.policy import expenses, load
from billing.ledger.posting import entry_of
from billing.models import Expense, FeeMonth, Fund

SPENT_HERE = (Fund.FEES, Fund.SUBSIDY)  # what is collected for meals pays their suppliers alone


@dataclass(frozen=True)
class CostRow:
    expense: Expense
    label: str
    may_review: bool
    may_attach: bool


@dataclass(frozen=True)
class FundRows:
    label: str
    rows: list[CostRow]
    approved_fen: int


def category_labels(fee_month: FeeMonth) -> dict[str, str]:
    """How the policy of the month names each category."""
    policy = load(fee_month.policy)
    rules = (rule for fund in Fund for rule in expenses.categories(policy, fee_month.month, fund.in_policy))
    return {rule.key: rule.label for rule in rules}


def expense_rows(fee_month: FeeMonth, actor: Actor) -> list[FundRows]:
    labels = category_labels(fee_month)
    others = Expense.objects.filter(school=fee_month.school_id).exclude(pk=OuterRef("pk"))
    twins = others.on_voucher(OuterRef("voucher_number"), OuterRef("payee"), OuterRef("amount_fen"))
    costs = (
        fee_month.expenses.annotate(shares_voucher=Exists(twins))
        .select_related("entered_by", "approved_by")
        .defer("voucher")
        .order_by("on", "pk")
    )
    reviews = actor.may(Capability.REVIEW_BOOKS) and fee_month.is_open
    keeps = actor.may(Capability.KEEP_BOOKS) and fee_month.is_open
    by_fund: dict[str, list[CostRow]] = {fund.value: [] for fund in Fund}
    for cost in costs:
        waiting = cost.state == Expense.State.ENTERED
        by_fund[cost.fund].append(
            CostRow(
                cost,
                labels.get(cost.category, cost.category),
                may_review=reviews and waiting and cost.entered_by_id != actor.person_id,
                may_attach=keeps and not cost.voucher_type and cost.sheet_id is None,
            )
        )
    return [FundRows(Fund(fund).label, rows, _approved(rows)) for fund, rows in by_fund.items() if rows]


def stipends_paid_key(fee_month: FeeMonth) -> str:
    """The voucher that says the bank has paid the sheet out."""
    return f"stipends-paid:{fee_month.month:%Y-%m}"


def stipends_to_pay(fee_month: FeeMonth) -> Expense | None:
    """The month's stipends, as long as they are booked and not yet paid out."""
    booked = fee_month.expenses.exclude(sheet=None).defer("voucher").first()
    return booked if booked and entry_of(fee_month.school, stipends_paid_key(fee_month)) is None else None


def _approved(rows: list[CostRow]) -> int:
    return sum(row.expense.amount_fen for row in rows if row.expense.state == Expense.State.APPROVED)
