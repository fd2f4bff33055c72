"""What a month cost those who share it, as corrected by the rounds since: category by category."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

from django.db.models import Q

from afterschool.policy import expenses, load
from billing.models import Adjustment, Expense, FeeMonth, Fund, Round
from billing.selectors.corrections import unshared_of
from billing.selectors.sharing import WHOLE_SCHOOL
from billing.selectors.terms import together

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
    settles = _settling(fee_months)
    approved = Expense.objects.filter(fee_month__in=settles, state=Expense.State.APPROVED, fund=Fund.FEES)
    by_month: dict[int, list[Expense | Adjustment]] = defaultdict(list)
    for expense in approved.defer("voucher").select_related("sheet").prefetch_related("sheet__lines"):
        by_month[settles[expense.fee_month_id]].append(expense)
    rounds = [one for fee_month in fee_months for one in fee_month.rounds.all()]
    earlier = settles.keys() - {fee_month.pk for fee_month in fee_months}
    if rounds or earlier:
        mended = Adjustment.objects.approved().filter(Q(round__in=rounds) | Q(fee_month__in=earlier), fund=Fund.FEES)
        waiting = {one.pk for fee_month in fee_months for one in unshared_of(fee_month)} if earlier else set()
        for adjustment in mended.exclude(pk__in=waiting):
            by_month[settles[adjustment.fee_month_id]].append(adjustment)
    return {
        (fee_month.pk, grade): _of_group(fee_month, group, by_month[fee_month.pk])
        for fee_month in fee_months
        for grade in grades
        if (group := group_of(groups_of(fee_month), grade))
    }


def _settling(fee_months: Collection[FeeMonth]) -> dict[int, int]:
    """By month, which of these settles its costs: itself, or the last month of its term."""
    found = {fee_month.pk: fee_month.pk for fee_month in fee_months}
    for fee_month in fee_months:
        if any(group.get("of_term") for group in fee_month.settlement.groups) and (term := together(fee_month)):
            found |= {month.pk: fee_month.pk for month in term.earlier}
    return found


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
