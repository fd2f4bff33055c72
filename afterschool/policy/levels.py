"""上位文件: where a document is looser than the one above it, rule by rule.

What the document above is silent on is not compared, nor what this one is silent on: silence loosens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from afterschool.money import ZERO, Money
from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.rule import SCOPE, Rule
from afterschool.policy.staffing import MEASURES, PEOPLE
from afterschool.policy.terms import AREAS, DAY_KINDS, OWNERSHIPS, SERVICES, SLOTS, STAGES, UNITS, weekday_name

GRADES_OF = {"primary": range(1, 7), "junior": range(7, 10), "senior": range(10, 13)}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule that is looser than one above it, and in what."""

    mine: Rule
    theirs: Rule
    message: str


def conflicts(policy: Policy, above: Policy) -> list[Conflict]:
    """In the order of the policy. Above, only what the document above is about counts: its own stages and days."""
    reach = {grade for rule in above.rules if isinstance(rule, rules.AppliesTo) for grade in _grades(rule)}
    return [
        Conflict(mine, theirs, message)
        for mine in policy.rules
        for theirs in above.rules
        if _meet(mine, theirs, reach)
        and _on_one_day(mine, policy, theirs, above)
        and (message := in_what(mine, theirs))
    ]


def in_what(mine: Rule, theirs: Rule) -> str:
    """In what the first rule is looser than the second; empty where it is not, or where the two are not compared."""
    looser = LOOSER.get((type(mine), type(theirs)))
    return looser(mine, theirs) if looser else ""


def share_a_case(mine: Rule, theirs: Rule, told_apart_by: Iterable[str] = (), but: Iterable[str] = ()) -> bool:
    """Is there anything for which both hold? `told_apart_by`: keys that must not name different things.

    `but`: parts of the scope that do not matter.
    """
    parts = {*SCOPE, "boarding", *told_apart_by} - {"stages", "grades", *but}
    return bool(_grades(mine) & _grades(theirs)) and all(
        _overlap(getattr(mine, part), getattr(theirs, part)) for part in parts
    )


def _meet(mine: Rule, theirs: Rule, reach: set[int]) -> bool:
    """Do they speak of the same thing, for children whom the document above is about?"""
    if isinstance(mine, rules.AppliesTo):
        return True
    if reach and not _grades(mine) & _grades(theirs) & reach:
        return False
    if type(mine) is type(theirs):
        return share_a_case(mine, theirs, mine.told_apart_by)
    # What is left out above is said by its slots and services: they are compared, not matched.
    return share_a_case(mine, theirs, but=("slots", "services") if isinstance(theirs, rules.OutsideScope) else ())


def _grades(rule: Rule) -> set[int]:
    """A rule may say stages instead."""
    return set(rule.grades) or {grade for stage in rule.stages or STAGES for grade in GRADES_OF[stage]}


def _overlap(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, tuple):
        return not mine or not theirs or bool(set(mine) & set(theirs))
    return mine is None or theirs is None or bool(mine == theirs)


def _on_one_day(mine: Rule, policy: Policy, theirs: Rule, above: Policy) -> bool:
    return mine.since <= _last_day(theirs, above) and theirs.since <= _last_day(mine, policy)


def _last_day(rule: Rule, policy: Policy) -> date:
    """Its own, its document's, or the day before a later rule about the same thing."""
    later = [one.since for one in policy.rules if one.since > rule.since and one.about == rule.about]
    ends = [day - timedelta(days=1) for day in later] + [day for day in (rule.until, policy.until) if day]
    return min(ends, default=date.max)


def _serves_more(mine: rules.AppliesTo, theirs: rules.AppliesTo) -> str:
    more = []
    for part, words in (("stages", STAGES), ("ownership", OWNERSHIPS), ("areas", AREAS)):
        allowed = getattr(theirs, part)
        more += [words[one] for one in getattr(mine, part) or words if allowed and one not in allowed]
    return f"服务对象多出{'、'.join(more)}，上位文件没有包括" if more else ""


