"""取整: to which place amounts are rounded, where the notice says otherwise than to the fen."""

from __future__ import annotations

from fractions import Fraction

from afterschool import money
from afterschool.policy import rules
from afterschool.policy.book import RulesInForce


def rounded(now: RulesInForce, of: str, exact: Fraction | int) -> money.Money:
    """So many fen, as a "charge", "rate", "refund" or "stipend" is rounded."""
    rule = now.maybe(rules.Rounding, of=of)
    return money.rounded(exact, rule.to, rule.how) if rule else money.rounded(exact)
