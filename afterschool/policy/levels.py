"""上位文件: where a document is looser than the one above it, rule by rule.

What the document above is silent on is not compared, nor what this one is silent on: silence loosens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.looser import LOOSER
from afterschool.policy.rule import SCOPE, Rule
from afterschool.policy.terms import STAGES

WEIGHTS = {"block": "不许", "warn": "只提醒", "disclose": "只公开"}
WEAKER = {("warn", "block"), ("disclose", "block"), ("disclose", "warn")}
GRADES_OF = {"primary": range(1, 7), "junior": range(7, 10), "senior": range(10, 13)}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule that is looser than one above it, and in what."""

    mine: Rule
    theirs: Rule
    message: str


def conflicts(policy: Policy, above: Policy) -> list[Conflict]:
    """In the order of the policy. Above, only what the document above is about counts: its own stages and days."""
    reach = {grade for rule in above.rules if isinstance(rule, rules.AppliesTo) for grade in _grades(rule)}
    return [
        Conflict(mine, theirs, message)
        for mine in policy.rules
        for theirs in above.rules
        if _meet(mine, theirs, reach)
        and _on_one_day(mine, policy, theirs, above)
        and (message := in_what(mine, theirs) or _binds_less(mine, theirs))
    ]


def in_what(mine: Rule, theirs: Rule) -> str:
    """In what the first rule is looser than the second; empty where it is not, or where the two are not compared."""
    looser = LOOSER.get((type(mine), type(theirs)))
    return looser(mine, theirs) if looser else ""


def _binds_less(mine: Rule, theirs: Rule) -> str:
    """The same kind of rule, of which the document above does not let anyone off."""
    weaker = type(mine) is type(theirs) and (mine.weight, theirs.weight) in WEAKER
    return f"{WEIGHTS[mine.weight]}，上位文件{WEIGHTS[theirs.weight]}" if weaker else ""


def share_a_case(mine: Rule, theirs: Rule, told_apart_by: Iterable[str] = (), but: Iterable[str] = ()) -> bool:
    """Is there anything for which both hold? `told_apart_by`: keys that must not name different things.

    `but`: parts of the scope that do not matter.
    """
    parts = {*SCOPE, "boarding", *told_apart_by} - {"stages", "grades", *but}
    return bool(_grades(mine) & _grades(theirs)) and all(
        _overlap(getattr(mine, part), getattr(theirs, part)) for part in parts
    )


def _meet(mine: Rule, theirs: Rule, reach: set[int]) -> bool:
    """Do they speak of the same thing, for children whom the document above is about?"""
    if isinstance(mine, rules.AppliesTo):
        return True
    if reach and not _grades(mine) & _grades(theirs) & reach:
        return False
    if type(mine) is type(theirs):
        return share_a_case(mine, theirs, mine.told_apart_by)
    # What is left out above is said by its slots and services: they are compared, not matched.
    return share_a_case(mine, theirs, but=("slots", "services") if isinstance(theirs, rules.OutsideScope) else ())


def _grades(rule: Rule) -> set[int]:
    """A rule may say stages instead."""
    return set(rule.grades) or {grade for stage in rule.stages or STAGES for grade in GRADES_OF[stage]}


def _overlap(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, tuple):
        return not mine or not theirs or bool(set(mine) & set(theirs))
    return mine is None or theirs is None or bool(mine == theirs)


def _on_one_day(mine: Rule, policy: Policy, theirs: Rule, above: Policy) -> bool:
    return mine.since <= _last_day(theirs, above) and theirs.since <= _last_day(mine, policy)


def _last_day(rule: Rule, policy: Policy) -> date:
    """Its own, its document's, or the day before a later rule about the same thing."""
    later = [one.since for one in policy.rules if one.since > rule.since and one.about == rule.about]
    ends = [day - timedelta(days=1) for day in later] + [day for day in (rule.until, policy.until) if day]
    return min(ends, default=date.max)
