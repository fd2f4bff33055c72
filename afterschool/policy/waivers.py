"""减免: who pays less, how much less, and who makes up for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money
from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Waived:
    """A child's recorded waiver. `percent` is the decision's, where the policy leaves it to a decision."""

    group: str
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Funding(Verdict[Money]):
    """How much of what was waived for one child and month is made up for, and by whom."""

    payer: str = ""


def groups(law: Law, on: date) -> list[rules.Waiver]:
    """The groups this policy names; `percent` None means decided case by case."""
    return law.on(on).every(rules.Waiver)


def percent(law: Law, on: date, waived: Waived) -> Verdict[int]:
    """How many percent of the fee this waiver takes away."""
    rule = law.on(on).the(rules.Waiver, group=waived.group)
    if rule.percent is not None:
        return Verdict(rule.percent, f"{rule.label}减免 {rule.percent}%", rule.cite)
    if waived.percent is None:
        raise RuleBroken(f"{rule.label}减免多少由学校决定，请填写减免比例", cite=rule.cite, field="percent")
    if not 1 <= waived.percent <= 100:
        raise RuleBroken("减免比例应在 1% 到 100% 之间", cite=rule.cite, field="percent")
    return Verdict(waived.percent, f"{rule.label}经审定减免 {waived.percent}%", rule.cite)


def strongest(law: Law, on: date, waived: Sequence[Waived]) -> Verdict[int]:
    """One waiver counts as it is; a full one settles all; how lesser ones add up, the policy must say."""
    verdicts = sorted((percent(law, on, one) for one in waived), key=lambda verdict: -verdict.answer)
    if not verdicts:
        return Verdict(0, "没有减免")
    if len(verdicts) == 1 or verdicts[0].answer == 100:
        return verdicts[0]
    rule = law.on(on).maybe(rules.WaiverStacking)
    if rule is None:
        raise NoRule("waiver_stacking", "同时符合几种减免时怎么合并", law.short)
    if rule.counts == "largest":
        return Verdict(verdicts[0].answer, f"同时符合几种减免，按最多的一种减免 {verdicts[0].answer}%", rule.cite)
    summed = min(100, sum(verdict.answer for verdict in verdicts))
    return Verdict(summed, f"同时符合几种减免，合计减免 {summed}%", rule.cite)


def funding(law: Law, on: date, waived: Money) -> Funding:
    """Who makes up for what was waived; nobody where the policy does not say."""
    rule = law.on(on).maybe(rules.WaiverFunding)
    if rule is None or not waived:
        return Funding(ZERO, "政策没有写明减免的钱由谁补" if waived else "没有减免")
    if rule.funded == "nobody":
        return Funding(ZERO, "减免的钱不另补", rule.cite)
    if rule.yuan is None:
        return Funding(waived, f"减免的钱由{rule.payer}补足", rule.cite, payer=rule.payer)
    return Funding(rule.yuan, f"{rule.payer}按每生每月 {rule.yuan.short()} 元补", rule.cite, payer=rule.payer)
