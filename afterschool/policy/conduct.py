"""第三方、必须做到与禁止: whom a school may bring in, what it must do, and what it may never do."""

from __future__ import annotations

from datetime import date

from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.verdict import Verdict


def outsiders_allowed(law: Law, on: date) -> Verdict[bool]:
    """May outside institutions take part, and must they come from the bureau's directory?"""
    rule = law.on(on).the(rules.ThirdParty)
    if not rule.allowed:
        return Verdict(False, "不得引进校外机构", rule.cite, rule.level_when_broken)
    return Verdict(True, "可以引进校外机构" + ("，只能从教育局目录中选" if rule.chosen_from else ""), rule.cite)


def outsiders_barred(law: Law, on: date) -> list[Verdict[bool]]:
    """That outside institutions may not take part, where the policy says so."""
    barred = law.on(on).maybe(rules.ThirdParty)
    return [] if barred is None or barred.allowed else [outsiders_allowed(law, on)]


def outsiders_satisfy(law: Law, on: date) -> Verdict[int] | None:
    """How many in a hundred must be content with an institution; None where the policy does not ask."""
    rule = law.on(on).maybe(rules.ThirdParty)
    if rule is None or not rule.allowed or rule.satisfaction_at_least is None:
        return None
    least = rule.satisfaction_at_least
    return Verdict(least, f"引进的校外机构，满意度不低于 {least}%", rule.cite)


def prohibitions(law: Law, on: date) -> list[rules.Prohibition]:
    """What the policy forbids outright; `weight` says whether it blocks, warns or is only shown."""
    return law.on(on).every(rules.Prohibition)


def obligation(law: Law, on: date, key: str) -> Verdict[bool]:
    """Does the policy ask the school to do this? For pages that say why: "handover", "absence_told" …"""
    rule = law.on(on).maybe(rules.Obligation, key=key)
    if rule is None:
        return Verdict(False, "政策没有要求")
    return Verdict(True, rule.label, rule.cite)


def obligations(law: Law, on: date) -> list[rules.Obligation]:
    return law.on(on).every(rules.Obligation)
