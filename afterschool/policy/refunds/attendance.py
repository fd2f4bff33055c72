"""What was paid for and not served, as plain days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from afterschool.money import ZERO, Money


class Attendance(NamedTuple):
    """The days one child has paid for, and what of them was not served. Whoever stays away cannot do so on a day on
    which the school was closed: of absences those days are no part.

    `absent` are whole days, in order: stayed away, closed, or left over after leaving. `lessons` are single ones of
    other days: (day, which of the day's, from 1). `elapsed` is the share of the term gone by, where the days paid for
    are not the term's. `closed` are the days paid for that are no part of absences.
    """

    of_days: tuple[date, ...]
    absent: tuple[date, ...]
    lessons: tuple[tuple[date, int], ...] = ()
    elapsed: Fraction | None = None
    closed: tuple[date, ...] = ()

    @property
    def charged(self) -> tuple[date, ...]:
        return self.of_days + self.closed

    @property
    def never_came(self) -> bool:
        return len(self.absent) == len(self.of_days)


@dataclass(frozen=True, slots=True)
class Claim:
    """One child's: what was paid, what of it went back before, how many percent of the fee were waived, what was not
    served."""

    paid: Money
    before: Money
    off: int
    missed: Attendance
    elapsed: Fraction

    @property
    def most(self) -> Money:
        return max(ZERO, self.paid - self.before)


class Unit(NamedTuple):
    """A day or a lesson not served, and its place among all of the period: neighbours are consecutive."""

    place: int
    day: date


def stretches(units: Iterable[Unit]) -> list[list[date]]:
    """The units in a row: Friday and the next Monday are, where no service runs between them."""
    ordered = enumerate(sorted(units))
    rows = groupby(ordered, key=lambda numbered: numbered[1].place - numbered[0])
    return [[unit.day for _, unit in row] for _, row in rows]


def lengths(places: Sequence[int]) -> tuple[int, ...]:
    """How long each stretch is, for places in order, shortest first. Asked for every child of a city."""
    found: list[int] = []
    last = -2
    for place in places:
        if place == last + 1:
            found[-1] += 1
        else:
            found.append(1)
        last = place
    found.sort()
    return tuple(found)
