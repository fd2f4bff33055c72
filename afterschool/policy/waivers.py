"""减免: who pays less, and how much less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from afterschool.errors import NoRule, RuleBroken
from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Waived:
    """A child's recorded waiver. `percent` is the decision's, where the policy leaves it to a decision."""

    group: str
    percent: int | None = None


def groups(policy: Policy, on: date) -> list[rules.Waiver]:
    """The groups this policy names; `percent` None means decided case by case."""
    return policy.on(on).every(rules.Waiver)


def percent(policy: Policy, on: date, waived: Waived) -> Verdict[int]:
    """How many percent of the fee this waiver takes away."""
    rule = policy.on(on).the(rules.Waiver, group=waived.group)
    if rule.percent is not None:
        return Verdict(rule.percent, f"{rule.label}减免 {rule.percent}%", rule.cite)
    if waived.percent is None:
        raise RuleBroken(f"{rule.label}减免多少由学校决定，请填写减免比例", cite=rule.cite, field="percent")
    if not 1 <= waived.percent <= 100:
        raise RuleBroken("减免比例应在 1% 到 100% 之间", cite=rule.cite, field="percent")
    return Verdict(waived.percent, f"{rule.label}经审定减免 {waived.percent}%", rule.cite)


def strongest(policy: Policy, on: date, waived: Sequence[Waived]) -> Verdict[int]:
    """One waiver counts as it is; a full one settles all; how lesser ones add up, the policy must say."""
    verdicts = sorted((percent(policy, on, one) for one in waived), key=lambda verdict: -verdict.answer)
    if not verdicts:
        return Verdict(0, "没有减免")
    if len(verdicts) > 1 and verdicts[0].answer < 100:
        raise NoRule("waiver.stacking", "同时符合几种减免时怎么合并", policy.short)
    return verdicts[0]
