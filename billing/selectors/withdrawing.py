"""What a withdrawal gives back: told before it is asked for, and again where it is settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from afterschool.errors import NoRule
from afterschool.money import ZERO, Money, total
from billing.models import Charge, FeeMonth
from enrollment.models import Agreement, Withdrawal

from .advances import advances_of, nothing_follows
from .readiness import unsettled_withdrawals
from .returns import as_charged, left_over, with_tariff


@dataclass(frozen=True)
class Left:
    """Of one charge: what goes back, how it is reckoned, and the part that is not paid yet."""

    charge: Charge
    amount: Money
    steps: Sequence[str]

    @property
    def remitted(self) -> Money:
        return min(self.amount, Money(self.charge.owed_fen))

    @property
    def refund(self) -> Money:
        return self.amount - self.remitted


@dataclass(frozen=True)
class Estimate:
    lefts: Sequence[Left]
    advance: Money  # what goes back at once of what was paid in advance
    stays: Money = ZERO  # and what may still be needed until the last day
    silence: str = ""  # what the policy does not say

    @property
    def refund(self) -> Money:
        return total(left.refund for left in self.lefts) + self.advance

    @property
    def remitted(self) -> Money:
        return total(left.remitted for left in self.lefts)


def leaving(fee_month: FeeMonth) -> list[tuple[Withdrawal, Estimate]]:
    """Who waits to be settled in this month, and with how much."""
    return [(one, estimate(one.agreement, one.last_on)) for one in unsettled_withdrawals(fee_month)]


def estimate(agreement: Agreement, last_on: date) -> Estimate:
    """As if it were settled now."""
    charges = with_tariff(
        Charge.objects.filter(
            agreement=agreement, fee_month__state=FeeMonth.State.OPEN, net_fen__gt=0, refunded_fen=0, remitted_fen=0
        )
    )
    left = [charge for charge in charges if charge.days[-1] > last_on]
    try:
        lefts = [_left(charge, last_on) for charge in left]
    except NoRule as silence:
        return Estimate([], ZERO, silence=str(silence))
    held = advances_of([agreement.student_id]).get(agreement.student_id, ZERO)
    at_once = left and nothing_follows(agreement, last_on, left)
    return Estimate(lefts, held) if at_once else Estimate(lefts, ZERO, stays=held)


def _left(charge: Charge, last_on: date) -> Left:
    told = left_over(as_charged(charge.fee_month), charge, last_on)
    return Left(charge, told.amount, [str(step) for step in told.steps])
