"""第三方与禁止事项: whom a school may bring in, and what it may never do."""

from __future__ import annotations

from datetime import date

from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Verdict


def outsiders_allowed(policy: Policy, on: date) -> Verdict[bool]:
    """May outside institutions take part, and must they come from the bureau's directory?"""
    rule = policy.on(on).the(rules.ThirdParty)
    if not rule.allowed:
        return Verdict(False, "不得引进校外机构", rule.cite, rule.level_when_broken)
    return Verdict(True, "可以引进校外机构" + ("，只能从教育局目录中选" if rule.chosen_from else ""), rule.cite)


def outsiders_from_directory(policy: Policy, on: date) -> Verdict[bool]:
    rule = policy.on(on).the(rules.ThirdParty)
    if rule.chosen_from == "directory":
        return Verdict(True, "只能从教育局建立的目录中选", rule.cite)
    return Verdict(False, "政策没有要求从目录中选", rule.cite)


def prohibitions(policy: Policy, on: date) -> list[rules.Prohibition]:
    """What the policy forbids outright; `weight` says whether it blocks, warns or is only shown."""
    return policy.on(on).every(rules.Prohibition)
