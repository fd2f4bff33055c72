"""How fast a city's month is worked out by the law library alone: charges, absence refunds and withdrawals of every child.

    make bench NAME=policy ARGS="--students 700000 --json"

Three policies: by the month with refunds from five days of absence in a row; by the month with half months back from half
of the workdays; by the lesson under caps of a day and a term. Every child is worked out by itself, on one core, by the
functions that month end calls: its waiver, its charge, what its absences give back, what is left when it leaves. Grades
for which the same rules hold share a tariff (`fees.footing`), as at month end (`billing/tariffs.py`). Telling the children's
facts is not timed; a school's tariffs and schedules are.

The last line is one JSON object: students, seconds by the clock and of the processor, students a second of one core (by
the processor's time, so that a busy machine does not count), sums in fen, and the peak memory in MB.
"""

import argparse
import json
import random
import resource
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from afterschool.errors import NoRule
from afterschool.money import ZERO, Money
from afterschool.policy import fees, refunds, waivers
from afterschool.policy.book import Policy
from afterschool.policy.loader import parse, read
from afterschool.policy.rule import Case

CITIES = Path(__file__).parents[1] / "tests" / "policy" / "cities"
A_SCHOOL = 753  # children, so that 700,000 are 930 schools
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
CASE = Case("primary", 1, False, "weekday", "afternoon", ownership="public", area="urban", item="club")
MONTH = fees.Period(FIRST, LAST, term=(date(2026, 9, 1), date(2027, 1, 29)), workdays=21)
HEAD = """code = "bench"
title = "基准测试用的办法"
short = "办法"
level = "city"
area = "某市"
issuer = "市教育局"
from = 2026-09-01
text = "bench.txt"
"""
COMMON = """
[[price]]
unit = "month"
yuan = 220

[[waiver]]
group = "registered_poor"
label = "建档立卡家庭学生"
percent = 100

[[waiver]]
group = "hardship"
label = "家庭经济困难学生"

[[refund]]
cause = "withdrawal"
gives = "remaining_days"

[[refund]]
cause = "absence"
gives = "month"
none_attended = true
"""
FIVE_IN_A_ROW = """
[[part_month]]
basis = "service_days"

[[refund]]
cause = "absence"
gives = "each_day"
at_least = 5
counted = "consecutive"
inclusive = true
pays_for = "all"
"""
HALF_MONTHS = """
[[part_month]]
basis = "half_month"

[[billing_calendar]]
counts = "statutory_workdays"

[[refund]]
cause = "absence"
gives = "half_month"
at_least_share = "1/2"
counted = "total"
inclusive = true
stacking = "once"
"""


def small(text: str) -> Policy:
    return parse(HEAD + text.replace("]]\n", ']]\nclause = "一"\nquote = "原文"\n'), "bench.toml")


@dataclass(slots=True)
class Child:
    """From which to which day of service it is enrolled, the days it stayed away, and what else its month rests on."""

    first: int
    end: int
    absent: tuple[date, ...]
    left: int | None
    waived: list[waivers.Waived]
    charged_before: Money


@dataclass(slots=True)
class Place:
    """One school: its policy, its rate, the days of service."""

    law: Policy
    rate: Money
    runs_on: tuple[date, ...]


def children(many: int, place: Place, dice: random.Random) -> Iterator[Child]:
    days, groups = len(place.runs_on), [rule.group for rule in waivers.groups(place.law, FIRST)]
    for _ in range(many):
        first = dice.randrange(1, days) if dice.random() < 0.1 else 0
        left = dice.randrange(first + 1, days) if dice.random() < 0.03 and first < days - 1 else None
        waived = [waivers.Waived(dice.choice(groups), dice.choice((30, 50)))] if dice.random() < 0.06 else []
        before = Money(dice.randrange(0, 60) * 1000)
        yield Child(first, days, absences(place.runs_on[first:left], dice), left, waived, before)


