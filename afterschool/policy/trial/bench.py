"""What the parts of a trial work with: the law, the facts, the days, and the answer they write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from afterschool.errors import NoRule
from afterschool.money import Money
from afterschool.policy import fees, windows
from afterschool.policy.book import Law
from afterschool.policy.fees import Charge, Period, Tariff
from afterschool.policy.rule import Case
from afterschool.policy.terms import WEEKDAYS
from afterschool.policy.trial.answer import Answer
from afterschool.policy.trial.days import Calendar
from afterschool.policy.trial.facts import Facts, Item, Span, Student
from afterschool.policy.trial.papers import ScenarioError
from afterschool.policy.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Charged:
    """One student's charge for one item and period, for what comes after it."""

    student: Student
    item: Item
    tariff: Tariff
    days: tuple[date, ...]
    off: int
    charge: Charge
    net: Money


@dataclass
class Bench:
    law: Law
    facts: Facts
    answer: Answer
    calendar: Calendar
    charged: list[Charged] = field(default_factory=list)
    refunded: dict[str, Money] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=dict)
    _tariffs: dict[tuple[str, Case, Period], Tariff] = field(default_factory=dict)

    def weekdays(self, item: Item, case: Case) -> tuple[int, ...]:
        """The item's own, or else every one on which the policy lets it run. Days written out need none."""
        if item.weekdays or item.days:
            return item.weekdays
        week = {"weekday": range(1, 6), "saturday": range(6, 8)}.get(case.service or "", range(1, 8))
        open_ = tuple(day for day in week if windows.weekday_open(self.law, self.facts.on, case, day).answer)
        if not open_:
            raise NoRule("open_days", f"这项服务可以在周{'、'.join(WEEKDAYS)}哪几天开", self.law.short)
        return open_

    def days(self, item: Item, case: Case, first: date, last: date) -> tuple[date, ...]:
        """The days on which the item is due: as written, or by the calendar without those that the policy keeps free."""
        if item.days:
            return tuple(day for day in item.days if first <= day <= last)
        return tuple(day for day, off in self._due(item, case, first, last) if off is None)

    def kept_free(self, item: Item, case: Case, first: date, last: date) -> list[tuple[date, Verdict[bool]]]:
        """The days on which it would be due if the policy did not keep them free, and why."""
        return [] if item.days else [(day, off) for day, off in self._due(item, case, first, last) if off]

    def _due(self, item: Item, case: Case, first: date, last: date) -> Iterator[tuple[date, Verdict[bool] | None]]:
        for day in self.calendar.of(self.weekdays(item, case), item.vacation, first, last):
            yield day, windows.day_off(self.law, day, case)

    def unit(self, item: Item, case: Case) -> str:
        """The item's own, or else the one in which the policy prices it."""
        return item.unit or fees.price(self.law, self.facts.on, case).unit

    def periods(self, item: Item, case: Case) -> Iterator[Period]:
        """What is charged at once: the term for a term's price, else each month."""
        if self.unit(item, case) != "term":
            for span in self.facts.months:
                yield self._period(span)
        elif self.facts.term:
            yield self._period(self.facts.term)
        else:
            raise ScenarioError("$.term", "缺少“term”", "按学期收费的要写学期的第一天和最后一天")

    def tariff(self, item: Item, case: Case, period: Period) -> Tariff:
        known = self._tariffs.get((item.key, case, period))
        if known is None:
            runs_on = self.days(item, case, period.first, period.last)
            if runs_on and item.rates[0][0] > runs_on[0]:
                since = f"{runs_on[0]} 就有服务，那天还没有收费标准"
                raise ScenarioError(f"$.{item.rated_at}[0].from", since, "第一个标准要从第一个服务日或更早开始")
            if (item.minutes or 0) <= 0 and self.unit(item, case) == "hour":
                raise ScenarioError(
                    f"$.{item.at}.starts", "没有写清从几点到几点", "按小时收费的要写 starts 和更晚的 ends"
                )
            known = self._tariffs[item.key, case, period] = fees.tariff(
                self.law,
                case,
                period=period,
                runs_on=runs_on,
                rates=item.rates,
                lessons_a_day=item.lessons,
                minutes_a_day=item.minutes,
                minutes_on={cut.day: cut.minutes for cut in item.cut_short if cut.minutes is not None},
            )
        return known

    def elapsed(self, item: Item, case: Case, period: Period, left_on: date) -> Fraction | None:
        """The share of the term's days gone by, where the period is not the term itself."""
        term = self.facts.term
        if term is None or term == (period.first, period.last):
            return None
        days = self.days(item, case, *term)
        return Fraction(sum(day < left_on for day in days), len(days))

    def _period(self, span: Span) -> Period:
        return Period(*span, self.facts.term, self.calendar.workdays(*span))


def item_case(item: Item, grade: int | None) -> Case:
    return replace(item.case, grade=grade)


def case_for(item: Item, student: Student, period: Period) -> Case:
    """The item as this student takes part in it."""
    own = student.case
    return replace(item.case, stage=own.stage, grade=own.grade, boarding=own.boarding, month=period.first.month)
