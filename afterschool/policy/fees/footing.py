"""Which children may share what is worked out: those for whom the same rules hold."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date
from functools import lru_cache

from afterschool.policy import rules
from afterschool.policy.book import Law, RulesInForce
from afterschool.policy.rule import Case, Rule

# What decides about a charge and what goes back of it.
DECIDING: tuple[type[Rule], ...] = (
    rules.NoFee, rules.Price, rules.ChargeCap, rules.Billable, rules.Lesson, rules.BillingCalendar, rules.PartMonth,
    rules.Refund,
)  # fmt: skip


def footing(law: Law, days: Iterable[date], case: Case) -> Hashable:
    """Children of whom this is equal may share a tariff and its refunds: the same rules hold for them."""
    return tuple(_held(now, case) for now in dict.fromkeys(law.on(day) for day in days))


@lru_cache(maxsize=4096)
def _held(now: RulesInForce, case: Case) -> tuple[int, ...]:
    return tuple(id(rule) for kind in DECIDING for rule in now.every(kind, case))
