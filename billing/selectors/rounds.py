"""追加结算: what a locked month gives back besides, now that more is known of it."""

from collections.abc import Hashable

from afterschool.money import Money
from billing.models import FeeMonth

from .late import SURPLUS, given_of, late_returns
from .settling import Figures, charges_of, settled


def later(fee_month: FeeMonth) -> Figures:
    """Settle a locked month as things stand now, less what was given. `groups` tell the whole, `returns` only the rest;
    nothing that was given falls (L14)."""
    charges = charges_of(fee_month)
    given = given_of(charges)
    published: dict[Hashable, Money] = {
        pk: by_cause[SURPLUS] for pk, by_cause in given.items() if by_cause.get(SURPLUS)
    }
    return settled(fee_month, charges, late_returns(fee_month, charges, given), published)
