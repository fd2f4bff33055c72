"""退费: for which causes money goes back, and how much on withdrawal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from afterschool.money import Money
from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Cite, Step


@dataclass(frozen=True, slots=True)
class Refund:
    amount: Money
    steps: tuple[Step, ...]
    cite: Cite


def rule(policy: Policy, on: date, cause: str) -> rules.Refund:
    """How this cause is refunded; NoRule where the policy does not name it (absence, in both of ours)."""
    return policy.on(on).the(rules.Refund, cause=cause)


def on_withdrawal(policy: Policy, on: date, *, paid: Money, served_days: int, service_days: int) -> Refund:
    """What is left of a month's fee when a child leaves after `served_days` of `service_days`."""
    if not 0 <= served_days <= service_days or service_days < 1:
        raise ValueError(f"{served_days} of {service_days} service days")
    held = rule(policy, on, "withdrawal")
    left = service_days - served_days
    amount = paid.times(Fraction(left, service_days))
    steps = (
        Step("这个月已经交了", amount=paid),
        Step(f"这个月开 {service_days} 天，参加了 {served_days} 天，还剩 {left} 天没有用"),
        Step("剩下的天数退给您", f"{paid} ÷ {service_days} × {left}", amount),
    )
    return Refund(amount, steps, held.cite)
