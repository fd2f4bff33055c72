"""开支范围: what may be paid out of which money."""

from __future__ import annotations

from datetime import date

from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.terms import FUNDS
from afterschool.policy.verdict import Verdict


def categories(policy: Policy, on: date, fund: str) -> list[rules.Expense]:
    """What may be booked to this fund, in the policy's order."""
    return [rule for rule in policy.on(on).every(rules.Expense, allowed=True) if fund in rule.funds]


def denied(policy: Policy, on: date, fund: str) -> list[rules.Expense]:
    """What the policy forbids by name."""
    return [rule for rule in policy.on(on).every(rules.Expense, allowed=False) if fund in rule.funds]


def may_book(policy: Policy, on: date, *, category: str, fund: str) -> Verdict[bool]:
    """May this category be paid from this fund? What is not listed may not."""
    now = policy.on(on)
    named = [rule for rule in now.every(rules.Expense, key=category) if fund in rule.funds]
    if named and named[0].allowed:
        return Verdict(True, f"{named[0].label}可以从{FUNDS[fund]}列支", named[0].cite)
    if named:
        return Verdict(
            False, f"{named[0].label}不得从{FUNDS[fund]}列支", named[0].cite, named[0].level_when_broken, "category"
        )
    elsewhere = now.maybe(rules.UnlistedExpense) or next(iter(categories(policy, on, fund)), None)
    if elsewhere is None:
        elsewhere = now.the(rules.Expense)
    return Verdict(False, f"不在{FUNDS[fund]}的开支范围内", elsewhere.cite, "breach", "category")
