"""What a month cost those who share it, as corrected by the rounds since: category by category."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

from afterschool.policy import expenses, load
from billing.models import Adjustment, Expense, FeeMonth, Fund, Round
from billing.selectors.sharing import WHOLE_SCHOOL

CONFIRMED = Round.objects.filter(state=Round.State.CONFIRMED).order_by("number")


def groups_of(fee_month: FeeMonth) -> Sequence[Mapping]:
    """Of the last round, or of the settlement itself. The month comes with its confirmed rounds."""
    rounds = list(fee_month.rounds.all())
    return rounds[-1].groups if rounds else fee_month.settlement.groups


def group_of(groups: Iterable[Mapping], grade: int) -> Mapping | None:
    """A grade's row, or the school's."""
    by_key = {group["grade"]: group for group in groups}
    return by_key.get(grade) or by_key.get(WHOLE_SCHOOL)


def costs_of(fee_months: Collection[FeeMonth], grades: Collection[int]) -> dict[tuple[int, int], dict[str, Fraction]]:
    """What each category cost a grade: its own, and of the shared cost as much as the settlement gave it."""
    approved = Expense.objects.filter(fee_month__in=fee_months, state=Expense.State.APPROVED, fund=Fund.FEES)
    by_month: dict[int, list[Expense | Adjustment]] = defaultdict(list)
    for expense in approved.defer("voucher").select_related("sheet").prefetch_related("sheet__lines"):
        by_month[expense.fee_month_id].append(expense)
    rounds = [one for fee_month in fee_months for one in fee_month.rounds.all()]
    for adjustment in Adjustment.objects.filter(round__in=rounds) if rounds else ():
        by_month[adjustment.fee_month_id].append(adjustment)
    return {
        (fee_month.pk, grade): _of_group(fee_month, group, by_month[fee_month.pk])
        for fee_month in fee_months
        for grade in grades
        if (group := group_of(groups_of(fee_month), grade))
    }


def _of_group(fee_month: FeeMonth, group: Mapping, spent: Iterable[Expense | Adjustment]) -> dict[str, Fraction]:
    labels = {
        it.key: it.label for it in expenses.categories(load(fee_month.policy), fee_month.month, Fund.FEES.in_policy)
    }
    direct: dict[str, int] = defaultdict(int)
    shared: dict[str, int] = defaultdict(int)
    for one in spent:
        word = labels.get(one.category, one.category)
        own, common = _split(one, group["grade"])
        direct[word] += own
        shared[word] += common
    all_shared = sum(shared.values()) or 1
    return {word: direct[word] + Fraction(shared[word] * group["shared_fen"], all_shared) for word in direct}


def _split(cost: Expense | Adjustment, grade: int) -> tuple[int, int]:
    """What of a cost is this grade's own, and what is shared by all."""
    fen = cost.signed_fen if isinstance(cost, Adjustment) else cost.amount_fen
    if grade == WHOLE_SCHOOL:
        return fen, 0
    if isinstance(cost, Adjustment) or cost.sheet is None:
        return (fen, 0) if cost.grade == grade else (0, 0 if cost.grade else fen)
    of_grades: dict[int, int] = defaultdict(int)
    for line in cost.sheet.lines.all():
        for key, part in line.by_grade.items():
            of_grades[int(key)] += part
    named = sum(part for key, part in of_grades.items() if key)
    return of_grades[grade], fen - named
