"""The days on end on which one rate and one set of rules hold, and what they come to. Exact, in fen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from afterschool.errors import NoRule
from afterschool.policy import rules
from afterschool.policy.book import RulesInForce
from afterschool.policy.rounding import rounded
from afterschool.policy.rule import Case
from afterschool.policy.terms import duration

OF_A_PERIOD = ("month", "term")


@dataclass(frozen=True)
class Plan:
    """How the service is laid out on a day: lessons and minutes, and the minutes of days that were cut short."""

    lessons: int
    minutes: int | None
    minutes_on: dict[date, int]


@dataclass(frozen=True, eq=False)
class Stretch:
    """`span` are all service days that one price is for: the month's or the term's. `price` is fen."""

    now: RulesInForce
    case: Case
    plan: Plan
    unit: str
    rate: int
    price: Fraction
    days: tuple[date, ...]
    span: tuple[date, ...]
    workdays: int | None
    _lessons: dict[date, Fraction] = field(default_factory=dict)
    _uses: dict[date, Fraction] = field(default_factory=dict)

    def amount(self, served: Collection[date]) -> Fraction:
        """What the days served come to, before the caps of a month and a term."""
        if self.unit == "free":
            return Fraction(0)
        if self.unit not in OF_A_PERIOD:
            return sum((self.use(day) for day in self.days if day in served), Fraction(0))
        cap = self.cap("day")
        exact = self.part(served)
        return min(exact, Fraction(cap.yuan.fen * self.served(served))) if cap else exact

    # ── a price for the whole month or term ──

    @property
    def by_months(self) -> bool:
        """A term's price that is first divided into months."""
        return self.unit == "term" and self.price != self.rate

    @property
    def whole(self) -> Fraction:
        """Its part of the price, when every day of the span is served."""
        return self.price * Fraction(len(self.days), len(self.span))

    def part(self, served: Collection[date]) -> Fraction:
        """Its part of the price for a child served on these days of the span."""
        in_span = sum(day in served for day in self.span)
        if in_span == len(self.span):
            return self.whole
        if not in_span or not self.price:
            return Fraction(0)
        part_month = self.now.the(rules.PartMonth, self.case)
        if part_month.basis == "service_days":
            return min(self.whole, self.day_value * self.served(served))
        return self.whole * (self.half(in_span, part_month) if part_month.basis == "half_month" else 1)

    def served(self, days: Collection[date]) -> int:
        return sum(day in days for day in self.days)

    def half(self, days: int, part_month: rules.PartMonth) -> Fraction:
        """Up to half of the days a half, above it the whole."""
        twice, of = days * 2, self.billing_days
        if twice == of and part_month.exactly_half is None:
            raise NoRule("part_month.exactly_half", "正好参加半个月按半月还是整月收", self.now.policy)
        return Fraction(1, 2) if twice < of or (twice == of and part_month.exactly_half == "half") else Fraction(1)

    @cached_property
    def day_value(self) -> Fraction:
        return self._rate(self.price / self.billing_days)

    @cached_property
    def billing_days(self) -> int:
        """What the price is divided by to find a day's."""
        calendar = self.now.maybe(rules.BillingCalendar, self.case)
        if calendar is None:
            by_days = self.now.maybe(rules.PartMonth, self.case)
            if by_days is None or by_days.basis != "service_days":
                raise NoRule("billing_calendar", "一天的费用按一个月几天折算", self.now.policy)
            return len(self.span)
        if calendar.counts == "service_days":
            return len(self.span)
        if calendar.counts == "statutory_workdays":
            if self.workdays is None:
                raise ValueError("the statutory workdays of the period are needed")
            return self.workdays
        by_term = self.unit == "term" and not calendar.months_a_term
        key = "days_a_term" if by_term else "days_a_month"
        days: int | None = getattr(calendar, key)
        if not days:
            said = "一学期" if by_term else "一个月"
            raise NoRule(f"billing_calendar.{key}", f"一天的费用按{said}几天折算", self.now.policy)
        return days

    # ── a price for each lesson, hour, day or time ──

    def use(self, day: date) -> Fraction:
        """What the units of one day come to, under the cap of a day."""
        if day not in self._uses:
            exact, cap = self.rate * self.units(day), self.cap("day")
            self._uses[day] = min(exact, Fraction(cap.yuan.fen)) if cap else exact
        return self._uses[day]

    def units(self, day: date) -> Fraction:
        if self.unit == "lesson":
            billable = self.now.maybe(rules.Billable, self.case)
            lessons = self.lessons(day)
            return min(lessons, Fraction(billable.lessons_a_day)) if billable else lessons
        return Fraction(self.minutes(day), 60) if self.unit == "hour" else Fraction(1)

    def lessons(self, day: date) -> Fraction:
        """Lessons of the day: those planned, fewer where they were cut short and the notice says what counts."""
        if day not in self._lessons:
            self._lessons[day] = self._counted(day)
        return self._lessons[day]

    def _counted(self, day: date) -> Fraction:
        planned, lesson = Fraction(self.plan.lessons), self.now.maybe(rules.Lesson, self.case)
        minutes = self.plan.minutes_on.get(day, self.plan.minutes)
        if lesson is None:
            if day in self.plan.minutes_on:
                raise NoRule("lesson", "一课时是多少分钟", self.now.policy)
            return planned
        if minutes is None or minutes >= planned * lesson.minutes:
            return planned
        if lesson.shorter is None:
            raise NoRule("lesson.shorter", f"不满{duration(lesson.minutes)}的课怎么计课时", self.now.policy)
        exact = Fraction(minutes, lesson.minutes)
        return {"prorated": exact, "not_counted": Fraction(exact // 1), "whole": Fraction(-(-exact // 1))}[
            lesson.shorter
        ]

    @cached_property
    def is_even(self) -> bool:
        """Is every day like the other? Then it only matters how many are served."""
        return self.unit in ("free", *OF_A_PERIOD) or not self.plan.minutes_on

    def minutes(self, day: date) -> int:
        minutes = self.plan.minutes_on.get(day, self.plan.minutes)
        if minutes is None:
            raise ValueError("the minutes of a day are needed")
        return minutes

    def cap(self, per: str) -> rules.ChargeCap | None:
        return self.now.maybe(rules.ChargeCap, self.case, per=per)

    def _rate(self, exact: Fraction) -> Fraction:
        """A derived rate, rounded where the notice says so."""
        return Fraction(rounded(self.now, "rate", exact).fen) if self.now.maybe(rules.Rounding, of="rate") else exact
