"""报名与退出: steps, refusal, and what comes first."""

from __future__ import annotations

from datetime import date

from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.verdict import Verdict


def steps(law: Law, on: date) -> Verdict[tuple[str, ...]]:
    rule = law.on(on).the(rules.EnrolmentSteps)
    return Verdict(rule.steps, " → ".join(rule.steps), rule.cite)


def refusal_grounds(law: Law, on: date) -> Verdict[tuple[str, ...]]:
    """The only grounds on which an applicant may be refused."""
    rule = law.on(on).the(rules.Refusal)
    return Verdict(rule.grounds, "、".join(rule.grounds) or "应收尽收，不得拒绝", rule.cite)


def may_refuse(law: Law, on: date, ground: str) -> Verdict[bool]:
    grounds = refusal_grounds(law, on)
    if ground in grounds.answer:
        return Verdict(True, f"可以因{ground}不接收", grounds.cite)
    only = f"只有{grounds.because}才可以不接收" if grounds.answer else grounds.because
    return Verdict(False, only, grounds.cite, "breach", "ground")


def basic_first(law: Law, on: date) -> Verdict[bool]:
    """Must a child have the basic service before joining a club?"""
    rule = law.on(on).maybe(rules.BasicFirst)
    if rule is None:
        return Verdict(False, "政策没有要求先参加基础服务")
    return Verdict(True, "先参加普通延时托管服务，再报特色集体活动", rule.cite)
