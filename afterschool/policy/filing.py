"""一校一案: whether the plan is filed or approved, with whom, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.verdict import Cite, Verdict

AUTUMN_FROM_MONTH = 7
WHAT = {"price": "收费标准", "accounts": "收支情况"}
MODES = {"filed": "备案", "approved": "审核同意"}


@dataclass(frozen=True, slots=True)
class Filing:
    mode: str
    to: str
    deadline: date | None
    because: str
    cite: Cite

    @property
    def needs_approval(self) -> bool:
        return self.mode == "approved"


def rule(law: Law, term_began_on: date) -> Filing:
    """How a term's plan reaches the bureau. A day in the year speaks of the school year's autumn term only."""
    held = law.on(term_began_on).the(rules.Filing, what="plan")
    if held.mode == "approved":
        return Filing("approved", held.to, term_began_on, f"报{held.to}审核同意后才能开展服务", held.cite)
    if not held.by or term_began_on.month < AUTUMN_FROM_MONTH:
        return Filing("filed", held.to, None, f"报{held.to}备案，政策没有写明这个学期的截止日期", held.cite)
    deadline = date(term_began_on.year, *_month_and_day(held.by))
    return Filing("filed", held.to, deadline, f"{_by(held)}报{held.to}备案", held.cite)


def besides_plan(law: Law, on: date) -> list[Verdict[str]]:
    """What else goes to an office, and how: the price, the accounts."""
    return [
        Verdict(held.mode, f"{WHAT[held.what]}要{_before(held)}报{held.to}{MODES[held.mode]}", held.cite)
        for held in law.on(on).every(rules.Filing)
        if held.what != "plan"
    ]


def _before(held: rules.Filing) -> str:
    return f"在 {_by(held)}" if held.by else ""


def _by(held: rules.Filing) -> str:
    month, day = _month_and_day(held.by)
    return f"{month} 月 {day} 日前"


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = map(int, text.split("-"))
    return month, day
