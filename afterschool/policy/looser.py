"""宽严: in what one rule is looser than another of the same kind, or than one that forbids it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from afterschool.money import ZERO, Money
from afterschool.policy import rules
from afterschool.policy.rule import Rule
from afterschool.policy.staffing import MEASURES, PEOPLE
from afterschool.policy.terms import AREAS, DAY_KINDS, OWNERSHIPS, SERVICES, SLOTS, STAGES, UNITS, weekday_name


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
    if mine.nature == "advisory" != theirs.nature:
        return f"{mine.who}的收费标准只是建议，超过的只提醒，上位文件不许超过"
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
    if mine.allowed and not theirs.allowed:
        return "可以引进校外机构，上位文件不许"
    ours, least = mine.satisfaction_at_least, theirs.satisfaction_at_least
    lower = mine.allowed and ours is not None and least is not None and ours < least
    return f"满意度不低于 {ours}%，上位文件不低于 {least}%" if lower else ""


def _refuses_more(mine: rules.Refusal, theirs: rules.Refusal) -> str:
    more = [ground for ground in mine.grounds if ground not in theirs.grounds]
    return f"可以因{'、'.join(more)}不接收学生，上位文件没有这样的理由" if more else ""


def _only_filed(mine: rules.Filing, theirs: rules.Filing) -> str:
    looser = (mine.mode, theirs.mode) == ("filed", "approved")
    return f"只要报{mine.to}备案，上位文件要报{theirs.to}审核同意" if looser else ""


def _more_lessons(mine: rules.Billable, theirs: rules.Billable) -> str:
    more = mine.lessons_a_day > theirs.lessons_a_day
    return f"一天最多按 {mine.lessons_a_day} 课时收，上位文件最多 {theirs.lessons_a_day} 课时" if more else ""


def _collects_more(mine: rules.Collection, theirs: rules.Collection) -> str:
    if (mine.per, theirs.per) == ("term", "month"):
        return "一次收一学期的，上位文件一次只收一个月的"
    return "预收，上位文件后收" if (mine.paid, theirs.paid) == ("advance", "arrears") else ""


def _keeps_more(mine: rules.Settlement, theirs: rules.Settlement) -> str:
    said = {"both": "不足的向家长补收", "none": "不据实结算"}.get(mine.direction, "")
    return f"{said}，上位文件多退少不补" if said and theirs.direction == "surplus_back_only" else ""


def _gives_less(mine: rules.Refund, theirs: rules.Refund) -> str:
    """Of bands about different thresholds both hold, and the one that gives most counts."""
    if mine.about != theirs.about or theirs.gives == "nothing":
        return ""
    if mine.gives == "nothing":
        return "不退费，上位文件要退"
    ours, least = (rule.percent if rule.yuan is None else rule.yuan.fen for rule in (mine, theirs))
    less = mine.gives == theirs.gives and ours is not None and least is not None and ours < least
    return "退得比上位文件少" if less else ""


def _refunds_later(mine: rules.RefundRoute, theirs: rules.RefundRoute) -> str:
    ours, most = mine.within_days, theirs.within_days
    later = ours is not None and most is not None and ours > most
    return f"{ours} 天内退，上位文件 {most} 天内" if later else ""


def _pays_otherwise(mine: rules.StipendRate, theirs: rules.StipendRate) -> str:
    """Less than the least above, or more than the most."""
    if mine.unit != theirs.unit:
        return ""
    rate, each = f"补助每{UNITS[mine.unit]} {mine.yuan.short()} 元", theirs.yuan.short()
    if theirs.nature != "ceiling" and (mine.nature == "ceiling" or mine.yuan < theirs.yuan):
        return f"{rate}{'以内' if mine.nature == 'ceiling' else ''}，上位文件不低于 {each} 元"
    if theirs.nature != "floor" and (mine.nature == "floor" or mine.yuan > theirs.yuan):
        return f"{rate}{'以上' if mine.nature == 'floor' else ''}，上位文件不高于 {each} 元"
    return ""


def _larger_classes(mine: rules.ClassSize, theirs: rules.ClassSize) -> str:
    ours, most = mine.at_most, theirs.at_most
    larger = ours is not None and most is not None and ours > most
    return f"一班可以有 {ours} 人，上位文件最多 {most} 人" if larger else ""


def _books_unlisted(mine: rules.UnlistedExpense, theirs: rules.UnlistedExpense) -> str:
    return "没有列出的开支也可以列支，上位文件不许" if mine.allowed and not theirs.allowed else ""


def _other_pool(mine: rules.Pool, theirs: rules.Pool) -> str:
    if mine.of != theirs.of:
        return ""
    ours, least = mine.percent_at_least, theirs.percent_at_least
    if ours is not None and least is not None and ours < least:
        return f"不低于 {ours}%，上位文件不低于 {least}%"
    ours, most = mine.percent_at_most, theirs.percent_at_most
    higher = ours is not None and most is not None and ours > most
    return f"不高于 {ours}%，上位文件不高于 {most}%" if higher else ""


# This document's kind and the kind above: how the first is looser than the second, or nothing. Others are not compared.
LOOSER: dict[tuple[type[Rule], type[Rule]], Callable[[Any, Any], str]] = {
    (rules.AppliesTo, rules.AppliesTo): _serves_more,
    (rules.ServiceItem, rules.OutsideScope): _counted_in,
    (rules.OpenDays, rules.OutsideScope): _counted_in,
    (rules.Window, rules.OutsideScope): _counted_in,
    (rules.Price, rules.Price): _dearer,
    (rules.Price, rules.NoFee): _charged_at_all,
    (rules.ChargeCap, rules.ChargeCap): _higher_cap,
    (rules.Billable, rules.Billable): _more_lessons,
    (rules.Collection, rules.Collection): _collects_more,
    (rules.Settlement, rules.Settlement): _keeps_more,
    (rules.Refund, rules.Refund): _gives_less,
    (rules.RefundRoute, rules.RefundRoute): _refunds_later,
    (rules.StipendRate, rules.StipendRate): _pays_otherwise,
    (rules.ClassSize, rules.ClassSize): _larger_classes,
    (rules.UnlistedExpense, rules.UnlistedExpense): _books_unlisted,
    (rules.Pool, rules.Pool): _other_pool,
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
