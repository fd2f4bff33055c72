"""A policy: one published document, as dated rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast

from afterschool.errors import NoRule
from afterschool.policy.rule import Case, Rule

R = TypeVar("R", bound=Rule)


@dataclass(frozen=True, eq=False)
class RulesInForce:
    """What held on one day. Where the policy itself says nothing of a case, its parent's rule holds."""

    policy: str
    rules: tuple[Rule, ...]
    parent: RulesInForce | None = None
    _known: dict[tuple[object, ...], Rule | None] = field(default_factory=dict, repr=False)

    def every(self, kind: type[R], case: Case | None = None, **values: object) -> list[R]:
        """All rules of the kind that fit the case and hold these values; the parent's where this one has no such."""
        own = self._own(kind, case, values)
        if self.parent is None:
            return own
        said = {rule.about for rule in self._own(kind, None, {})}
        return own + [rule for rule in self.parent.every(kind, case, **values) if rule.about not in said]

    def maybe(self, kind: type[R], case: Case | None = None, **values: object) -> R | None:
        """The one rule that holds; a later one replaces an earlier. None where the policy is silent."""
        # The same few questions are asked for every child of a city: each is worked out once.
        asked = (kind, case, *values.items())
        if asked not in self._known:
            self._known[asked] = self._find(kind, case, values)
        return cast("R | None", self._known[asked])

    def the(self, kind: type[R], case: Case | None = None, **values: object) -> R:
        rule = self.maybe(kind, case, **values)
        if rule is None:
            raise NoRule(kind.kind, kind.question, self.policy)
        return rule

    def _own(self, kind: type[R], case: Case | None, values: Mapping[str, object]) -> list[R]:
        return [
            rule
            for rule in self.rules
            if isinstance(rule, kind)
            and (case is None or rule.applies(case))
            and all(getattr(rule, name) == value for name, value in values.items())
        ]

    def _find(self, kind: type[R], case: Case | None, values: Mapping[str, object]) -> R | None:
        found = self._own(kind, case, values)
        if not found:
            return self.parent.maybe(kind, case, **values) if self.parent else None
        newest = max(rule.since for rule in found)
        latest = [rule for rule in found if rule.since == newest]
        if len(latest) > 1:
            clauses = "、".join(rule.cite.clause for rule in latest)
            raise NoRule(kind.kind, f"{kind.question}：{clauses} 同时适用，以哪一条为准", self.policy)
        return latest[0]


@dataclass(frozen=True)
class Example:
    """A worked example of the file: a scenario, and what must come of it (see `trial`)."""

    name: str
    line: int
    clauses: tuple[str, ...]
    given: Mapping[str, Any]
    expect: Mapping[str, Any]


class Law(Protocol):
    """What held on each day: one policy, or several one after another."""

    @property
    def short(self) -> str: ...
    def on(self, day: date) -> RulesInForce: ...


@dataclass(frozen=True, eq=False)
class Policy:
    code: str
    title: str
    short: str
    number: str
    level: str
    area: str
    issuer: str
    since: date
    until: date | None
    trial: bool
    text: str
    cites: tuple[str, ...]
    supersedes: tuple[str, ...]
    parent: Policy | None
    above: tuple[str, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]

    def on(self, day: date) -> RulesInForce:
        return _on(self, day)


@dataclass(frozen=True, eq=False)
class Succession:
    """Policies that a place adopted one after another: (from which day, which). Each day is judged by its own."""

    adopted: Sequence[tuple[date, Policy]]

    def __post_init__(self) -> None:
        if not self.adopted:
            raise ValueError("a succession has at least one policy")

    @property
    def short(self) -> str:
        return max(self.adopted, key=lambda one: one[0])[1].short

    def speaks_of(self, kind: type[Rule]) -> bool:
        return any(isinstance(rule, kind) for _, policy in self.adopted for rule in policy.rules)

    def policy_on(self, day: date) -> Policy:
        begun = [one for one in self.adopted if one[0] <= day]
        if not begun:
            raise NoRule("adoption", f"{day:%Y-%m-%d} 这一天按哪份文件办", self.short)
        return max(begun, key=lambda one: one[0])[1]

    def on(self, day: date) -> RulesInForce:
        return self.policy_on(day).on(day)


@lru_cache(maxsize=2048)
def _on(policy: Policy, day: date) -> RulesInForce:
    if day < policy.since or (policy.until and day > policy.until):
        raise NoRule("from", f"{day:%Y-%m-%d} 这一天的规定", policy.short)
    return _version(policy, max(turn for turn in _turns(policy) if turn <= day))


@lru_cache(maxsize=2048)
def _version(policy: Policy, since: date) -> RulesInForce:
    """What holds from this day until something next changes: days with the same rules share one answer."""
    begun = sorted((rule for rule in policy.rules if rule.in_force(since)), key=lambda rule: rule.since)
    latest = {rule.about: rule for rule in begun}
    rules = tuple(rule for rule in policy.rules if latest.get(rule.about) is rule)
    return RulesInForce(policy.short, rules, policy.parent.on(since) if policy.parent else None)


@lru_cache(maxsize=256)
def _turns(policy: Policy) -> frozenset[date]:
    """The days on which something changes in the policy, or in the one above it."""
    starts = {policy.since, *(rule.since for rule in policy.rules)}
    ends = {rule.until for rule in policy.rules} | {policy.until}
    own = starts | {end + timedelta(days=1) for end in ends if end and end < date.max}
    return frozenset(own | _turns(policy.parent) if policy.parent else own)
