"""收费: how much may be charged, and what one child's month comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from afterschool.money import ZERO, Money
from afterschool.policy import rules, waivers
from afterschool.policy.book import Policy
from afterschool.policy.rule import Case, Rule
from afterschool.policy.verdict import Cite, Step, Verdict


@dataclass(frozen=True, slots=True)
class Charge:
    gross: Money
    waived: Money
    net: Money
    steps: tuple[Step, ...]
    cites: tuple[Cite, ...]


def cap(
    policy: Policy, on: date, *, stage: str, grade: int | None = None, boarding: bool = False, service: str = "weekday"
) -> Verdict[Money]:
    """The most a school may ask of one student for one month."""
    return _limit(policy, on, Case(stage=stage, grade=grade, boarding=boarding, service=service))[0]


def within_cap(
    policy: Policy,
    on: date,
    *,
    stage: str,
    grade: int | None = None,
    boarding: bool = False,
    service: str = "weekday",
    fee: Money,
) -> Verdict[bool]:
    """May this monthly fee be charged?"""
    most, rule = _limit(policy, on, Case(stage=stage, grade=grade, boarding=boarding, service=service))
    if fee < ZERO:
        return Verdict(False, "收费不能是负数", most.cite, "breach", "fee")
    if fee <= most.answer:
        return Verdict(True, most.because, most.cite, field="fee")
    excess = f"，超 {fee - most.answer} 元" if most.answer else ""
    return Verdict(False, f"{most.because}，现填 {fee} 元{excess}", most.cite, rule.level_when_broken, "fee")


def extra_for_outsiders(policy: Policy, on: date) -> Verdict[bool]:
    """May a family be charged more because an outside institution takes part?"""
    now = policy.on(on)
    if frozen := now.maybe(rules.NoFee):
        return Verdict(False, "收费政策明确之前，不得收费", frozen.cite, "breach", "fee")
    rule = now.the(rules.ExtraFee)
    if rule.allowed:
        return Verdict(True, "引进校外资源可以另外收费", rule.cite)
    return Verdict(False, "引进校外资源的，不得再额外收费", rule.cite, rule.level_when_broken, "fee")


def needs_committee(policy: Policy, on: date) -> Verdict[bool]:
    """Must the school's own rate be agreed with the 家长委员会?"""
    rule = policy.on(on).maybe(rules.FeeSetting)
    if rule is None:
        return Verdict(False, "政策没有要求协商收费标准")
    return Verdict(True, "具体收费标准由学校协商家长委员会确定", rule.cite)


def account(policy: Policy, on: date) -> Verdict[str]:
    """The account that fees are paid into."""
    rule = policy.on(on).the(rules.Account)
    return Verdict(rule.label, f"收费存入{rule.label}", rule.cite)


def collected_apart(policy: Policy, on: date) -> list[rules.OwnItem]:
    """What is collected for others, apart from the service fee (代收费)."""
    return policy.on(on).every(rules.OwnItem)


def charge(
    policy: Policy,
    on: date,
    *,
    monthly_fee: Money,
    days_in_force: int,
    service_days: int,
    waived: Sequence[waivers.Waived] = (),
) -> Charge:
    """One child's charge for a month with `service_days`, served on `days_in_force` of them.

    A waiver is taken off so that a part of a fen falls to the family's good. The steps do not say which group the
    child belongs to: more people read a charge than may know that.
    """
    if not 0 <= days_in_force <= service_days or service_days < 1:
        raise ValueError(f"{days_in_force} of {service_days} service days")
    steps, cites = [Step("每月收费标准", amount=monthly_fee)], []
    gross = monthly_fee
    if days_in_force < service_days and monthly_fee:
        cites.append(policy.on(on).the(rules.PartMonth).cite)
        gross = monthly_fee.times(Fraction(days_in_force, service_days))
        said = f"这个月开 {service_days} 天，孩子参加其中 {days_in_force} 天，只收这些天的"
        steps.append(Step(said, f"{monthly_fee} ÷ {service_days} × {days_in_force}", gross))
    off = waivers.strongest(policy, on, waived)
    net = gross.times_down(Fraction(100 - off.answer, 100))
    if off.answer:
        steps.append(Step(f"按学校的减免决定减免 {off.answer}%，免去", f"{gross} × {off.answer}%", gross - net))
        cites += [off.cite] if off.cite else []
    steps.append(Step("这个月应交", f"{gross} − {gross - net}" if off.answer else "", net))
    return Charge(gross, gross - net, net, tuple(steps), tuple(cites))


def _limit(policy: Policy, on: date, case: Case) -> tuple[Verdict[Money], Rule]:
    now = policy.on(on)
    if frozen := now.maybe(rules.NoFee):
        return Verdict(ZERO, "收费政策明确之前，不向家长收取课后服务费", frozen.cite), frozen
    rule = now.the(rules.Price, case)
    most = rule.yuan or ZERO
    said = f"{rule.who}{_saying(case.service or 'weekday')}每月每生不高于 {most.short()} 元"
    return Verdict(most, said, rule.cite), rule


def _saying(service: str) -> str:
    return {"weekday": "", "saturday": "周六课后服务", "vacation": "寒暑假课后服务"}[service]
