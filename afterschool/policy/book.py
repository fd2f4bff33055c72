"""A policy: one published document, as dated rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

from afterschool.errors import NoRule
from afterschool.policy.rule import Case, Rule

R = TypeVar("R", bound=Rule)


@dataclass(frozen=True, eq=False)
class RulesInForce:
    """What held on one day."""

    policy: str
    rules: tuple[Rule, ...]

    def every(self, kind: type[R], case: Case | None = None, **values: object) -> list[R]:
        """All rules of the kind that fit the case and hold these values."""
        return [
            rule
            for rule in self.rules
            if isinstance(rule, kind)
            and (case is None or rule.applies(case))
            and all(getattr(rule, name) == value for name, value in values.items())
        ]

    def maybe(self, kind: type[R], case: Case | None = None, **values: object) -> R | None:
        """The one rule that holds; a later one replaces an earlier. None where the policy is silent."""
        found = self.every(kind, case, **values)
        if not found:
            return None
        newest = max(rule.since for rule in found)
        latest = [rule for rule in found if rule.since == newest]
        if len(latest) > 1:
            clauses = "、".join(rule.cite.clause for rule in latest)
            raise NoRule(kind.kind, f"{kind.question}：{clauses} 同时适用，以哪一条为准", self.policy)
        return latest[0]

    def the(self, kind: type[R], case: Case | None = None, **values: object) -> R:
        rule = self.maybe(kind, case, **values)
        if rule is None:
            raise NoRule(kind.kind, kind.question, self.policy)
        return rule


@dataclass(frozen=True, eq=False)
class Policy:
    code: str
    title: str
    short: str
    area: str
    issuer: str
    since: date
    until: date | None
    text: str
    cites: tuple[str, ...]
    supersedes: tuple[str, ...]
    rules: tuple[Rule, ...]

    def on(self, day: date) -> RulesInForce:
        return _on(self, day)


@lru_cache(maxsize=512)
def _on(policy: Policy, day: date) -> RulesInForce:
    if day < policy.since or (policy.until and day > policy.until):
        raise NoRule("from", f"{day:%Y-%m-%d} 这一天的规定", policy.short)
    return RulesInForce(policy.short, tuple(rule for rule in policy.rules if rule.in_force(day)))
