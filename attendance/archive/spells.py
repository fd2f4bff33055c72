"""The days a 台账 is made of: a day, a month, a term, or any others."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from afterschool.errors import RuleBroken
from afterschool.schools.models import School, Term
from attendance.models import Session

DAYS_OFFERED, MONTHS_OFFERED, TERMS_OFFERED = 5, 6, 3
LONGEST = timedelta(days=200)


@dataclass(frozen=True)
class Spell:
    first: date
    last: date
    name: str


@dataclass(frozen=True)
class Offered:
    """What is one press away."""

    days: list[Spell]
    months: list[Spell]
    terms: list[Spell]

    @property
    def rows(self) -> list[tuple[str, list[Spell]]]:
        return [("一天", self.days), ("一个月", self.months), ("一个学期", self.terms)]


def offered(school: School, today: date) -> Offered:
    """The last days and months on which anything met, and the terms that have begun. Three queries."""
    met = Session.objects.filter(school=school, day__lte=today)
    days, months = met.dates("day", "day", "DESC")[:DAYS_OFFERED], met.dates("day", "month", "DESC")[:MONTHS_OFFERED]
    terms = Term.objects.filter(bureau=school.bureau_id, began_on__lte=today)[:TERMS_OFFERED]
    return Offered(
        [spell_of(day, day) for day in days],
        [spell_of(month, _end_of(month)) for month in months],
        [Spell(term.began_on, term.ended_on, term.name) for term in terms],
    )


def spell_of(first: date, last: date, terms: Iterable[Term] = ()) -> Spell:
    """By the name people know it: 2026年10月15日, 2026年10月, 2026年秋季学期."""
    for term in terms:
        if (first, last) == (term.began_on, term.ended_on):
            return Spell(first, last, term.name)
    if first == last:
        return Spell(first, last, f"{first:%Y年%-m月%-d日}")
    if first.day == 1 and last == _end_of(first):
        return Spell(first, last, f"{first:%Y年%-m月}")
    year = "" if first.year == last.year else f"{last:%Y年}"
    return Spell(first, last, f"{first:%Y年%-m月%-d日}至{year}{last:%-m月%-d日}")


def spell_asked(school: School, first: date | None, last: date | None, today: date) -> Spell:
    """Raises RuleBroken where there can be nothing to put on record."""
    if first is None or last is None or first > last:
        raise RuleBroken("请写明从哪一天到哪一天")
    if first > today:
        raise RuleBroken(f"{first:%-m月%-d日}还没有到")
    if last - first > LONGEST:
        raise RuleBroken("一次最多做一个学期的台账")
    return spell_of(first, last, Term.objects.filter(bureau=school.bureau_id))


def _end_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])
