"""收费标准: the price table, and whether a school's own rate keeps to it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from afterschool.money import ZERO, Money, rounded
from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.rule import Case
from afterschool.policy.terms import UNITS
from afterschool.policy.verdict import Verdict

PER = {unit: f"每{name}" for unit, name in UNITS.items()} | {"month": "每月每生", "term": "每学期每生"}
SERVICE = {"saturday": "周六课后服务", "vacation": "寒暑假课后服务"}


def per_unit(rate: Money, unit: str) -> str:
    """A rate in running text: 每月 200 元, 每课时 3 元."""
    return f"每{UNITS[unit]} {rate.short()} 元" if rate else "免费"


def price(law: Law, on: date, case: Case) -> rules.Price:
    """The line of the price table that holds for the case."""
    return law.on(on).the(rules.Price, case)


def highest(law: Law, on: date, case: Case) -> Verdict[Money]:
    """The most that a school may ask of one student for one unit of the service, in words."""
    if frozen := law.on(on).maybe(rules.NoFee, case):
        return Verdict(ZERO, "收费政策明确之前，不向家长收取课后服务费", frozen.cite)
    line = price(law, on, case)
    return Verdict(_most(line), _said(line, case), line.cite)


def within_price(law: Law, on: date, case: Case, rate: Money, *, unit: str = "month") -> Verdict[bool]:
    """May this rate be charged for each unit? A service that costs nothing is below every price."""
    most = highest(law, on, case)
    if rate < ZERO:
        return Verdict(False, "收费不能是负数", most.cite, "breach", "fee")
    if not rate:
        return Verdict(True, most.because, most.cite, field="fee")
    if law.on(on).maybe(rules.NoFee, case):
        return Verdict(False, f"{most.because}，现填 {rate} 元", most.cite, "breach", "fee")
    line = price(law, on, case)
    level = "warn" if line.nature == "advisory" else line.level_when_broken
    if line.unit not in (unit, "free"):
        said = f"{most.because}，现按每{UNITS[unit]}收费，请改为按每{UNITS[line.unit]}收费"
        return Verdict(False, said, line.cite, line.level_when_broken, "fee")
    if _least(line) <= rate <= _most(line):
        return Verdict(True, most.because, line.cite, field="fee")
    return Verdict(False, f"{most.because}，现填 {rate} 元{_by_how_much(line, rate)}", line.cite, level, "fee")


def extra_for_outsiders(law: Law, on: date) -> Verdict[bool]:
    """May a family be charged more because an outside institution takes part?"""
    now = law.on(on)
    if frozen := now.maybe(rules.NoFee):
        return Verdict(False, "收费政策明确之前，不得收费", frozen.cite, "breach", "fee")
    rule = now.the(rules.ExtraFee)
    if rule.allowed:
        return Verdict(True, "引进校外资源可以另外收费", rule.cite)
    return Verdict(False, "引进校外资源的，不得再额外收费", rule.cite, rule.level_when_broken, "fee")


def needs_committee(law: Law, on: date) -> Verdict[bool]:
    """Must the school's own rate be agreed with the 家长委员会?"""
    rule = law.on(on).maybe(rules.FeeSetting)
    if rule is None:
        return Verdict(False, "政策没有要求协商收费标准")
    return Verdict(True, "具体收费标准由学校协商家长委员会确定", rule.cite)


def account(law: Law, on: date) -> Verdict[str]:
    """The account that fees are paid into."""
    rule = law.on(on).the(rules.Account)
    return Verdict(rule.label, f"收费存入{rule.label}", rule.cite)


def collected_apart(law: Law, on: date) -> list[rules.OwnItem]:
    """What is collected for others, apart from the service fee (代收费)."""
    return law.on(on).every(rules.OwnItem)


def _most(line: rules.Price) -> Money:
    return rounded((line.yuan or ZERO).fen * Fraction(100 + (line.floats or 0), 100), how="down")


def _least(line: rules.Price) -> Money:
    if line.nature not in ("fixed", "base"):
        return ZERO
    return rounded((line.yuan or ZERO).fen * Fraction(100 - (line.floats or 0), 100), how="up")


def _by_how_much(line: rules.Price, rate: Money) -> str:
    if rate > _most(line):
        return f"，超 {rate - _most(line)} 元" if line.yuan else ""
    return f"，少 {_least(line) - rate} 元"


def _said(line: rules.Price, case: Case) -> str:
    about = line.who + SERVICE.get(case.service or "", "")
    if line.yuan is None:
        return f"{about}免费，不向家长收费"
    rate = f"{line.yuan.short()} 元"
    match line.nature:
        case "fixed":
            return f"{about}{PER[line.unit]}收 {rate}"
        case "base":
            between = f"{_least(line).short()} 至 {_most(line).short()} 元"
            return f"{about}{PER[line.unit]}基准价 {rate}，上下浮动不超过 {line.floats}%，即 {between}"
        case "advisory":
            return f"{about}{PER[line.unit]}建议不高于 {rate}"
    return f"{about}{PER[line.unit]}不高于 {rate}"
