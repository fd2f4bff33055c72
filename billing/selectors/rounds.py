"""追加结算: what a locked month, or a term settled as one, gives back besides, now that more is known of it."""

from billing.models import FeeMonth

from .late import given_of, late_returns, shared_before
from .settling import Figures, charges_of, of_term, settled
from .terms import together


def later(fee_month: FeeMonth) -> Figures:
    """Settle a locked month as things stand now, less what was given; the last of a term with all its months. `groups`
    tell the whole, `returns` only the rest; nothing that was given falls (L14)."""
    if term := together(fee_month):
        return of_term(term)
    charges = charges_of(fee_month)
    given = given_of(charges)
    return settled(fee_month, charges, late_returns(fee_month, charges, given), shared_before(given))
