"""财政补助 of a school: whether it lowers what families pay, who owes what of it, and what of it may be spent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from afterschool.money import ZERO, Money, total
from afterschool.policy import rules
from afterschool.schools.models import School
from afterschool.schools.rules import case_of
from billing.models import FeeMonth, Subsidy
from billing.tariffs import law_of

from .sharing import last_groups


def rule_of(fee_month: FeeMonth) -> rules.Subsidy | None:
    """None where the policy knows no subsidy."""
    return law_of(fee_month).on(fee_month.month).maybe(rules.Subsidy, case_of(fee_month.school))


def lowers_fees(fee_month: FeeMonth) -> bool:
    """Such a subsidy meets what is due of it; any other is held apart from the fees (C四(二))."""
    rule = rule_of(fee_month)
    return bool(rule and rule.effect == "deducted")


@dataclass(frozen=True)
class Owed:
    """What one payer owes for fees that were lowered, and what came of it."""

    payer: str
    due: Money
    had: Money

    @property
    def open(self) -> Money:
        return self.due - self.had


def owed_by_payers(school: School) -> list[Owed]:
    """By payer, in the policy's order, over all months; nothing where no fee was ever lowered."""
    due: dict[str, Money] = {}
    lowered = FeeMonth.objects.filter(school=school, charges__subsidised_fen__gt=0).distinct().order_by("month")
    for fee_month in lowered.select_related("school__bureau"):
        for payer, part in _split(fee_month):
            due[payer] = due.get(payer, ZERO) + part
    had = _came(_met(FeeMonth.objects.filter(school=school))) if due else {}
    return [Owed(payer, money, Money(had.get(payer, 0))) for payer, money in due.items()]


def _split(fee_month: FeeMonth) -> Iterable[tuple[str, Money]]:
    rule = rule_of(fee_month)
    payers = rule.payers if rule else ()
    shares = lowered_by(fee_month).split([payer.percent for payer in payers])
    return zip([payer.name for payer in payers], shares, strict=True)


def _met(fee_months: QuerySet[FeeMonth], *, due: bool = True) -> list[FeeMonth]:
    """Those of them in which subsidies came that met what was due, or those in which they did not."""
    with_any = fee_months.filter(subsidies__isnull=False).distinct().select_related("school__bureau")
    return [month for month in with_any if lowers_fees(month) == due]


def _came(fee_months: Sequence[FeeMonth]) -> dict[str, int]:
    rows = Subsidy.objects.filter(fee_month__in=fee_months).order_by().values("payer").annotate(fen=Sum("amount_fen"))
    return dict(rows.values_list("payer", "fen"))


def lowered_by(fee_month: FeeMonth) -> Money:
    """What families need not pay of the month's price because the budget does."""
    return Money(fee_month.charges.aggregate(fen=Sum("subsidised_fen", default=0))["fen"])


def to_spend(fee_months: QuerySet[FeeMonth]) -> Money:
    """What came to be spent from its own fund: the subsidies held apart, and what a lowered fee did not use up."""
    apart = Money(sum(_came(_met(fee_months, due=False)).values()))
    locked = fee_months.filter(state=FeeMonth.State.LOCKED).select_related("settlement")
    return apart + total(unused(month) for month in locked)


def unused(fee_month: FeeMonth) -> Money:
    """What a locked month's costs left of what the budget paid instead of families: the month's, or the whole term's."""
    return unused_of(last_groups(fee_month))


def unused_of(groups: Iterable[Mapping]) -> Money:
    return Money(sum(group.get("lowered_fen", 0) - group.get("subsidised_fen", 0) for group in groups))
