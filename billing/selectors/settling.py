"""What a month comes to, grade by grade: gathered from the papers, worked out by the policy's one function."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from afterschool.money import ZERO, Money, total
from afterschool.policy import settlement
from afterschool.policy.verdict import Step
from afterschool.schools.why import clauses, sentences
from billing.models import Charge, Expense, FeeMonth, Fund, Refund
from billing.offset import Return
from billing.selectors.returns import returns
from billing.tariffs import law_of

WHOLE_SCHOOL = 0  # the group where nobody is charged


@dataclass(frozen=True)
class Figures:
    """`returns` are what the lock will give back, each charge's in order: cause by cause, the surplus last."""

    groups: list[dict]
    returns: list[Return]

    def refunds(self) -> dict[tuple[int, str], int]:
        """Fen to be paid out, by charge and cause."""
        return {(one.charge.pk, one.cause): one.refund.fen for one in self.returns if one.refund}


def figures(fee_month: FeeMonth) -> Figures:
    """Settle as things stand now. Before the lock only withdrawals have been refunded or remitted; whatever else is
    not served or was waived late goes back first, and the surplus is of the rest."""
    charges = list(
        fee_month.charges.select_related("agreement", "student").order_by("agreement__number", "item_id", "pk")
    )
    law = law_of(fee_month)
    before = returns(fee_month, charges)
    borne = {charge.pk: Money(charge.net_fen - charge.refunded_fen - charge.remitted_fen) for charge in charges}
    for one in before:
        borne[one.charge.pk] -= one.amount
    by_grade: dict[int, list[Charge]] = defaultdict(list)
    for charge in charges:
        by_grade[charge.grade].append(charge)
    direct, shared = costs(fee_month)
    grades = sorted(by_grade.keys() | direct.keys()) or [WHOLE_SCHOOL]
    shared_by_grade = _share_costs(shared, grades, by_grade)

    groups = [
        settlement.Group(
            grade,
            [(charge.pk, borne[charge.pk]) for charge in by_grade[grade]],
            direct.get(grade, ZERO) + shared_by_grade[grade],
        )
        for grade in grades
    ]
    results = settlement.settle(law, fee_month.month, groups)
    owed = _still_owed(charges, before)
    rows, found = [], before
    for grade, result in zip(grades, results, strict=True):
        of_grade = by_grade[grade]
        rows.append(_row(result, of_grade, direct.get(grade, ZERO), shared_by_grade[grade]))
        sharing = [charge for charge in of_grade if result.refunds[charge.pk]]
        found += [_share(result, charge, borne[charge.pk], owed[charge.pk]) for charge in sharing]
    return Figures(rows, found)


def costs(fee_month: FeeMonth) -> tuple[dict[int, Money], Money]:
    """What the fees paid for: by grade, and what all grades share."""
    direct: dict[int, Money] = defaultdict(lambda: ZERO)
    shared = ZERO
    approved = (
        fee_month.expenses.filter(state=Expense.State.APPROVED, fund=Fund.FEES).select_related("sheet").defer("voucher")
    )
    for expense in approved.prefetch_related("sheet__lines"):
        for grade, money in _parts(expense):
            if grade:
                direct[grade] += money
            else:
                shared += money
    return {grade: money for grade, money in direct.items() if money}, shared


def _parts(expense: Expense) -> list[tuple[int, Money]]:
    """A stipend sheet knows each person's grades; another cost is one grade's, or shared (0)."""
    if expense.sheet is None:
        return [(expense.grade or 0, Money(expense.amount_fen))]
    parts = [(int(grade), Money(fen)) for line in expense.sheet.lines.all() for grade, fen in line.by_grade.items()]
    rest = Money(expense.amount_fen) - total(money for _, money in parts)
    return [*parts, (0, rest)]


def _share_costs(shared: Money, grades: list[int], by_grade: Mapping[int, list[Charge]]) -> dict[int, Money]:
    paying = [len(_heads(by_grade[grade], paying=True)) for grade in grades]
    heads = [len(_heads(by_grade[grade])) for grade in grades]
    return dict(zip(grades, settlement.apportion(shared, paying, heads), strict=True))


def _heads(charges: list[Charge], *, paying: bool = False) -> set[int]:
    return {charge.student_id for charge in charges if charge.net_fen or not paying}


def _still_owed(charges: Iterable[Charge], before: Iterable[Return]) -> dict[int, Money]:
    owed = {charge.pk: Money(charge.owed_fen) for charge in charges}
    for one in before:
        owed[one.charge.pk] -= one.remitted
    return owed


def _row(result: settlement.GroupResult, charges: list[Charge], direct: Money, shared: Money) -> dict:
    heads, paying = _heads(charges), _heads(charges, paying=True)
    charged = total(Money(charge.net_fen) for charge in charges)
    steps = [Step("只为本年级花的钱", amount=direct), Step("全校一起花的钱，按交费的人数算到本年级", amount=shared)]
    return {
        "grade": result.key,
        "heads": len(heads),
        "free_heads": len(heads - paying),
        "paying_heads": len(paying),
        "charged_fen": charged.fen,
        "withdrawn_fen": (charged - result.charged).fen,
        "direct_fen": direct.fen,
        "shared_fen": shared.fen,
        "cost_fen": result.cost.fen,
        "surplus_fen": (result.charged - result.cost).fen,
        "refund_fen": total(result.refunds.values()).fen,
        "borne_fen": result.borne_by_school.fen,
        "steps": sentences([*steps, *result.steps]),
        "cites": clauses([result.cite]),
    }


def _share(result: settlement.GroupResult, charge: Charge, borne: Money, owed: Money) -> Return:
    amount = result.refunds[charge.pk]
    steps = settlement.explain(result, charge.pk, borne)
    return Return(charge, Refund.Cause.SURPLUS, amount, min(amount, owed), steps, clauses([result.cite]))


def sums(groups: list[dict]) -> dict[Hashable, int]:
    """The total row of the settlement table."""
    columns = [key for key in groups[0] if key.endswith(("_fen", "heads"))] if groups else []
    return {column: sum(group[column] for group in groups) for column in columns}
