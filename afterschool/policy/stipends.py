"""课后服务补助: what recorded duty is paid. How it is told stands in `payslip`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import Money, total
from afterschool.policy import rules
from afterschool.policy.book import Law, RulesInForce
from afterschool.policy.lessons import Limits
from afterschool.policy.payslip import MINUTES_OF, Count, Duty, Part, Pay, Scale, rate_in_words
from afterschool.policy.rates import base_allowed, within
from afterschool.policy.rounding import rounded
from afterschool.policy.rule import Case
from afterschool.policy.terms import DAY_KINDS, service_on
from afterschool.policy.verdict import Verdict

__all__ = ["Duty", "Pay", "paid_every", "pay", "payroll", "percent", "roles"]

ANY = Case()
_by_day = attrgetter("day")


def percent(law: Law, on: date, day_kind: str) -> Verdict[int]:
    """The least percent of the base for this kind of day."""
    rule = law.on(on).the(rules.StipendPercent, day_kind=day_kind)
    return Verdict(rule.least, _percent_in_words(rule), rule.cite)


def paid_every(law: Law, on: date) -> Verdict[str]:
    """ "month" or "term"."""
    rule = law.on(on).the(rules.StipendPaid)
    return Verdict(rule.every, {"month": "补助按月发放", "term": "补助按学期发放"}[rule.every], rule.cite)


def payroll(law: Law, on: date, staff: str) -> Verdict[str]:
    """Under which head "own" or "outside" people are paid."""
    rule = law.on(on).the(rules.Payroll, staff=staff)
    return Verdict(rule.label, f"按{rule.label}发放", rule.cite)


def roles(law: Law, on: date, case: Case = ANY) -> dict[str, str]:
    """What somebody on duty may do that is paid otherwise, by key and name."""
    return {rule.role: rule.label for rule in law.on(on).every(rules.StipendRole) if rule.may_hold(case)}


def pay(
    law: Law,
    *,
    duties: Iterable[Duty],
    case: Case = ANY,
    base: Money | None = None,
    city_average: Money | None = None,
    percents: Mapping[str, int] | None = None,
    before: Iterable[Duty] = (),
) -> Pay:
    """One person's stipend for these duties, each by the rules of its own day.

    `base` is the school's own rate (see `own_rate`), `percents` its own choice for the kinds of day, neither beyond
    the policy's bounds. `before` are duties of the same weeks that were paid earlier: they use up the weekly limit.
    """
    left = Limits()
    for duty in sorted(before, key=_by_day):
        left.count(duty, _scale_of(law, case, duty))
    counted = tuple(left.count(duty, _scale_of(law, case, duty)) for duty in sorted(duties, key=_by_day))
    paid: dict[Scale, Count] = {}
    for one in counted:
        paid[one.scale] = paid.get(one.scale, 0) + one.paid
    parts = [_part(scale, much, base, city_average, percents or {}) for scale, much in paid.items()]
    parts.sort(key=_workdays_first)
    amount = total(part.amount for part in parts)
    if not counted:
        return Pay(amount, (), ())
    now = law.on(counted[-1].duty.day)
    rounding = now.maybe(rules.Rounding, of="stipend")
    return Pay(rounded(now, "stipend", amount.fen), tuple(parts), counted, rounding)


def _part(
    scale: Scale, paid: Count, base: Money | None, city_average: Money | None, percents: Mapping[str, int]
) -> Part:
    if isinstance(scale.rule, rules.StipendRate):
        rate, used = _own_or_given(scale.rule, base), 100
    else:
        rate, used = _lawful_base(scale, base, city_average), _chosen(scale.rule, percents)
    factor = Fraction(used * (scale.role.percent if scale.role else 100), 100_00 * MINUTES_OF.get(scale.unit, 1))
    return Part(scale, paid, rate, used, rate.times(paid * factor))


def _workdays_first(part: Part) -> int:
    rule = part.scale.rule
    return list(DAY_KINDS).index(rule.day_kind) if isinstance(rule, rules.StipendPercent) else 0


def _scale_of(law: Law, case: Case, duty: Duty) -> Scale:
    # A make-up Saturday is a day of the school week.
    service = duty.service or ("weekday" if duty.day_kind == "workday" else service_on(duty.day.isoweekday()))
    facts = (duty.day.month, duty.day_kind, duty.role, duty.slot, service, duty.students, duty.grade)
    return _scale_in(law.on(duty.day), case, *facts)


@lru_cache(maxsize=1 << 15)
def _scale_in(
    now: RulesInForce,
    case: Case,
    month: int,
    day_kind: str,
    role: str,
    slot: str | None,
    service: str,
    students: int | None,
    grade: int | None,
) -> Scale:
    facts = {"month": month, "slot": slot, "service": service, "grade": grade}
    known = asdict(case) | {fact: given for fact, given in facts.items() if given is not None}
    if role == "substitute" and not _speaks_of(now, role):
        role = "teacher"
    post = rules.OnDuty(**known, role=role, day_kind=day_kind, students=students)
    return _scale(
        _paying_rule(now, post),
        now.maybe(rules.StipendBase, post),
        now.maybe(rules.StipendRole, post, role=role),
        now.maybe(rules.StipendLimit, post),
        now.maybe(rules.Lesson, post),
    )


def _speaks_of(now: RulesInForce, role: str) -> bool:
    """Who stands in for a teacher is one, unless the policy has a word for it."""
    named = [rule.role for rule in now.every(rules.StipendRole)]
    return role in named or any(role in rule.roles for rule in now.every(rules.StipendRate))


# The same scale for all that the same rules pay, so that it adds up.
_scale = lru_cache(maxsize=1 << 12)(Scale)


def _paying_rule(now: RulesInForce, post: rules.OnDuty) -> rules.StipendRate | rules.StipendPercent:
    rate, share = now.maybe(rules.StipendRate, post), now.maybe(rules.StipendPercent, post)
    if rate and share:
        raise NoRule("stipend_rate", f"补助按 {rate.cite.clause} 的标准还是 {share.cite.clause} 的比例发", now.policy)
    if found := rate or share:
        return found
    if post.students is None and any(
        rule.by_size for rule in now.every(rules.StipendRate) if rule.applies(_of_any_size(rule, post))
    ):
        raise NoRule("stipend_rate.students", "不知道班上有多少学生时的补助标准", now.policy)
    raise NoRule("stipend_rate", rules.StipendRate.question, now.policy)


def _of_any_size(rule: rules.StipendRate, post: rules.OnDuty) -> rules.OnDuty:
    return replace(post, students=rule.students_from or rule.students_to)


def _own_or_given(rule: rules.StipendRate, own: Money | None) -> Money:
    """The policy's rate; under a floor or a ceiling the school's own. A school that says nothing pays the floor."""
    if rule.nature == "fixed" or (own is None and rule.nature == "floor"):
        return rule.yuan
    if own is None:
        raise RuleBroken(f"{rate_in_words(rule)}，请先填写本校的补助标准", cite=rule.cite, field="base")
    _refuse(within(rule, own))
    return own


def _lawful_base(scale: Scale, base: Money | None, city_average: Money | None) -> Money:
    if scale.base is None:
        raise NoRule("stipend_base", rules.StipendBase.question, scale.rule.cite.policy)
    if base is None or city_average is None:
        raise RuleBroken("请先填写补助基数和全市教师每小时平均工资", cite=scale.base.cite, field="base")
    _refuse(base_allowed(scale.base, base, city_average))
    return base


def _chosen(rule: rules.StipendPercent, percents: Mapping[str, int]) -> int:
    used = percents.get(rule.day_kind, rule.least)
    if used < rule.least or (rule.exactly is not None and used != rule.exactly):
        raise RuleBroken(f"{_percent_in_words(rule)}，现填 {used}%", cite=rule.cite, field="percents")
    return used


def _refuse(verdict: Verdict[bool]) -> None:
    if not verdict.answer:
        raise RuleBroken(verdict.because, cite=verdict.cite, field=verdict.field)


def _percent_in_words(rule: rules.StipendPercent) -> str:
    return f"{DAY_KINDS[rule.day_kind]}按{' ' if rule.exactly is not None else '不低于 '}{rule.least}%"
