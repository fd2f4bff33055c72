"""A family's part of what a month left over, from the published totals down: figures that anyone can redo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from afterschool.money import ZERO, Money, total
from afterschool.policy import rules
from afterschool.schools.rules import case_of
from billing.models import Charge, Refund
from billing.tariffs import law_of

from .families import FamilyMonth
from .models import Disclosure
from .sheet import OF_SUBSIDY
from .spending import group_of


@dataclass(frozen=True)
class Share:
    """One charge's part: rounded down, and perhaps one of the odd fen."""

    charge: Charge
    borne: Money
    even: Money
    given: Money

    @property
    def odd(self) -> Money:
        return self.given - self.even

    @property
    def is_even(self) -> bool:
        return self.odd in (ZERO, Money(1))


@dataclass(frozen=True)
class Again:
    """`published` is what the disclosure says the fees paid for; `elsewhere` of it was the cost of others than those who
    share here; `before` is what earlier rounds gave."""

    number: int
    published: Money | None
    elsewhere: Money
    cost: Money
    charged: Money
    before: Money
    shares: Sequence[Share]

    @property
    def left(self) -> Money:
        return self.charged - self.cost - self.before

    @property
    def given(self) -> Money:
        return total(share.given for share in self.shares)


def agains_of(month: FamilyMonth) -> list[Again]:
    """One for the settlement and one for each further round. None where nothing was shared out, or by days, which are
    not published; and for whom nothing was charged."""
    if not month.is_settled or not any(charge.net_fen for charge in month.charges) or _by_days(month):
        return []
    fee_month = month.fee_month
    rounds = [(1, fee_month.settlement.groups), *((one.number, one.groups) for one in fee_month.rounds.all())]
    published = list(fee_month.disclosures.published().order_by("-version"))
    found = [_again(month, number, groups, published) for number, groups in rounds]
    return [one for one in found if one]


def _again(month: FamilyMonth, number: int, groups: Sequence[Mapping], published: Sequence[Disclosure]) -> Again | None:
    group, paying = group_of(groups, month.charges[0].grade), [one for one in month.charges if one.net_fen]
    if not group or not group["refund_fen"]:
        return None
    cost, charged = Money(group["cost_fen"]), Money(group["charged_fen"] - group["withdrawn_fen"])
    before = Money(group.get("published_fen", 0))
    everywhere = total(Money(one["cost_fen"]) for one in groups)
    shares = [_share(charge, number, charged - cost - before, charged) for charge in paying]
    if number > 1 and not all(one.is_even for one in shares):
        return None  # some families have had all they may get: told with the refund, step by step
    return Again(
        number=number,
        # No single sheet tells what a whole term cost.
        published=None if group.get("of_term") else _told(published, everywhere),
        elsewhere=everywhere - cost,
        cost=cost,
        charged=charged,
        before=before,
        shares=shares,
    )


def _told(published: Sequence[Disclosure], everywhere: Money) -> Money | None:
    """By the version that this round stands on, else by the newest: what differs must be seen."""
    told = [_spent_of_fees(disclosure) for disclosure in published]
    return next((spent for spent in told if spent == everywhere), told[0] if told else None)


def _by_days(month: FamilyMonth) -> bool:
    law = law_of(month.fee_month).on(month.month)
    return law.the(rules.Settlement, case_of(month.fee_month.school)).shared_by == "days_served"


def _spent_of_fees(disclosure: Disclosure) -> Money:
    lines = disclosure.content["expense"]
    return total(Money(line["fen"]) for line in lines if not line["label"].endswith(OF_SUBSIDY))


def _share(charge: Charge, number: int, left: Money, charged: Money) -> Share:
    """What the family bore before any surplus is its weight."""
    back = [(refund.round, refund.cause, refund.amount_fen) for refund in charge.refunds.all()]
    back += [(one.get("round", 1), one["cause"], one["fen"]) for one in charge.remissions]
    surplus = Refund.Cause.SURPLUS
    given = Money(sum(fen for round_, cause, fen in back if cause == surplus and round_ == number))
    borne = Money(charge.net_fen - sum(fen for round_, cause, fen in back if cause != surplus and round_ <= number))
    even = left.times_down(Fraction(borne.fen, charged.fen)) if charged else ZERO
    return Share(charge, borne, even, given)
