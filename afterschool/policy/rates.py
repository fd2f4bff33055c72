"""补助标准: what is counted, and what the school sets itself: a base, or its own rate under a floor or ceiling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from afterschool.errors import NoRule
from afterschool.money import ZERO, Money
from afterschool.policy import rules
from afterschool.policy.book import Law, RulesInForce
from afterschool.policy.payslip import rate_in_words
from afterschool.policy.rule import Case
from afterschool.policy.terms import UNITS
from afterschool.policy.verdict import Cite, Verdict

ANY = Case()


def basis(law: Law, on: date, case: Case = ANY) -> Verdict[tuple[str, ...]]:
    """What is counted: "hour", "lesson", "minute", "session", "day"; several where the policy pays some so, some so."""
    now = law.on(on)
    rates = [rule for rule in now.every(rules.StipendRate) if rule.may_hold(case)]
    base = now.maybe(rules.StipendBase, case)
    if not rates and base is None:
        raise NoRule("stipend_rate", rules.StipendRate.question, law.short)
    said = [rate_in_words(rule) for rule in rates]
    units = [rule.unit for rule in rates]
    if base:
        said.append(f"每小时基数不高于{base.average_of}，再按日子乘比例")
        units.append("hour")
    return Verdict(tuple(dict.fromkeys(units)), "；".join(dict.fromkeys(said)), (base or rates[0]).cite)


@dataclass(frozen=True, slots=True)
class OwnRate:
    """A rate that the school sets itself: a base that the kinds of day multiply, or within a floor or ceiling."""

    unit: str
    nature: Literal["base", "floor", "ceiling"]
    because: str
    cite: Cite

    @property
    def name(self) -> str:
        return "补助基数" if self.nature == "base" else "本校补助标准"

    @property
    def label(self) -> str:
        return f"{self.name}（元/{UNITS[self.unit]}）"


def own_rate(law: Law, on: date, case: Case = ANY) -> OwnRate | None:
    """What the school sets itself; None where the policy fixes all of it."""
    now = law.on(on)
    if base := now.maybe(rules.StipendBase, case):
        return OwnRate("hour", "base", f"每小时补助基数不高于{base.average_of}", base.cite)
    for bound in _bounds(now, case):
        nature: Literal["floor", "ceiling"] = "floor" if bound.nature == "floor" else "ceiling"
        return OwnRate(bound.unit, nature, rate_in_words(bound), bound.cite)
    return None


def rate_allowed(
    law: Law, on: date, *, rate: Money, city_average: Money | None = None, case: Case = ANY
) -> Verdict[bool]:
    """May the school pay this rate of its own: so much an hour before the day's percent, or under a floor or ceiling?"""
    now = law.on(on)
    if base := now.maybe(rules.StipendBase, case):
        return base_allowed(base, rate, city_average)
    bounds = _bounds(now, case)
    if not bounds:
        told = basis(law, on, case)
        return Verdict(False, f"{told.because}，不用学校另定标准", told.cite, "breach", "base")
    judged = [within(bound, rate) for bound in bounds]
    return next((verdict for verdict in judged if not verdict.answer), judged[0])


def base_allowed(rule: rules.StipendBase, base: Money, city_average: Money | None) -> Verdict[bool]:
    if city_average is None:
        return Verdict(False, "请先填写全市教师每小时平均工资", rule.cite, "breach", "base")
    limit = f"每小时补助基数不高于{rule.average_of} {city_average} 元"
    if ZERO < base <= city_average:
        return Verdict(True, limit, rule.cite, field="base")
    return Verdict(False, f"{limit}，现填 {base} 元", rule.cite, rule.level_when_broken, "base")


def within(rule: rules.StipendRate, own: Money) -> Verdict[bool]:
    fits = own > ZERO and (own >= rule.yuan if rule.nature == "floor" else own <= rule.yuan)
    said = rate_in_words(rule)
    if fits:
        return Verdict(True, said, rule.cite, field="base")
    return Verdict(False, f"{said}，现填 {own} 元", rule.cite, rule.level_when_broken, "base")


def _bounds(now: RulesInForce, case: Case) -> list[rules.StipendRate]:
    return [rule for rule in now.every(rules.StipendRate) if rule.nature != "fixed" and rule.may_hold(case)]
