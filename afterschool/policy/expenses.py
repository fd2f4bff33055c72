"""开支范围: what may be paid out of which money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from afterschool.money import ZERO, Money, total
from afterschool.policy import rules
from afterschool.policy.book import Law, RulesInForce
from afterschool.policy.terms import FUNDS
from afterschool.policy.verdict import Step, Verdict

WHOLES = {"fees": "所收课后服务费", "income": "全部收入", "spending": "全部支出"}
POOLS = {"staff": "人员支出", "management": "管理支出"}


def categories(law: Law, on: date, fund: str) -> list[rules.Expense]:
    """What may be booked to this fund, in the policy's order."""
    return [rule for rule in law.on(on).every(rules.Expense, allowed=True) if fund in rule.funds]


def denied(law: Law, on: date, fund: str) -> list[rules.Expense]:
    """What the policy forbids by name."""
    return [rule for rule in law.on(on).every(rules.Expense, allowed=False) if fund in rule.funds]


def may_book(law: Law, on: date, *, category: str, fund: str) -> Verdict[bool]:
    """May this category be paid from this fund? What is not listed may not."""
    now = law.on(on)
    named = [rule for rule in now.every(rules.Expense, key=category) if fund in rule.funds]
    if named and named[0].allowed:
        return Verdict(True, f"{named[0].label}可以从{FUNDS[fund]}列支", named[0].cite)
    if named:
        return Verdict(
            False, f"{named[0].label}不得从{FUNDS[fund]}列支", named[0].cite, named[0].level_when_broken, "category"
        )
    if unlisted := _unlisted(now, fund):
        if unlisted.allowed:
            return Verdict(True, f"没有列出的开支也可以从{FUNDS[fund]}列支", unlisted.cite)
        return Verdict(False, f"不在{FUNDS[fund]}的开支范围内", unlisted.cite, unlisted.level_when_broken, "category")
    listed = next(iter(categories(law, on, fund)), None) or now.the(rules.Expense)
    return Verdict(False, f"不在{FUNDS[fund]}的开支范围内", listed.cite, "breach", "category")


@dataclass(frozen=True, slots=True)
class PoolUse:
    """A part of the money that the policy keeps for people, or holds back from management, and what became of it."""

    rule: rules.Pool
    whole: Money
    used: Money

    @property
    def least(self) -> Money | None:
        percent = self.rule.percent_at_least
        # So much at least: a part of a fen counts up.
        return None if percent is None else -(-self.whole).times_down(Fraction(percent, 100))

    @property
    def most(self) -> Money | None:
        percent = self.rule.percent_at_most
        return None if percent is None else self.whole.times_down(Fraction(percent, 100))

    @property
    def open(self) -> Money | None:
        """What may still be spent under the upper limit; None where there is none."""
        return None if self.most is None else max(ZERO, self.most - self.used)

    @property
    def steps(self) -> tuple[Step, ...]:
        whole, name = WHOLES[self.rule.of], POOLS[self.rule.key]
        limits = ((self.least, "不少于", self.rule.percent_at_least), (self.most, "不多于", self.rule.percent_at_most))
        said = [
            Step(f"{name}{word}{whole}的 {percent}%", f"{self.whole} × {percent}%", limit)
            for limit, word, percent in limits
            if limit is not None
        ]
        return (*said, Step(f"{name}已经用了", amount=self.used))

    def verdict(self) -> Verdict[bool]:
        name, cite, used = POOLS[self.rule.key], self.rule.cite, self.used
        if self.most is not None and used > self.most:
            why = f"{name}不多于 {self.most} 元，已经用了 {used} 元，超 {used - self.most} 元"
        elif self.least is not None and used < self.least:
            why = f"{name}不少于 {self.least} 元，只用了 {used} 元，还差 {self.least - used} 元"
        else:
            left = "" if self.open is None else f"，还可以用 {self.open} 元"
            return Verdict(True, f"{name}用了 {used} 元{left}", cite)
        return Verdict(False, why, cite, self.rule.level_when_broken, "category")


def pools(
    law: Law,
    on: date,
    *,
    fees: Money,
    income: Money,
    spending: Money,
    by_category: Mapping[str, Money],
    from_fees: Mapping[str, Money] | None = None,
) -> list[PoolUse]:
    """Every part of the money that the policy sets aside, measured by what was taken in fees, in all, or spent.

    `by_category` is what was spent, `from_fees` what of it the fees paid (all, if left out): a part of the fees is
    used up by nothing else.
    """
    wholes = {"fees": fees, "income": income, "spending": spending}
    used = {"fees": by_category if from_fees is None else from_fees}
    return [
        PoolUse(rule, wholes[rule.of], total(used.get(rule.of, by_category).get(key, ZERO) for key in rule.categories))
        for rule in law.on(on).every(rules.Pool)
    ]


def _unlisted(now: RulesInForce, fund: str) -> rules.UnlistedExpense | None:
    """The sentence about what is not listed: the one for this fund before the one for all."""
    said = [rule for rule in now.every(rules.UnlistedExpense) if fund in rule.funds or not rule.funds]
    return max(said, key=lambda rule: bool(rule.funds), default=None)
