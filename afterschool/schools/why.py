"""为什么是这个数？ How a calculation is kept with a paper, and how it is told beside the figure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from afterschool.money import Money, total
from afterschool.policy import load
from afterschool.policy.verdict import Cite, Step
from afterschool.templatetags.words import NO_BREAK_SPACE
from afterschool.templatetags.words import day as day_words

from .months import in_weeks

STEP = re.compile(r"(?P<words>.*?)(?:：(?P<sum>[^：]+ = [\d,.]+ 元)| (?P<amount>[\d,.]+ 元))?")
UNIT = f"{NO_BREAK_SPACE}元"


# How it is kept


def sentences(steps: Iterable[Step]) -> list[str]:
    return [str(step) for step in steps]


def clauses(cites: Iterable[Cite | None]) -> list[dict[str, str]]:
    """Each clause once, in order, with the sentence the figure rests on."""
    once = dict.fromkeys(cite for cite in cites if cite)
    return [
        {"policy": cite.policy, "clause": cite.clause, "label": cite.label, "code": cite.code, "quote": cite.quote}
        for cite in once
    ]


# How it is told


@dataclass(frozen=True)
class Line:
    """A step as it is read: the words, and what they come to."""

    words: str
    figures: str = ""

    @property
    def is_sum(self) -> bool:
        return "=" in self.figures


@dataclass(frozen=True)
class Square:
    """A day of the month table: the word under its number, and a look of the calendar (`is-off`, `is-leave`, or none)."""

    day: date
    sign: str = ""
    look: str = "is-off"


@dataclass(frozen=True)
class Days:
    """Days of one kind, in words: `没有参加 3 天`, `10月20日、22日、23日`."""

    said: str
    dates: str = ""


@dataclass(frozen=True)
class Quoted:
    """A clause in the document's own words, and the way to it."""

    label: str
    url: str
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class Why:
    """Everything that stands behind one figure. `sums` are what anybody can type into a calculator."""

    said: str
    lines: Sequence[Line]
    clauses: Sequence[Quoted]
    sums: Sequence[str]
    weeks: Sequence[Sequence[Square | None]] = ()
    days: Sequence[Days] = ()


def tell(
    said: str,
    amount: Money,
    *,
    steps: Iterable[str],
    cites: Iterable[Mapping[str, str]],
    code: str,
    squares: Sequence[Square] = (),
    days: Sequence[Days] = (),
) -> Why:
    """From what a paper keeps. `code` names the policy of papers that do not yet keep it with each clause."""
    lines = [_line(step) for step in steps]
    weeks = in_weeks(squares[0].day, squares) if squares else ()
    return Why(said, lines, quoted(cites, code), _sums(lines, amount), weeks, days)


def _line(step: str) -> Line:
    found = STEP.fullmatch(step)
    figures = found and (found["sum"] or found["amount"])
    return Line(found["words"], figures.replace(" 元", UNIT)) if found and figures else Line(step)


def _sums(lines: Iterable[Line], amount: Money) -> list[str]:
    """All sums in a row, so that the last one comes to the figure."""
    sums = [line.figures.removesuffix(UNIT) for line in lines if line.is_sum]
    results = [Money.parse(sum_.rpartition("=")[2]) for sum_ in sums]
    if len(results) > 1 and results[-1] != amount == total(results):
        sums.append(f"{' + '.join(map(str, results))} = {amount}")
    return sums


def quoted(cites: Iterable[Mapping[str, str]], code: str) -> list[Quoted]:
    """Each clause once with its sentences; a paper that kept none shows all the clause's that our rules rest on."""
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for cite in cites:
        named = cite.get("code") or code
        said = [cite["quote"]] if cite.get("quote") else _sentences_of(named, cite["clause"])
        found.setdefault((named, cite["clause"], cite["label"]), {}).update(dict.fromkeys(said))
    return [
        Quoted(label, reverse("policy-clause", args=[named, clause]), tuple(said))
        for (named, clause, label), said in found.items()
    ]


def _sentences_of(code: str, clause: str) -> list[str]:
    return [rule.cite.quote for rule in load(code).rules if rule.cite.clause == clause]


def dates(days: Iterable[date]) -> str:
    """`10月1日至7日、9日、12日`; a month is named once."""
    said, month = [], 0
    for run in _runs(days):
        first = f"{run[0].day}日" if run[0].month == month else day_words(run[0])
        said += [first] if len(run) == 1 else [f"{first}至{run[-1].day}日"]
        month = run[0].month
    return "、".join(said)


def _runs(days: Iterable[date]) -> list[list[date]]:
    """Three days or more that follow each other within a month; all others stand alone."""
    runs: list[list[date]] = []
    for one in sorted(days):
        follows = runs and one - runs[-1][-1] == timedelta(days=1) and one.month == runs[-1][-1].month
        runs[-1:] = [[*runs[-1], one]] if follows else [*runs[-1:], [one]]
    return [part for run in runs for part in ([run] if len(run) > 2 else [[one] for one in run])]
