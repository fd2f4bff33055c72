"""Pieces of sentences that rules of several kinds are said with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from afterschool.policy import rules
from afterschool.policy.rule import Rule
from afterschool.policy.staffing import PEOPLE
from afterschool.policy.terms import FUNDS, SERVICES, SLOTS, WEEKDAYS

# What the policy calls the things that its rules name by a key: (kind, key) to label.
Names = Mapping[tuple[str, str], str]
# For each kind of rule a function: what a rule says of those for whom it holds.
Sayings = Mapping[type[Rule], Callable[[Any, Names], str]]


# What a role is called where no rule names it.
ROLES = {("stipend_role", role): PEOPLE[role].removeprefix("名") for role in PEOPLE}


def names(held: Iterable[Rule]) -> Names:
    called = dict(ROLES)
    for rule in held:
        if isinstance(rule, rules.ServiceItem | rules.Expense):
            called[rule.kind, rule.key] = rule.label
        if isinstance(rule, rules.StipendRole):
            called[rule.kind, rule.role] = rule.label
    return called


def called(known: Names, kind: str, keys: Iterable[str]) -> str:
    return "、".join(known.get((kind, key), key) for key in keys)


def where(rule: Rule, known: Names, *, when: bool = True) -> str:
    """The scope in words: 5 月至 9 月小学周一至周五下午放学后."""
    return "".join(
        (
            _run([str(month) for month in rule.months], rule.months, "{} 月"),
            rule.who,
            "、".join(rule.schools),
            "、".join(SERVICES[one] for one in rule.services if when),
            "、".join(SLOTS[one] for one in rule.slots if when),
            called(known, "service_item", rule.items),
        )
    )


def weekdays(days: Sequence[int]) -> str:
    return _run([WEEKDAYS[day - 1] for day in days], days, "周{}")


def month_day(text: str) -> str:
    month, day = map(int, text.split("-"))
    return f"{month} 月 {day} 日"


def funds(keys: Iterable[str]) -> str:
    return "、".join(FUNDS[key] for key in keys)


def listed(*parts: str) -> str:
    """What there is of these, one after another."""
    return "，".join(part for part in parts if part)


def _run(said: Sequence[str], numbers: Sequence[int], pattern: str) -> str:
    """周一至周五 where three or more follow one another, else each by itself."""
    if len(numbers) > 2 and list(numbers) == list(range(numbers[0], numbers[0] + len(numbers))):
        space = " " if said[-1].isdigit() else ""
        return f"{pattern.format(said[0])}至{space}{pattern.format(said[-1])}"
    return "、".join(pattern.format(one) for one in said)
