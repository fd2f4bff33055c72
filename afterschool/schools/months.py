"""Days laid out as month tables, for reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TypeVar

from django.db.models import Q

from .calendar import SCHOOL_WEEK, Day
from .models import Bureau, CalendarDay

Kind = CalendarDay.Kind
Content = TypeVar("Content")


@dataclass(frozen=True)
class Span:
    """What the page shows: a term or a year."""

    title: str
    first: date
    last: date
    term_id: int | None = None


@dataclass(frozen=True)
class Cell:
    """A day in the table; `sign` is the word under its number."""

    day: date
    serves: bool
    sign: str
    note: str


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[Cell | None]]
    service_days: int


def span_of(bureau: Bureau, asked: Mapping[str, str], today: date) -> Span:
    """The year or the term asked for in the address; else the term of today; else its year."""
    year, term_id = asked.get("year", ""), asked.get("term", "")
    terms = bureau.terms.all()
    if year.isdecimal() and 2000 < int(year) < 2100:
        return _year(int(year))
    asked_for = Q(pk=int(term_id)) if term_id.isdecimal() else Q(began_on__lte=today, ended_on__gte=today)
    term = terms.filter(asked_for).first()
    return Span(term.name, term.began_on, term.ended_on, term.pk) if term else _year(today.year)


def _year(year: int) -> Span:
    return Span(f"{year}年", date(year, 1, 1), date(year, 12, 31))


def months_of(days: Sequence[Day]) -> list[Month]:
    return [_month(list(those)) for _, those in groupby(days, key=lambda day: (day.day.year, day.day.month))]


def _month(days: list[Day]) -> Month:
    weeks = in_weeks(days[0].day, [_cell(day) for day in days])
    return Month(days[0].day.replace(day=1), weeks, sum(day.serves for day in days))


def in_weeks(first: date, cells: Sequence[Content]) -> list[list[Content | None]]:
    """One cell a day from `first` on, in rows from Monday to Sunday."""
    row = [None] * (first.isoweekday() - 1) + list(cells)
    row += [None] * (-len(row) % 7)
    return [row[start : start + 7] for start in range(0, len(row), 7)]


def _cell(day: Day) -> Cell:
    weekend = day.day.isoweekday() not in SCHOOL_WEEK
    if day.serves:
        sign = "班" if weekend else "✓"
    elif day.kind == Kind.HOLIDAY:
        sign = "假"
    elif day.kind == Kind.REST:
        sign = "" if weekend and not day.name else "休"
    else:
        sign = "停" if day.note and day.note != "不在学期内" else ""
    words = "，".join(word for word in (day.name, day.note) if word)
    return Cell(day.day, day.serves, sign, words or Kind(day.kind).label)
