"""What one child's month (or term) of a service comes to: each day by its own rate and its own rules."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from afterschool.money import PLACES, ZERO, Money
from afterschool.policy import rules
from afterschool.policy.book import Law, RulesInForce
from afterschool.policy.fees.stretch import OF_A_PERIOD, Plan, Stretch
from afterschool.policy.rounding import rounded
from afterschool.policy.rule import Case
from afterschool.policy.verdict import Explained


@dataclass(frozen=True, slots=True)
class Period:
    """What is charged at once: a month, or for a term's price the term itself. `workdays` are its statutory ones."""

    first: date
    last: date
    term: tuple[date, date] | None = None
    workdays: int | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    gross: Money
    waived: Money
    net: Money


class Tariff:
    """One service in one period, for all children of the case. What they share is worked out once."""

    def __init__(self, law: Law, case: Case, period: Period, stretches: Sequence[Stretch]):
        self.law, self.case, self.period, self.stretches = law, case, period, tuple(stretches)
        self._stretch = {day: stretch for stretch in stretches for day in stretch.days}
        self.runs_on = tuple(self._stretch)
        self._days = frozenset(self.runs_on)
        self._gross: dict[Hashable, int] = {}
        self._uncapped: dict[Hashable, Fraction] = {}
        self._nets: dict[Hashable, int] = {}
        self._charges: dict[tuple[int, int], Charge] = {}

    def charge(
        self, days: tuple[date, ...], off: int = 0, charged_before: Money = ZERO, this_month: Money = ZERO
    ) -> Charge:
        """For a child served on these days, with `off` percent waived. The gross already charged earlier in the term
        counts towards the cap of the term, that of other services `this_month` towards the cap of the month.

        A waiver is taken off so that a part of a fen falls to the family's good.
        """
        gross = self.under_month_cap(days, this_month)
        if self.term_cap:
            gross = max(0, min(gross, self.term_cap.yuan.fen - charged_before.fen))
        known = self._charges.get((gross, off))
        if known is None:
            net = self._less(gross, off)
            known = self._charges[gross, off] = Charge(Money(gross), Money(gross - net), Money(net))
        return known

    def explain(
        self, days: tuple[date, ...], off: int = 0, charged_before: Money = ZERO, this_month: Money = ZERO
    ) -> Explained:
        """The same charge, step by step. The waiver's group is not named: more people read a charge than may know it."""
        from afterschool.policy.fees.telling import tell

        return tell(self, days, off, charged_before, this_month)

    def under_month_cap(self, days: tuple[date, ...], this_month: Money = ZERO) -> int:
        """In fen, rounded; before the cap of the term, which is whole by itself."""
        if not self._days.issuperset(days):
            raise ValueError("a child is served only on days of service")
        # Asked for every child of a city: what only the number of days decides is worked out once.
        shape = (len(days) if self._is_even else days, this_month.fen)
        known = self._gross.get(shape)
        if known is None:
            exact = self.exact(set(days), this_month)
            known = self._gross[shape] = rounded(self.stretches[-1].now, "charge", exact).fen if days else 0
        return known

    def _less(self, gross: int, off: int) -> int:
        net = gross * (100 - off) // 100
        return net - (net % self._place if off else 0)

    @cached_property
    def _is_even(self) -> bool:
        """Does only the number of days count? Not where a rate, a rule or the lessons change on the way."""
        return len(self.stretches) == 1 and self.stretches[0].is_even

    @cached_property
    def _place(self) -> int:
        """To which part of a yuan a waived charge is rounded down, in fen."""
        rule = self.stretches[-1].now.maybe(rules.Rounding, of="charge")
        return PLACES[rule.to] if rule else 1

    @cached_property
    def term_cap(self) -> rules.ChargeCap | None:
        return self.stretches[-1].cap("term") if self.stretches else None

    def exact(self, served: Collection[date], this_month: Money) -> Fraction:
        return sum((month.under_cap(served, this_month) for month in self.months), self._of_term(served))

    def _of_term(self, served: Collection[date]) -> Fraction:
        """What a term's price comes to: served to the full, just that price, however many months it is divided by."""
        of_term = [stretch for stretch in self.stretches if stretch.unit == "term"]
        full = sum((Fraction(one.rate * len(one.days), len(self.runs_on)) for one in of_term), Fraction(0))
        if len(served) == len(self.runs_on):
            return full
        return min(full, sum((stretch.part(served) for stretch in of_term), Fraction(0)))

    @cached_property
    def months(self) -> list[Month]:
        of_months = [stretch for stretch in self.stretches if stretch.unit != "term"]
        by_month = groupby(of_months, key=lambda stretch: stretch.days[0].replace(day=1))
        return [Month(tuple(stretches)) for _, stretches in by_month]

    # ── one day, for refunds: before any waiver ──

    def before_caps(self, days: tuple[date, ...]) -> Fraction:
        """What these days come to before the caps of a month and a term, in fen."""
        shape = len(days) if self._is_even else days
        known = self._uncapped.get(shape)
        if known is None:
            served = set(days)
            known = self._uncapped[shape] = sum((month.exact(served) for month in self.months), self._of_term(served))
        return known

    def is_cut(self, days: tuple[date, ...], off: int, net: Money) -> bool:
        """Did a cap of a month or a term leave less to pay for these days than their price, `off` percent waived?"""
        if not self._has_caps:
            return False
        shape = (len(days) if self._is_even else days, off)
        known = self._nets.get(shape)
        if known is None:
            gross = rounded(self.stretches[-1].now, "charge", self.before_caps(days)).fen
            known = self._nets[shape] = self._less(gross, off)
        return net.fen < known

    @cached_property
    def _has_caps(self) -> bool:
        return bool(self.term_cap or any(month.capped for month in self.months))

    def unit_on(self, day: date) -> str:
        return self._stretch[day].unit

    def rate_on(self, day: date) -> Money:
        return Money(self._stretch[day].rate)

    def billing_days(self, day: date) -> int:
        return self._stretch[day].billing_days

    def day_value(self, day: date) -> Fraction:
        stretch = self._stretch[day]
        return stretch.day_value if stretch.unit in OF_A_PERIOD else stretch.use(day)

    def lessons_on(self, day: date) -> Fraction:
        """Of a price by the lesson only those that are charged."""
        stretch = self._stretch[day]
        return stretch.units(day) if stretch.unit == "lesson" else stretch.lessons(day)


