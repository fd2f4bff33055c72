"""Who bears a cost together, and how much it is: a grade, or the whole school."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from afterschool.money import ZERO, Money, total
from afterschool.policy import settlement
from afterschool.policy.verdict import Step
from afterschool.schools.why import clauses, sentences
from billing.models import Adjustment, Charge, Expense, FeeMonth, Fund, Round

WHOLE_SCHOOL = 0  # the group where all share alike, or nobody is charged


@dataclass(frozen=True)
class Sharing:
    """Those who share a cost: a grade's charges, or the whole school's."""

    key: int
    charges: list[Charge]
    direct: Money
    shared: Money

    @property
    def cost(self) -> Money:
        return self.direct + self.shared

    @property
    def subsidised(self) -> Money:
        """What the budget pays instead of these families."""
        return total(Money(charge.subsidised_fen) for charge in self.charges)

    @property
    def lowered(self) -> Money:
        """As much of it as the cost used."""
        return min(self.cost, self.subsidised)


def sharing(fee_months: Iterable[FeeMonth], charges: Iterable[Charge], *, whole: bool) -> list[Sharing]:
    """All that these months cost, and who bears it."""
    by_grade: dict[int, list[Charge]] = defaultdict(list)
    for charge in charges:
        by_grade[WHOLE_SCHOOL if whole else charge.grade].append(charge)
    direct, shared = costs(fee_months)
    if whole:
        direct = {WHOLE_SCHOOL: total(direct.values())}
    grades = sorted(by_grade.keys() | direct.keys()) or [WHOLE_SCHOOL]
    parts = _share_costs(shared, grades, by_grade)
    return [Sharing(grade, by_grade[grade], direct.get(grade, ZERO), parts[grade]) for grade in grades]


def costs(fee_months: Iterable[FeeMonth]) -> tuple[dict[int, Money], Money]:
    """What the fees paid for, as corrected since: by grade, and what all grades share."""
    of_fees = {"fee_month__in": list(fee_months), "fund": Fund.FEES}
    approved = Expense.objects.filter(**of_fees, state=Expense.State.APPROVED).select_related("sheet").defer("voucher")
    parts = [part for expense in approved.prefetch_related("sheet__lines") for part in _parts(expense)]
    mended = Adjustment.objects.approved().filter(**of_fees)
    direct: dict[int, Money] = defaultdict(lambda: ZERO)
    for grade, money in [*parts, *((one.grade or 0, Money(one.signed_fen)) for one in mended)]:
        direct[grade] += money
    shared = direct.pop(0, ZERO)
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


def row(result: settlement.GroupResult, sharing: Sharing) -> dict:
    """As a settlement keeps it."""
    heads, paying = _heads(sharing.charges), _heads(sharing.charges, paying=True)
    charged = total(Money(charge.net_fen) for charge in sharing.charges)
    steps = [
        Step("只为本年级花的钱", amount=sharing.direct),
        Step("全校一起花的钱，按交费的人数算到本年级", amount=sharing.shared),
    ]
    lowered = [Step("财政补助替家长付的，先抵成本", amount=sharing.lowered)] * bool(sharing.lowered)
    return {
        "grade": result.key,
        "heads": len(heads),
        "free_heads": len(heads - paying),
        "paying_heads": len(paying),
        "charged_fen": charged.fen,
        "withdrawn_fen": (charged - result.charged).fen,
        "direct_fen": sharing.direct.fen,
        "shared_fen": sharing.shared.fen,
        "lowered_fen": sharing.subsidised.fen,
        "subsidised_fen": sharing.lowered.fen,
        "cost_fen": result.cost.fen,
        "surplus_fen": (result.charged - result.cost).fen,
        "published_fen": total(result.published.values()).fen,
        "refund_fen": total(result.refunds.values()).fen,
        "borne_fen": result.borne_by_school.fen,
        "steps": sentences([*(steps if sharing.key else ()), *lowered, *result.steps]),
        "cites": clauses([result.cite]),
    }


def last_groups(fee_month: FeeMonth) -> list[dict]:
    """As the settlement left them, or the last confirmed round."""
    last = fee_month.rounds.filter(state=Round.State.CONFIRMED).order_by("-number").first()
    return last.groups if last else fee_month.settlement.groups
