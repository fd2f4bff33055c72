"""财政补贴: what the budget adds, apart from fees."""

from __future__ import annotations

from datetime import date

from afterschool.money import Money
from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Verdict


def per_student_year(policy: Policy, on: date) -> Verdict[Money | None]:
    """The subsidy for one student and year; None where the policy knows no subsidy."""
    rule = policy.on(on).maybe(rules.Subsidy, per="student_year")
    if rule is None:
        return Verdict(None, "政策没有安排财政补贴")
    return Verdict(
        rule.yuan, f"{'、'.join(payer.name for payer in rule.payers)}按每生每年 {rule.yuan.short()} 元安排", rule.cite
    )