@dataclass(frozen=True, eq=False)
class Month:
    """The stretches of one calendar month, under its cap."""

    stretches: tuple[Stretch, ...]

    @cached_property
    def limit(self) -> Fraction | None:
        """The cap of the month; where it changes, each day counts by the cap that holds on it."""
        if not self.capped:
            return None
        days = sum(len(stretch.days) for stretch in self.stretches)
        return sum((Fraction(cap.yuan.fen * len(stretch.days), days) for stretch, cap in self.capped), Fraction(0))

    @cached_property
    def capped(self) -> list[tuple[Stretch, rules.ChargeCap]]:
        return [(stretch, cap) for stretch in self.stretches if (cap := stretch.cap("month"))]

    def exact(self, served: Collection[date]) -> Fraction:
        return sum((stretch.amount(served) for stretch in self.stretches), Fraction(0))

    def under_cap(self, served: Collection[date], already: Money = ZERO) -> Fraction:
        if self.limit is None:
            return self.exact(served)
        held = sum((stretch.amount(served) for stretch, _ in self.capped), Fraction(0))
        return self.exact(served) - held + min(held, max(Fraction(0), self.limit - already.fen))


def tariff(
    law: Law,
    case: Case,
    *,
    period: Period,
    runs_on: Sequence[date],
    rates: Sequence[tuple[date, Money]],
    lessons_a_day: int = 1,
    minutes_a_day: int | None = None,
    minutes_on: Mapping[date, int] | None = None,
) -> Tariff:
    """`rates` are the school's own, each from its day on; `runs_on` the service days of the period.

    `minutes_on` tells of days on which the service was cut short.
    """
    plan = Plan(lessons_a_day, minutes_a_day, dict(minutes_on or {}))
    days = sorted(runs_on)
    stretches = []
    for (now, unit, rate, months, first), alike in groupby(days, key=lambda day: _terms(law, case, day, rates)):
        if unit == "month" and days[0].replace(day=1) != days[-1].replace(day=1):
            raise ValueError("a month's price is for one month")
        span = [day for day in days if day.replace(day=1) == first] if months else days
        price = Fraction(rate, months or 1)
        stretches.append(Stretch(now, case, plan, unit, rate, price, tuple(alike), tuple(span), period.workdays))
    return Tariff(law, case, period, stretches)


class Terms(NamedTuple):
    """On which terms a day is charged: rules, unit, rate in fen, into how many months the price is divided first; and
    the month that the day is counted to, where months count at all."""

    now: RulesInForce
    unit: str
    rate: int
    months: int | None
    first: date | None


def _terms(law: Law, case: Case, day: date, rates: Sequence[tuple[date, Money]]) -> Terms:
    """What costs nothing needs no price; while nothing may be charged, nothing is."""
    begun = [rate for rate in rates if rate[0] <= day]
    if not begun:
        raise ValueError(f"no rate has begun on {day}")
    rate, now, first = max(begun, key=lambda one: one[0])[1], law.on(day), day.replace(day=1)
    if not rate or now.maybe(rules.NoFee, case):
        return Terms(now, "free", 0, None, first)
    unit = now.the(rules.Price, case).unit
    if unit == "free":
        return Terms(now, "free", 0, None, first)
    calendar = now.maybe(rules.BillingCalendar, case) if unit == "term" else None
    months = calendar.months_a_term if calendar else None
    return Terms(now, unit, rate.fen, months, None if unit == "term" and not months else first)
