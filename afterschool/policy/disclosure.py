"""公示: what must be made public, how often and where."""

from __future__ import annotations

from datetime import date

from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.verdict import Verdict

EVERY = {"regularly": "定期", "month": "每月", "term": "每学期", "year": "每年"}


def rule(law: Law, on: date, what: str = "accounts") -> Verdict[str]:
    """How often "accounts", "expenses" or "service" must be public; NoRule where the policy does not ask."""
    held = law.on(on).the(rules.Disclosure, what=what)
    return Verdict(held.every, f"{EVERY[held.every]}公示{held.label}", held.cite)


def everything(law: Law, on: date) -> list[rules.Disclosure]:
    return law.on(on).every(rules.Disclosure)


def posted_days(law: Law, on: date, what: str = "accounts") -> int | None:
    """For how many days the notice hangs; None where the policy does not say."""
    held = law.on(on).maybe(rules.Disclosure, what=what)
    return held.posted_days if held else None


def posted(law: Law, on: date) -> list[Verdict[int]]:
    """What must hang for some days at least, and for how many."""
    return [
        Verdict(held.posted_days, f"{held.label}每次公示要挂满 {held.posted_days} 天", held.cite)
        for held in everything(law, on)
        if held.posted_days
    ]
