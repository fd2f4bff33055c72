"""What a scenario says: days are days, amounts are Money, and whatever was left out has its plain default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from afterschool.money import Money
from afterschool.policy.rule import Case
from afterschool.policy.waivers import Waived
from afterschool.policy.windows import Bells

Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class CutShort:
    """A day on which the school gave less than it promised: lessons left out (None: all), or so many minutes in all."""

    day: date
    lessons: int | None
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """Something the school offers. `at` is its place in the scenario."""

    at: str
    key: str
    case: Case
    grades: tuple[int | None, ...]
    weekdays: tuple[int, ...]
    hours: tuple[time, time] | None
    lessons: int
    days: tuple[date, ...]
    vacation: Span | None
    unit: str
    rates: tuple[tuple[date, Money], ...]
    rated_at: str
    outsiders: bool
    students: int | None
    cut_short: tuple[CutShort, ...]

    @property
    def minutes(self) -> int | None:
        return _minutes(*self.hours) if self.hours else None


@dataclass(frozen=True, slots=True)
class Absence:
    """`lessons` is None for the whole day, `item` empty for everything on that day."""

    day: date
    item: str
    lessons: int | None


@dataclass(frozen=True, slots=True)
class Student:
    at: str
    key: str
    case: Case
    items: tuple[str, ...]
    first: date
    last: date
    withdrew_on: date | None
    waived: tuple[Waived, ...]
    absences: tuple[Absence, ...]
    charged: Money | None
    charged_before: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class Facts:
    """The whole scenario. `raw` holds what only one part reads."""

    on: date
    months: tuple[Span, ...]
    term: Span | None
    case: Case
    bells: Bells
    items: tuple[Item, ...]
    students: tuple[Student, ...]
    receipts: Mapping[tuple[str, str], Money]
    raw: Mapping[str, Any]


def money(raw: int | str) -> Money:
    return Money.parse(str(raw))


def minutes_of(row: Mapping[str, Any]) -> int | None:
    """How long a row lasts that says so, or says from when until when."""
    if "minutes" in row or "starts" not in row:
        return row.get("minutes")
    return _minutes(time.fromisoformat(row["starts"]), time.fromisoformat(row["ends"]))


def case_of(row: Mapping[str, Any], case: Case) -> Case:
    """The school's case, with what this row says of its own."""
    return replace(case, **{name: row[name] for name in ("stage", "grade", "boarding") if name in row})


def _minutes(starts: time, ends: time) -> int:
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
