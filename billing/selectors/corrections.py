"""What became known of a month after its lock: its adjustments, and how the settlement stands since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor
from afterschool.money import Money
from afterschool.policy import load
from afterschool.policy.clauses import order
from billing.models import Adjustment, Expense, FeeMonth, Fund

from .costs import category_labels
from .rounds import later
from .sharing import last_groups
from .subsidies import to_spend
from .terms import accrues, together

ADJUSTABLE = (Fund.FEES, Fund.SUBSIDY)
SIDES = Adjustment.Side


@dataclass(frozen=True)
class Since:
    """`groups` are the last that count: the settlement's, or those of the last confirmed round. `less_fen` came back and
    waits for a round; `more_fen` was spent besides and is the school's."""

    adjustments: Sequence[Adjustment]
    groups: list[dict]
    less_fen: int
    more_fen: int

    @classmethod
    def of(cls, fee_month: FeeMonth) -> Since:
        unshared = list(unshared_of(fee_month))
        less, more = (sum(one.amount_fen for one in unshared if one.side == side) for side in (SIDES.LESS, SIDES.MORE))
        return cls(list(fee_month.adjustments.approved()), last_groups(fee_month), less, more)

    @property
    def borne_fen(self) -> int:
        """What the school bears of the month."""
        return self.more_fen + sum(group["borne_fen"] for group in self.groups)


def unshared_of(fee_month: FeeMonth) -> QuerySet[Adjustment]:
    """Those that wait for a round of this month. In a term settled as one they lower or raise what goes on to its end;
    once it is settled, those of all its months wait for a round of the last."""
    if accrues(fee_month):
        return fee_month.adjustments.none()
    term = together(fee_month)
    return Adjustment.objects.unshared().filter(fee_month__in=[fee_month, *(term.earlier if term else ())])


def clauses_of(fee_month: FeeMonth) -> list[tuple[str, str]]:
    """The clauses that the month's policy rests on, in its order, each with its first sentence."""
    quotes: dict[str, str] = {}
    for rule in load(fee_month.policy).rules:
        quotes.setdefault(rule.cite.clause, rule.cite.quote)
    return [(clause, f"{clause}　{quotes[clause]}") for clause in sorted(quotes, key=order)]


def unspent_subsidy(fee_month: FeeMonth) -> Money:
    """Of the whole school as things stand, with what waits for approval taken off."""
    school = fee_month.school
    got = to_spend(FeeMonth.objects.filter(school=school)).fen
    costs = Expense.objects.filter(school=school, fund=Fund.SUBSIDY).exclude(state=Expense.State.REJECTED)
    spent = costs.aggregate(fen=Sum("amount_fen", default=0))["fen"]
    mended = Adjustment.objects.approved().filter(school=school, fund=Fund.SUBSIDY)
    return Money(got - spent - sum(one.signed_fen for one in mended))


@dataclass(frozen=True)
class AdjustmentRow:
    adjustment: Adjustment
    label: str
    may_review: bool


def adjustment_rows(fee_month: FeeMonth, actor: Actor) -> list[AdjustmentRow]:
    labels, reviews = category_labels(fee_month), actor.may(Capability.REVIEW_BOOKS)
    rows = fee_month.adjustments.select_related("expense", "entered_by", "decided_by", "booked_in", "round")
    return [
        AdjustmentRow(
            one,
            labels.get(one.category, one.category),
            reviews and one.state == Adjustment.State.ENTERED and one.entered_by_id != actor.person_id,
        )
        for one in rows.defer("expense__voucher").order_by("entered_at", "pk")
    ]


@dataclass(frozen=True)
class GoingBack:
    """What a further round would give now."""

    families: int
    fen: int
    less_fen: int  # came back from suppliers, and is in no round yet

    @property
    def is_any(self) -> bool:
        return bool(self.families or self.less_fen)


def waiting_to_go_back(fee_month: FeeMonth) -> GoingBack:
    if (term := together(fee_month)) and not term.is_last:
        return GoingBack(0, 0, 0)
    found = later(fee_month).returns
    families = {one.charge.student_id for one in found}
    return GoingBack(len(families), sum(one.amount.fen for one in found), Since.of(fee_month).less_fen)
