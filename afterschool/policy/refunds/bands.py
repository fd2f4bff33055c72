"""What one band of a cause gives, under every way in which the notice can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, product
from math import ceil, floor
from typing import Any, Literal, NamedTuple

from afterschool.errors import NoRule
from afterschool.money import Money
from afterschool.policy import rules
from afterschool.policy.book import RulesInForce
from afterschool.policy.fees import Tariff
from afterschool.policy.refunds.attendance import Attendance, Claim, Unit, stretches
from afterschool.policy.rule import Case
from afterschool.policy.rules.returns import EACH


class Reading(NamedTuple):
    """One way to read a band: the switches that a notice may leave open."""

    counted: Literal["consecutive", "total"]
    inclusive: bool
    stacking: Literal["once", "each"]
    pays_for: Literal["all", "beyond"]


SWITCHES: dict[str, tuple[Any, Any]] = {
    "counted": ("consecutive", "total"),
    "inclusive": (True, False),
    "stacking": ("once", "each"),
    "pays_for": ("all", "beyond"),
}


class Given(NamedTuple):
    """What came of a reading: how often the threshold was reached, the units paid for, and the exact fen."""

    times: int
    units: tuple[date, ...]
    fen: Fraction


@dataclass(frozen=True)
class Band:
    """One `[[refund]]`, and the price that it gives back a part of."""

    rule: rules.Refund
    now: RulesInForce
    case: Case
    tariff: Tariff

    @cached_property
    def readings(self) -> list[Reading]:
        """All that the notice leaves open; one where it says everything, or where nothing hangs on it."""
        matter: set[str] = set()
        if self.rule.has_threshold:
            matter = {"counted", "inclusive", "pays_for" if self.rule.gives in EACH else "stacking"}
        elif self.rule.elapsed_at_most is not None:
            matter = {"inclusive"}
        said = {switch: getattr(self.rule, switch) for switch in SWITCHES}
        ways = [
            both if said[switch] is None and switch in matter else (both[0] if said[switch] is None else said[switch],)
            for switch, both in SWITCHES.items()
        ]
        return [Reading(*one) for one in product(*ways)]

    @cached_property
    def least(self) -> Fraction | None:
        """From how many units on the band gives anything."""
        if self.rule.at_least_share is not None:
            return self.rule.at_least_share * self.tariff.billing_days(self.tariff.runs_on[0])
        return None if self.rule.at_least is None else Fraction(self.rule.at_least)

    @cached_property
    def unit(self) -> Literal["day", "lesson"]:
        """In what it counts: where there is no threshold, in what it gives."""
        if self.least is None:
            return "lesson" if self.rule.gives == "each_lesson" else "day"
        return self.rule.units

    @property
    def is_by_lesson(self) -> bool:
        return "lesson" in (self.unit, self.rule.gives.removeprefix("each_"))

    def month(self, off: int) -> Fraction:
        """What a whole month costs a child of whose fee `off` percent were waived."""
        return Fraction(self.tariff.charge(self.tariff.runs_on, off).net.fen, self.months)

    @cached_property
    def months(self) -> int:
        """How many of them are paid for at once."""
        if self.tariff.unit_on(self.tariff.runs_on[0]) != "term":
            return 1
        calendar = self.now.the(rules.BillingCalendar, self.case)
        if not calendar.months_a_term:
            raise NoRule("billing_calendar.months_a_term", "一学期按几个月算", self.now.policy)
        return calendar.months_a_term

    def gives(self, reading: Reading, claim: Claim) -> Given:
        times, units = self._reached(reading, claim)
        if reading.stacking == "once":
            times = min(times, 1)
        return Given(times, units, self._fen(times, units, claim) if times else Fraction(0))

    def _reached(self, reading: Reading, claim: Claim) -> tuple[int, tuple[date, ...]]:
        """How often, and the units that count."""
        bound = self.rule.elapsed_at_most
        if self.rule.none_attended and not claim.missed.never_came:
            return 0, ()
        if bound is not None and not (claim.elapsed <= bound if reading.inclusive else claim.elapsed < bound):
            return 0, ()
        units = self.units(claim.missed)
        if self.least is None:
            return int(bool(units)), tuple(unit.day for unit in units)
        rows = stretches(units) if reading.counted == "consecutive" else [[unit.day for unit in units]]
        reached = [(how_often(len(row), self.least, reading.inclusive), row) for row in rows]
        first = floor(self.least) if reading.pays_for == "beyond" else 0
        counting = tuple(day for times, row in reached if times for day in row[first:])
        return sum(times for times, _ in reached), counting

    def units(self, missed: Attendance) -> list[Unit]:
        """Every day or lesson not served, in order."""
        if self.unit == "day":
            return [Unit(self._place[day], day) for day in missed.absent]
        whole = {(day, number) for day in missed.absent for number in range(1, self.lessons(day) + 1)}
        paid = {(day, number) for day, number in missed.lessons if number <= self.lessons(day)}
        return sorted(Unit(self._place[day] + number, day) for day, number in whole | paid)

    @cached_property
    def _place(self) -> dict[date, int]:
        """Where each day stands among the days, or its lessons among all lessons."""
        each = [1 if self.unit == "day" else self.lessons(day) for day in self.tariff.runs_on]
        return dict(zip(self.tariff.runs_on, accumulate(each, initial=0), strict=False))

    def lessons(self, day: date) -> int:
        return self._lessons[day]

    @cached_property
    def _lessons(self) -> dict[date, int]:
        return {day: max(1, ceil(self.tariff.lessons_on(day))) for day in self.tariff.runs_on}

    def rate(self, day: date, off: int = 0) -> Fraction:
        """What a unit of this day gives back: a rate that the notice prints as it is, whoever paid less; otherwise
        what the day costs the family before the caps of a month and a term, and for a lesson its part of the day."""
        known = self._rates.get((day, off))
        if known is None:
            known = self._rates[day, off] = self._rate(day, off)
        return known

    @cached_property
    def _rates(self) -> dict[tuple[date, int], Fraction]:
        return {}

    def _rate(self, day: date, off: int) -> Fraction:
        of_day = self.of_day(day) if self.rule.yuan else self.of_day(day) * (100 - off) / 100
        return of_day / self.lessons(day) if self.unit == "lesson" else of_day

    def of_day(self, day: date) -> Fraction:
        """What the whole day gives back, before any waiver."""
        if self.rule.yuan is None:
            return self.tariff.day_value(day)
        return self.rule.yuan.fen * (self.tariff.lessons_on(day) if self.rule.gives == "each_lesson" else Fraction(1))

    def is_cut(self, claim: Claim) -> bool:
        """Did a cap lower what was charged? Then a derived unit is worth its share of that, a waiver taken off."""
        return self.rule.yuan is None and self.tariff.is_cut(claim.missed.charged, claim.off, claim.paid)

    def _fen(self, times: int, units: tuple[date, ...], claim: Claim) -> Fraction:
        paid = Fraction(claim.paid.fen)
        match self.rule.gives:
            case "each_day" | "each_lesson":
                if self.is_cut(claim):
                    price = added([self.rate(day) for day in units])
                    return price * paid / self.tariff.before_caps(claim.missed.charged)
                return added([self.rate(day, claim.off) for day in units])
            case "remaining_days":
                return paid * len(claim.missed.absent) / len(claim.missed.of_days)
            case "half_month":
                return self.month(claim.off) * times / 2
            case "month":
                return self.month(claim.off) * times
            case "percent":
                return paid * times * (self.rule.percent or 0) / 100
        return Fraction(0)


@dataclass(frozen=True)
class Decision:
    """The band that counts, and what it gives: as worked out, and no more than what was paid."""

    band: Band
    given: Given
    exact: Money
    amount: Money


def added(rates: list[Fraction]) -> Fraction:
    """Their sum. Days of one price have one denominator, and then whole numbers do."""
    per = rates[0].denominator if rates else 1
    if all(rate.denominator == per for rate in rates):
        return Fraction(sum(rate.numerator for rate in rates), per)
    return sum(rates, Fraction(0))


def how_often(units: int, least: Fraction, inclusive: bool) -> int:
    """How many times the threshold fits; met exactly, it counts only where that suffices."""
    return floor(units / least) if inclusive else max(0, ceil(units / least) - 1)
