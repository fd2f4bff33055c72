"""A family's part of what a month left over, from the published totals down: figures that anyone can redo."""

from collections.abc import Sequence
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


@dataclass(frozen=True)
class Again:
    """`published` is what the disclosure says the fees paid for; `elsewhere` of it was the cost of others than those who share here."""

    published: Money | None
    elsewhere: Money
    cost: Money
    charged: Money
    shares: Sequence[Share]

    @property
    def left(self) -> Money:
        return self.charged - self.cost

    @property
    def given(self) -> Money:
        return total(share.given for share in self.shares)


def again_of(month: FamilyMonth, disclosure: Disclosure | None) -> Again | None:
    """None where nothing was shared out, or by days, which are not published; and for whom nothing was charged."""
    group, paying = month.group, [charge for charge in month.charges if charge.net_fen]
    if not group or not group["refund_fen"] or not paying or _by_days(month):
        return None
    cost, charged = Money(group["cost_fen"]), Money(group["charged_fen"] - group["withdrawn_fen"])
    everywhere = total(Money(one["cost_fen"]) for one in month.fee_month.settlement.groups)
    return Again(
        published=_spent_of_fees(disclosure) if disclosure else None,
        elsewhere=everywhere - cost,
        cost=cost,
        charged=charged,
        shares=[_share(charge, charged - cost, charged) for charge in paying],
    )


def _by_days(month: FamilyMonth) -> bool:
    law = law_of(month.fee_month).on(month.month)
    return law.the(rules.Settlement, case_of(month.fee_month.school)).shared_by == "days_served"


def _spent_of_fees(disclosure: Disclosure) -> Money:
    lines = disclosure.content["expense"]
    return total(Money(line["fen"]) for line in lines if not line["label"].endswith(OF_SUBSIDY))


def _share(charge: Charge, left: Money, charged: Money) -> Share:
    """What the family bore before the surplus is its weight."""
    back = [(refund.cause, refund.amount_fen) for refund in charge.refunds.all()]
    back += [(one["cause"], one["fen"]) for one in charge.remissions]
    given = Money(sum(fen for cause, fen in back if cause == Refund.Cause.SURPLUS))
    borne = Money(charge.net_fen - sum(fen for cause, fen in back if cause != Refund.Cause.SURPLUS))
    even = left.times_down(Fraction(borne.fen, charged.fen)) if charged else ZERO
    return Share(charge, borne, even, given)
