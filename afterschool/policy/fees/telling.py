"""为什么是这个数: a charge told step by step, in words that anyone can follow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from afterschool.money import Money, rounded
from afterschool.policy import rules
from afterschool.policy.fees.stretch import Stretch
from afterschool.policy.rule import Rule
from afterschool.policy.terms import UNITS, duration
from afterschool.policy.verdict import Cite, Explained, Step

if TYPE_CHECKING:
    from afterschool.policy.fees.tariff import Month, Tariff

PLACE = {"fen": "分", "jiao": "角", "yuan": "元"}
PERIOD = {"month": "这个月", "term": "这个学期"}


@dataclass
class Telling:
    steps: list[Step] = field(default_factory=list)
    cites: dict[Cite, None] = field(default_factory=dict)

    def say(self, words: str, sum_: str = "", exact: Fraction | Money | None = None) -> None:
        self.steps.append(Step(words, sum_, rounded(exact) if isinstance(exact, Fraction) else exact))

    def cut(self, words: str, full: Money, kept: Money) -> None:
        """What a cap leaves of a sum."""
        self.say(f"{words}，多出的 {(full - kept).short()} 元不收", f"{full} − {full - kept}", kept)

    def rest_on(self, *held: Rule | None) -> None:
        self.cites |= dict.fromkeys(rule.cite for rule in held if rule)


def tell(tariff: Tariff, days: Sequence[date], off: int, charged_before: Money, this_month: Money) -> Explained:
    told, served = Telling(), set(days)
    if all(stretch.unit == "free" for stretch in tariff.stretches):
        told.say("免费，不收费", exact=Money(0))
        _rest_on_free(told, tariff)
        return Explained(tuple(told.steps), tuple(told.cites))
    _rates(told, tariff, served)
    for stretch in tariff.stretches:
        if stretch.served(served) and stretch.unit != "free":
            _stretch(told, stretch, served, alone=len(tariff.stretches) == 1)
    for month in tariff.months:
        _month_cap(told, month, served, this_month)
    _rounding(told, tariff, days, this_month)
    _term_cap(told, tariff, days, charged_before, this_month)
    charge = tariff.charge(tuple(days), off, charged_before, this_month)
    if off:
        told.say(f"按学校的减免决定减免 {off}%，免去", f"{charge.gross} × {off}%", charge.waived)
    period = PERIOD["term" if tariff.stretches[0].unit == "term" else "month"]
    told.say(f"{period}应交", f"{charge.gross} − {charge.waived}" if off else "", charge.net)
    return Explained(tuple(told.steps), tuple(told.cites))


def _rest_on_free(told: Telling, tariff: Tariff) -> None:
    for stretch in tariff.stretches:
        told.rest_on(stretch.now.maybe(rules.NoFee, tariff.case) or stretch.now.maybe(rules.Price, tariff.case))


def _rates(told: Telling, tariff: Tariff, served: Collection[date]) -> None:
    """Each rate once, with the day from which it held where there are several."""
    seen: dict[tuple[str, int], Stretch] = {}
    for stretch in tariff.stretches:
        if stretch.unit != "free":
            seen.setdefault((stretch.unit, stretch.rate), stretch)
            told.rest_on(stretch.now.maybe(rules.Price, tariff.case))
    for number, ((unit, rate), stretch) in enumerate(seen.items()):
        since = f"{_day(stretch.days[0])}起" if number else ""
        told.say(f"{since}每{UNITS[unit]}收费标准", exact=Money(rate))
        if stretch.by_months:
            told.rest_on(stretch.now.maybe(rules.BillingCalendar, tariff.case))
            told.say("折成每个月", f"{Money(rate)} ÷ {round(rate / stretch.price)}", stretch.price)


def _stretch(told: Telling, stretch: Stretch, served: Collection[date], *, alone: bool) -> None:
    days = [day for day in stretch.days if day in served]
    which = "" if alone else f"{_day(days[0])}到 {_day(days[-1])}："
    if stretch.unit in PERIOD:
        _part(told, stretch, served, which, alone=alone)
    else:
        _use(told, stretch, days, which)
    cap = stretch.cap("day")
    if cap and stretch.unit not in PERIOD:
        over = [day for day in days if stretch.rate * stretch.units(day) > cap.yuan.fen]
        if over:
            told.rest_on(cap)
            full = sum((stretch.rate * stretch.units(day) for day in days), Fraction(0))
            kept = sum((stretch.use(day) for day in days), Fraction(0))
            told.cut(f"一天最多收 {cap.yuan.short()} 元，有 {len(over)} 天超过", rounded(full), rounded(kept))


def _part(told: Telling, stretch: Stretch, served: Collection[date], which: str, *, alone: bool) -> None:
    """A month's or a term's price, for some of its days."""
    in_span, span = sum(day in served for day in stretch.span), len(stretch.span)
    price, exact, here = rounded(stretch.price), stretch.amount(served), len(stretch.days)
    unit = "month" if stretch.by_months else stretch.unit
    if in_span == span:
        if here < span:
            words = f"{which}{PERIOD[unit]}开 {span} 天，其中 {here} 天"
            told.say(words, f"{price} ÷ {span} × {here}", exact)
        elif not alone:
            told.say(f"{which}整个{UNITS[unit]}", "", exact)
        return
    held = stretch.now.the(rules.PartMonth, stretch.case)
    told.rest_on(held)
    opened = f"{which}{PERIOD[unit]}开 {span} 天，孩子参加其中 {in_span} 天"
    if held.basis == "whole":
        return told.say(f"{opened}，中途参加也按整{UNITS[unit]}收", "", exact)
    told.rest_on(stretch.now.maybe(rules.BillingCalendar, stretch.case))
    if held.basis == "service_days":
        return _by_days(told, stretch, opened, stretch.served(served), exact)
    if stretch.half(in_span, held) == 1:
        return told.say(f"{opened}，超过半个{UNITS[unit]}，按整{UNITS[unit]}收", "", exact)
    return told.say(f"{opened}，按半个{UNITS[unit]}收", f"{price} ÷ 2", exact)


def _by_days(told: Telling, stretch: Stretch, opened: str, many: int, exact: Fraction) -> None:
    price, divisor, value = rounded(stretch.price), stretch.billing_days, stretch.day_value
    sum_ = f"{price} ÷ {divisor} × {many}"
    if value * divisor != stretch.price:
        told.rest_on(stretch.now.maybe(rules.Rounding, of="rate"))
        told.say("每天的收费", f"{price} ÷ {divisor}", value)
        sum_ = f"{rounded(value)} × {many}"
    by = "" if divisor == len(stretch.span) else f"，一天按 {divisor} 天里的一天算"
    if exact == value * many:
        told.say(f"{opened}，只收这些天的{by}", sum_, exact)
    else:
        told.say(f"{opened}，{many} 天合计不超过整个标准", "", exact)


def _use(told: Telling, stretch: Stretch, days: Sequence[date], which: str) -> None:
    """So many lessons, hours, days or times."""
    case, now = stretch.case, stretch.now
    total = sum((stretch.units(day) for day in days), Fraction(0))
    exact = stretch.rate * total
    if stretch.unit in ("day", "session"):
        words = f"参加 {len(days)} {UNITS[stretch.unit]}"
    elif stretch.unit == "hour":
        words = f"参加 {len(days)} 天，{_every(stretch, days)}共 {duration(int(total * 60))}"
    else:
        words = f"参加 {len(days)} 天，{_every(stretch, days)}共 {number(total)} 课时"
        billable = now.maybe(rules.Billable, case)
        if billable and any(stretch.lessons(day) > billable.lessons_a_day for day in days):
            told.rest_on(billable)
            words += f"（一天最多按 {billable.lessons_a_day} 课时收）"
        if any(stretch.lessons(day) != stretch.plan.lessons for day in days):
            told.rest_on(now.maybe(rules.Lesson, case))
    told.say(f"{which}{words}", f"{Money(stretch.rate)} × {number(total)}", exact)


def _every(stretch: Stretch, days: Sequence[date]) -> str:
    """What each day counts, where all count the same."""
    counts = {stretch.units(day) for day in days}
    if len(counts) > 1:
        return ""
    each = counts.pop()
    return f"每天 {duration(int(each * 60))}，" if stretch.unit == "hour" else f"每天 {number(each)} 课时，"


def _month_cap(told: Telling, month: Month, served: Collection[date], this_month: Money) -> None:
    exact, held = month.exact(served), month.under_cap(served, this_month)
    if held < exact and month.limit is not None:
        told.rest_on(*(cap for _, cap in month.capped))
        other = f"，其他项目已收 {this_month.short()} 元" if this_month else ""
        told.cut(f"一个月最多收 {rounded(month.limit).short()} 元{other}", rounded(exact), rounded(held))


def _rounding(told: Telling, tariff: Tariff, days: Sequence[date], this_month: Money) -> None:
    """Said where the notice rounds to another place than the fen, and a part of it fell away or was added."""
    rule = tariff.stretches[-1].now.maybe(rules.Rounding, of="charge")
    gross = Money(tariff.under_month_cap(tuple(days), this_month))
    if rule and gross != rounded(tariff.exact(set(days), this_month)):
        told.rest_on(rule)
        told.say(f"收费算到{PLACE[rule.to]}", exact=gross)


def _term_cap(told: Telling, tariff: Tariff, days: Sequence[date], charged_before: Money, this_month: Money) -> None:
    cap, charge = tariff.term_cap, tariff.charge(tuple(days), 0, charged_before, this_month)
    full = Money(tariff.under_month_cap(tuple(days), this_month))
    if cap and charge.gross < full:
        told.rest_on(cap)
        before = f"，前面已收 {charged_before.short()} 元" if charged_before else ""
        told.cut(f"一学期最多收 {cap.yuan.short()} 元{before}", full, charge.gross)


def number(exact: Fraction) -> str:
    """A count as one writes it: 24, 1.5; what does not come out even, as a fraction."""
    if exact.denominator == 1:
        return str(exact.numerator)
    decimal = exact * 100
    return f"{float(exact):g}" if decimal.denominator == 1 else f"{exact.numerator}/{exact.denominator}"


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
