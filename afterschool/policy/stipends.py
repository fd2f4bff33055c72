"""课后服务补助: what recorded duty is paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money, total
from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.terms import DAY_KINDS, duration
from afterschool.policy.verdict import Cite, Step, Verdict


@dataclass(frozen=True, slots=True)
class Duty:
    """One stretch on post, as recorded: `lessons` (课时) only where they were counted."""

    minutes: int
    day_kind: str
    lessons: int | None = None


@dataclass(frozen=True, slots=True)
class Pay:
    amount: Money
    steps: tuple[Step, ...]
    cites: tuple[Cite, ...]


def basis(policy: Policy, on: date) -> Verdict[str]:
    """ "hours" (base × percent of the day) or "lessons" (a flat sum each)."""
    now = policy.on(on)
    if flat := now.maybe(rules.StipendRate, unit="lesson"):
        return Verdict("lessons", f"每课时 {flat.yuan.short()} 元", flat.cite)
    base = now.the(rules.StipendBase)
    return Verdict("hours", f"每小时基数不高于{base.average_of}，再按日子乘比例", base.cite)


def base_allowed(policy: Policy, on: date, *, base: Money, city_average: Money) -> Verdict[bool]:
    """May the school pay this hourly base?"""
    rule = policy.on(on).the(rules.StipendBase)
    limit = f"每小时补助基数不高于{rule.average_of} {city_average} 元"
    if ZERO < base <= city_average:
        return Verdict(True, limit, rule.cite, field="base")
    return Verdict(False, f"{limit}，现填 {base} 元", rule.cite, rule.level_when_broken, "base")


def percent(policy: Policy, on: date, day_kind: str) -> Verdict[int]:
    """The least percent of the base for this kind of day."""
    rule = policy.on(on).the(rules.StipendPercent, day_kind=day_kind)
    if rule.exactly is not None:
        return Verdict(rule.exactly, f"{DAY_KINDS[day_kind]}按 {rule.exactly}%", rule.cite)
    return Verdict(rule.at_least or 0, f"{DAY_KINDS[day_kind]}按不低于 {rule.at_least}%", rule.cite)


def paid_every(policy: Policy, on: date) -> Verdict[str]:
    """ "month" or "term"."""
    rule = policy.on(on).the(rules.StipendPaid)
    return Verdict(rule.every, {"month": "补助按月发放", "term": "补助按学期发放"}[rule.every], rule.cite)


def payroll(policy: Policy, on: date, staff: str) -> Verdict[str]:
    """Under which head "own" or "outside" people are paid."""
    rule = policy.on(on).the(rules.Payroll, staff=staff)
    return Verdict(rule.label, f"按{rule.label}发放", rule.cite)


def pay(
    policy: Policy,
    on: date,
    *,
    duties: Iterable[Duty],
    base: Money | None = None,
    city_average: Money | None = None,
    percents: Mapping[str, int] | None = None,
) -> Pay:
    """One person's stipend for these duties. `percents` is the school's own choice, never below the policy's."""
    duties = list(duties)
    if basis(policy, on).answer == "lessons":
        return _by_lesson(policy, on, duties)
    if base is None or city_average is None:
        raise RuleBroken("请先填写补助基数和全市教师每小时平均工资", cite=basis(policy, on).cite, field="base")
    lawful = base_allowed(policy, on, base=base, city_average=city_average)
    if not lawful.answer:
        raise RuleBroken(lawful.because, cite=lawful.cite, field="base")
    return _by_hour(policy, on, duties, base, percents or {})


def _by_lesson(policy: Policy, on: date, duties: list[Duty]) -> Pay:
    rule = policy.on(on).the(rules.StipendRate, unit="lesson")
    if any(duty.lessons is None for duty in duties):
        raise NoRule("lesson.minutes", "一课时是多少分钟", policy.short)
    lessons = sum(duty.lessons or 0 for duty in duties)
    amount = rule.yuan * lessons
    step = Step(f"{lessons} 课时，每课时 {rule.yuan.short()} 元", f"{lessons} × {rule.yuan}", amount)
    return Pay(amount, (step,), (rule.cite,))


def _by_hour(policy: Policy, on: date, duties: list[Duty], base: Money, chosen: Mapping[str, int]) -> Pay:
    steps, cites = [], []
    for kind in DAY_KINDS:
        minutes = sum(duty.minutes for duty in duties if duty.day_kind == kind)
        if not minutes:
            continue
        least = percent(policy, on, kind)
        used = chosen.get(kind, least.answer)
        if used < least.answer:
            raise RuleBroken(f"{least.because}，现填 {used}%", cite=least.cite, field="percents")
        amount = base.times(Fraction(minutes, 60) * Fraction(used, 100))
        count = f"{minutes} 分 ÷ 60" if minutes % 60 else f"{minutes // 60}"
        steps.append(
            Step(
                f"{DAY_KINDS[kind]} {duration(minutes)}，每小时 {base} 元的 {used}%",
                f"{count} × {base} × {used}%",
                amount,
            )
        )
        cites.append(least.cite)
    return Pay(total(step.amount or ZERO for step in steps), tuple(steps), tuple(c for c in cites if c))