def _counted_in(mine: Rule, theirs: rules.OutsideScope) -> str:
    """A rule that speaks of nothing but what the document above leaves out."""
    if isinstance(mine, rules.ServiceItem) and mine.legal != "service":
        return ""
    names: list[str] = []
    for held, shut, words in ((mine.services, theirs.services, SERVICES), (mine.slots, theirs.slots, SLOTS)):
        if shut and not (held and set(held) <= set(shut)):
            return ""
        names += [words[one] for one in held if shut]
    return f"把{'、'.join(names)}算作课后服务，上位文件不许"


def _dearer(mine: rules.Price, theirs: rules.Price) -> str:
    if mine.unit == "free" or mine.unit != theirs.unit != "free":
        return ""
    asked = f"{mine.who}每{UNITS[mine.unit]}可以收到 {_most(mine).short()} 元"
    if theirs.unit == "free":
        return f"{asked}，上位文件规定免费"
    return f"{asked}，上位文件最高 {_most(theirs).short()} 元" if _most(mine) > _most(theirs) else ""


def _most(price: rules.Price) -> Money:
    return (price.yuan or ZERO).times(Fraction(100 + (price.floats or 0), 100))


def _charged_at_all(mine: rules.Price, theirs: rules.NoFee) -> str:
    return f"{mine.who}收费 {mine.yuan.short()} 元，上位文件现在不许收费" if mine.yuan else ""


def _higher_cap(mine: rules.ChargeCap, theirs: rules.ChargeCap) -> str:
    capped = f"{mine.who}每{UNITS[mine.per]}最多收 {mine.yuan.short()} 元"
    return f"{capped}，上位文件最多 {theirs.yuan.short()} 元" if mine.yuan > theirs.yuan else ""


def _extra_fee(mine: rules.ExtraFee, theirs: rules.ExtraFee) -> str:
    return "引进校外资源可以另外收费，上位文件不许" if mine.allowed and not theirs.allowed else ""


def _waives_less(mine: rules.Waiver, theirs: rules.Waiver) -> str:
    if theirs.percent is None or theirs.percent <= (mine.percent or 0):
        return ""
    waived = "减免多少由学校审定" if mine.percent is None else f"减免 {mine.percent}%"
    return f"{mine.label}{waived}，上位文件减免 {theirs.percent}%"


def _more_days(mine: rules.OpenDays, theirs: rules.OpenDays) -> str:
    more = [weekday_name(day) for day in mine.weekdays if day not in theirs.weekdays]
    return f"{mine.who}{'、'.join(more)}也开，上位文件没有包括" if more else ""


def _open_when_closed(mine: rules.OpenDays, theirs: rules.ClosedDays) -> str:
    both = [weekday_name(day) for day in mine.weekdays if day in theirs.weekdays]
    return f"{mine.who}{'、'.join(both)}也开，上位文件规定不开" if both else ""


def _longer_window(mine: rules.Window, theirs: rules.Window) -> str:
    if mine.weekdays and theirs.weekdays and set(mine.weekdays).isdisjoint(theirs.weekdays):
        return ""
    if theirs.starts_from and mine.starts_from and mine.starts_from < theirs.starts_from:
        return f"{mine.who}从 {mine.starts_from:%H:%M} 开始，上位文件不早于 {theirs.starts_from:%H:%M}"
    if theirs.ends_by is None or mine.ends_by_bell or (mine.ends_by and mine.ends_by <= theirs.ends_by):
        return ""
    ends = f"可以开到 {mine.ends_by:%H:%M}" if mine.ends_by else "没有写最晚几点"
    return f"{mine.who}{ends}，上位文件不晚于 {theirs.ends_by:%H:%M}"


