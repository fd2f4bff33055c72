"""一校一案: whether the plan is filed or approved, with whom, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.verdict import Cite

AUTUMN_FROM_MONTH = 7


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
    month, day = map(int, held.by.split("-"))
    deadline = date(term_began_on.year, month, day)
    return Filing("filed", held.to, deadline, f"{month} 月 {day} 日前报{held.to}备案", held.cite)
