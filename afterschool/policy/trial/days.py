"""The days of a trial: the national calendar, and over it what the scenario says of single days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from afterschool.errors import NoRule
from afterschool.policy.national import NationalDay, national_days
from afterschool.policy.trial.facts import Span

SCHOOL_WEEK = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True, slots=True)
class Day:
    """`weekday` is the timetable the day follows; None on a make-up day of which nobody has said whose.

    `closed` is why service that was due did not take place.
    """

    day: date
    kind: str
    weekday: int | None
    teaching: bool
    closed: str = ""

    def runs(self, weekdays: Collection[int]) -> bool:
        """Whether something offered on these weekdays is due on this day. Nobody may guess whose lessons a make-up day takes."""
        if self.weekday is not None or not self.teaching:
            return self.teaching and self.weekday in weekdays
        lessons = SCHOOL_WEEK.intersection(weekdays)
        if lessons and lessons != SCHOOL_WEEK:
            raise NoRule("calendar.weekday", f"{self.day:%Y-%m-%d} 调休上班，按星期几的课表上课", "校历")
        return bool(lessons)


class Calendar:
    def __init__(self, changes: Iterable[Mapping[str, Any]], term: Span | None):
        self._changes = {date.fromisoformat(row["day"]): row for row in changes}
        self._term = term or (date.min, date.max)

    def day(self, day: date) -> Day:
        held, change = _national(day.year)[day], self._changes.get(day, {})
        kind = change.get("kind", held.kind)
        weekend = day.isoweekday() not in SCHOOL_WEEK
        # On a weekend that is nothing but a weekend the Saturday service may run.
        open_day = kind == "workday" or (weekend and kind == "rest" and not held.name)
        follows = change.get("weekday", None if weekend and kind == "workday" else day.isoweekday())
        teaching = change.get("teaching", open_day and self._term[0] <= day <= self._term[1])
        return Day(day, kind, follows, teaching, change.get("closed", ""))

    def of(self, weekdays: Collection[int], vacation: Span | None, first: date, last: date) -> tuple[date, ...]:
        """On which days something offered on these weekdays is due, in term or in this vacation."""
        if vacation is None:
            return tuple(day for day in every_day(first, last) if self.day(day).runs(weekdays))
        spell = every_day(max(first, vacation[0]), min(last, vacation[1]))
        return tuple(day for day in spell if day.isoweekday() in weekdays and self.day(day).kind != "holiday")

    def workdays(self, first: date, last: date) -> int:
        """The statutory workdays."""
        return sum(self.day(day).kind == "workday" for day in every_day(first, last))


def every_day(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@cache
def _national(year: int) -> Mapping[date, NationalDay]:
    return {held.day: held for held in national_days(year)}