def _other_hours(mine: rules.HoursADay, theirs: rules.HoursADay) -> str:
    if mine.at_most and theirs.at_most and mine.at_most > theirs.at_most:
        return f"{mine.who}一天可以开 {mine.at_most} 小时，上位文件最多 {theirs.at_most} 小时"
    if mine.minutes_at_least and theirs.minutes_at_least and mine.minutes_at_least < theirs.minutes_at_least:
        return f"{mine.who}一天最少 {mine.minutes_at_least} 分钟，上位文件最少 {theirs.minutes_at_least} 分钟"
    return ""


def _longer_vacation(mine: rules.VacationLength, theirs: rules.VacationLength) -> str:
    longer = mine.days_at_most > theirs.days_at_most
    return f"{mine.who}假期可以开 {mine.days_at_most} 天，上位文件最多 {theirs.days_at_most} 天" if longer else ""


def _pays_less(mine: rules.StipendPercent, theirs: rules.StipendPercent) -> str:
    ours, least = (rule.at_least or rule.exactly or 0 for rule in (mine, theirs))
    return f"{DAY_KINDS[mine.day_kind]}补助按 {ours}%，上位文件不低于 {least}%" if ours < least else ""


def _fewer_people(mine: rules.Staffing, theirs: rules.Staffing) -> str:
    if mine.of != theirs.of or Fraction(mine.each, mine.per) >= Fraction(theirs.each, theirs.per):
        return ""
    ours, least = (f"每 {one.per} {MEASURES[one.of]}配 {one.each} {PEOPLE[one.role]}" for one in (mine, theirs))
    return f"{mine.who}{ours}，上位文件{least}"


def _spends_more(mine: rules.Expense, theirs: rules.Expense) -> str:
    return f"可以列支{mine.label}，上位文件不许" if mine.allowed and not theirs.allowed else ""


def _lets_in(mine: rules.ThirdParty, theirs: rules.ThirdParty) -> str:
    return "可以引进校外机构，上位文件不许" if mine.allowed and not theirs.allowed else ""


def _refuses_more(mine: rules.Refusal, theirs: rules.Refusal) -> str:
    more = [ground for ground in mine.grounds if ground not in theirs.grounds]
    return f"可以因{'、'.join(more)}不接收学生，上位文件没有这样的理由" if more else ""


def _only_filed(mine: rules.Filing, theirs: rules.Filing) -> str:
    looser = (mine.mode, theirs.mode) == ("filed", "approved")
    return f"只要报{mine.to}备案，上位文件要报{theirs.to}审核同意" if looser else ""


# This document's kind and the kind above: how the first is looser than the second, or nothing. Others are not compared.
LOOSER: dict[tuple[type[Rule], type[Rule]], Callable[[Any, Any], str]] = {
    (rules.AppliesTo, rules.AppliesTo): _serves_more,
    (rules.ServiceItem, rules.OutsideScope): _counted_in,
    (rules.OpenDays, rules.OutsideScope): _counted_in,
    (rules.Window, rules.OutsideScope): _counted_in,
    (rules.Price, rules.Price): _dearer,
    (rules.Price, rules.NoFee): _charged_at_all,
    (rules.ChargeCap, rules.ChargeCap): _higher_cap,
    (rules.ExtraFee, rules.ExtraFee): _extra_fee,
    (rules.Waiver, rules.Waiver): _waives_less,
    (rules.OpenDays, rules.OpenDays): _more_days,
    (rules.OpenDays, rules.ClosedDays): _open_when_closed,
    (rules.Window, rules.Window): _longer_window,
    (rules.HoursADay, rules.HoursADay): _other_hours,
    (rules.VacationLength, rules.VacationLength): _longer_vacation,
    (rules.StipendPercent, rules.StipendPercent): _pays_less,
    (rules.Staffing, rules.Staffing): _fewer_people,
    (rules.Expense, rules.Expense): _spends_more,
    (rules.ThirdParty, rules.ThirdParty): _lets_in,
    (rules.Refusal, rules.Refusal): _refuses_more,
    (rules.Filing, rules.Filing): _only_filed,
}
