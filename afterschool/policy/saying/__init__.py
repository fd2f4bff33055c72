"""Every rule as one Chinese sentence, for whoever reads the file and not its keys."""

from __future__ import annotations

from collections.abc import Iterable

from afterschool.policy import rules
from afterschool.policy.rule import Rule
from afterschool.policy.saying.charging import CHARGING
from afterschool.policy.saying.paying import PAYING
from afterschool.policy.saying.serving import SERVING
from afterschool.policy.saying.words import Sayings, names, where

SAYINGS: Sayings = {**CHARGING, **PAYING, **SERVING}
WEIGHTS = {"block": "", "warn": "（只提醒，不拦）", "disclose": "（只公开）"}
# Their sentence names the days and slots in its own place.
OWN_WHEN = (rules.OpenDays, rules.ClosedDays, rules.OutsideScope)


def say(rule: Rule, among: Iterable[Rule] = ()) -> str:
    """`among` are the rules of its policy, which say what items, roles and categories are called."""
    known = names(among)
    scope = "" if isinstance(rule, rules.AppliesTo) else where(rule, known, when=not isinstance(rule, OWN_WHEN))
    return scope + SAYINGS[type(rule)](rule, known) + WEIGHTS[rule.weight]