def absences(days: tuple[date, ...], dice: random.Random) -> tuple[date, ...]:
    """Most children miss nothing; some single days, some a week or two with a fever."""
    chance = dice.random()
    if chance < 0.55:
        return ()
    if chance < 0.9:
        return tuple(sorted(dice.sample(days, min(len(days), dice.randrange(1, 5)))))
    start = dice.randrange(len(days))
    return days[start : start + dice.randrange(3, 12)]


class Books:
    """The tariff of each kind of case in a school, with what goes back of it."""

    def __init__(self, place: Place):
        self.place, self._known = place, {}

    def of(self, case: Case) -> tuple[fees.Tariff, refunds.Schedule | None, refunds.Schedule | None]:
        place = self.place
        alike = fees.footing(place.law, place.runs_on, case)
        if alike not in self._known:
            rates = [(FIRST, place.rate)]
            tariff = fees.tariff(
                place.law, case, period=MONTH, runs_on=place.runs_on, rates=rates, lessons_a_day=2, minutes_a_day=80
            )
            absence, withdrawal = (schedule(place.law, cause, case, tariff) for cause in ("absence", "withdrawal"))
            self._known[alike] = tariff, absence, withdrawal
        return self._known[alike]


def work_out(books: Books, grade: int, held: list[Child], sums: Counter[str]) -> None:
    """What month end does for one grade of a school, child by child."""
    law, runs_on = books.place.law, books.place.runs_on
    tariff, absence, withdrawal = books.of(replace(CASE, grade=grade))
    for child in held:
        days = runs_on[child.first : child.end]
        off = waivers.strongest(law, FIRST, child.waived).answer if child.waived else 0
        charge = tariff.charge(days, off, child.charged_before)
        back = absence.refund(charge.net, refunds.Attendance(days, child.absent), off=off) if absence else ZERO
        sums["net_fen"] += charge.net.fen
        sums["absence_fen"] += back.fen
        if child.left is not None and withdrawal:
            unused = refunds.Attendance(days, runs_on[child.left :])
            sums["withdrawal_fen"] += withdrawal.refund(charge.net, unused, before=back, off=off).fen
    sums["students"] += len(held)


def schedule(law: Policy, cause: str, case: Case, tariff: fees.Tariff) -> refunds.Schedule | None:
    """None where the policy does not name the cause: then nothing goes back for it."""
    try:
        return refunds.schedule(law, FIRST, cause, case, tariff)
    except NoRule:
        return None


def places(many: int, dice: random.Random) -> Iterator[Place]:
    laws = [small(COMMON + FIVE_IN_A_ROW), small(COMMON + HALF_MONTHS), read(CITIES / "yunxi-2026.toml")]
    for number in range(many):
        law = laws[number % 3]
        rate = Money(dice.randrange(300, 501, 50) if law is laws[2] else dice.randrange(12000, 22001, 500))
        closed = dice.sample(range(2, 28), 1)  # a sports day of its own
        every = (FIRST + timedelta(days=n) for n in range(30) if n not in closed)
        yield Place(law, rate, tuple(day for day in every if day.isoweekday() <= 5))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--students", type=int, default=700_000)
    asked.add_argument("--json", action="store_true", help="only the JSON line")
    options = asked.parse_args()
    dice, sums, seconds, core = random.Random(20261101), Counter[str](), 0.0, 0.0
    schools = max(1, round(options.students / A_SCHOOL))
    for number, place in enumerate(places(schools, dice)):
        many = options.students * (number + 1) // schools - options.students * number // schools
        grades = [list(children(many * (grade + 1) // 6 - many * grade // 6, place, dice)) for grade in range(6)]
        began, began_core = time.perf_counter(), time.process_time()
        books = Books(place)
        for grade, held in enumerate(grades, 1):
            work_out(books, grade, held, sums)
        seconds, core = seconds + time.perf_counter() - began, core + time.process_time() - began_core
    assert sums["students"] == options.students, "every child must have been worked out"
    found = {
        **sums,
        "schools": schools,
        "seconds": round(seconds, 2),
        "core_seconds": round(core, 2),
        "students_per_core_second": round(options.students / core),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if not options.json:
        for name, value in found.items():
            print(f"{name:>20} {value}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
