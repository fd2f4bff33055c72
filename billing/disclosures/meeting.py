"""Whether the sheet's sums meet: among themselves, and with the ledger."""

from datetime import date

from django.db.models import Sum

from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing import accounts
from billing.ledger.balances import balances
from billing.ledger.posting import Kind
from billing.models import Adjustment, Charge, Expense, FeeMonth, Fund
from billing.selectors.corrections import Since
from billing.selectors.subsidies import to_spend, unused
from billing.selectors.terms import Together, accrued


def refuse_unequal(
    fee_month: FeeMonth, charges: list[Charge], sums: dict[str, int], since: Since, term: Together | None
) -> None:
    """What is left is exactly the subsidies not yet spent and what waits to be given back since a correction, and papers
    and ledger tell the same of the month."""
    left = subsidy_left(fee_month, "lte") + since.less_fen + (term.carried_out.fen if term else 0)
    held = balances(fee_month.school, date.max)
    month = fee_month.month
    in_ledger = sum(
        fen.fen
        for (kind, subject), fen in held.items()
        if kind in {Kind.STIPEND_EXPENSE, Kind.OTHER_EXPENSE} and subject.startswith(f"{month:%Y-%m}:")
    )
    kept = sum(held[ref].fen for ref in (accounts.fee_income(month), accounts.waiver(month)) if ref in held)
    borne = since.borne_fen - since.less_fen + (_moved(term) if term else 0)
    net = sum(charge.net_fen + charge.subsidised_fen for charge in charges) - unused(fee_month).fen
    for what, one, other in (
        ("结余与未用完的财政补助", sums["balance"], left),
        ("支出与账簿", sums["expense"], in_ledger),
        ("收费减退费与账簿", net + borne - sums["refund"], -kept),
    ):
        if one != other:
            raise RuleBroken(
                f"{fee_month}的公示对不上：{what}相差 {Money(one - other).display()} 元"
                f"（{Money(one).display()} 与 {Money(other).display()}），请财务复核查明后再编制"
            )


def _moved(term: Together) -> int:
    """What the end of the term brought into its last month's books, and took out of the earlier ones'."""
    if term.is_last:
        return term.carried_in.fen
    return -accrued(term.fee_month).fen if term.is_settled else 0


def subsidy_left(fee_month: FeeMonth, until: str) -> int:
    """Subsidies received less what was spent of them, in the months before ("lt") or up to this one ("lte")."""
    when = {"school": fee_month.school_id, f"fee_month__month__{until}": fee_month.month}
    spent = Expense.objects.filter(**when, state=Expense.State.APPROVED, fund=Fund.SUBSIDY)
    mended = Adjustment.objects.approved().filter(**when, fund=Fund.SUBSIDY)
    months = FeeMonth.objects.filter(school=fee_month.school_id, **{f"month__{until}": fee_month.month})
    return to_spend(months).fen - _sum(spent) - sum(one.signed_fen for one in mended)


def _sum(rows) -> int:
    return rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0
