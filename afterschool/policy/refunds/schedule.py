"""A cause's refunds: what does not depend on the child is worked out once, the rest on plain numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from afterschool.errors import NoRule
from afterschool.money import ZERO, Money
from afterschool.policy import rules
from afterschool.policy.book import Law, RulesInForce
from afterschool.policy.fees import Tariff
from afterschool.policy.refunds.attendance import Attendance, Claim, lengths
from afterschool.policy.refunds.bands import Band, Decision, Given, Reading
from afterschool.policy.refunds.saying import share, steps, threshold
from afterschool.policy.rounding import rounded
from afterschool.policy.rule import Case
from afterschool.policy.terms import CAUSES, Cause
from afterschool.policy.verdict import Cite, Step


@dataclass(frozen=True, slots=True)
class Refund:
    amount: Money
    steps: tuple[Step, ...]
    cite: Cite


@dataclass(frozen=True, eq=False)
class Schedule:
    law: Law
    cause: Cause
    case: Case
    now: RulesInForce
    tariff: Tariff
    bands: tuple[Band, ...]
    _known: dict[Hashable, Money] = field(default_factory=dict, repr=False)

    def refund(self, paid: Money, missed: Attendance, *, before: Money = ZERO, off: int = 0) -> Money:
        """What goes back of what was `paid`, less what went back `before`. `off` percent of the fee were waived."""
        if not paid.fen or not (missed.absent or missed.lessons):
            return ZERO
        if self._changes:
            return self._by_day(missed).explain(paid, missed, before=before, off=off).amount
        key = (paid.fen, before.fen, off, self._shape(missed))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._decide(self._claim(paid, missed, before, off)).amount
        return known

    def explain(self, paid: Money, missed: Attendance, *, before: Money = ZERO, off: int = 0) -> Refund:
        """The same refund, step by step."""
        held = self._by_day(missed)
        claim = held._claim(paid, missed, before, off)
        made = held._decide(claim)
        return Refund(made.amount, steps(self.cause, claim, made), made.band.rule.cite)

    @cached_property
    def _changes(self) -> bool:
        """Does the cause go back otherwise on some of the days?"""
        others = {self.law.on(day) for day in self.tariff.runs_on} - {self.now}
        return any(_said(self._rules_in(other)) != _said(self._rules) for other in others)

    def _by_day(self, missed: Attendance) -> Schedule:
        """By the rules of the days missed; of leaving, by those of the first. Where they change in between, who may say?"""
        if not self._changes:
            return self
        days = [*missed.absent, *(day for day, _ in missed.lessons)][: 1 if self.cause == "withdrawal" else None]
        held = {_said(self._rules_in(self.law.on(day))) for day in days}
        if len(held) > 1:
            question = f"{CAUSES[self.cause]}的退费办法在这些天中间变了，以哪一天的为准"
            raise NoRule("refund.from", question, self.now.policy)
        return schedule(self.law, days[0], self.cause, self.case, self.tariff) if days else self

    @property
    def _rules(self) -> list[rules.Refund]:
        return [band.rule for band in self.bands]

    def _rules_in(self, now: RulesInForce) -> list[rules.Refund]:
        return now.every(rules.Refund, self.case, cause=self.cause)

    def _claim(self, paid: Money, missed: Attendance, before: Money, off: int) -> Claim:
        if not (set(missed.absent) <= set(missed.of_days) <= self._place.keys()):
            raise ValueError("days not served are some of the days paid for, and those of the days it runs")
        return Claim(paid, before, off, missed, self._elapsed(missed))

    def _decide(self, claim: Claim) -> Decision:
        """Of the bands reached the one that gives most. Where the notice can be read in several ways, all must agree."""
        bands = self._speaking(claim.missed)
        spans = [self._span(band, claim) for band in bands]
        sure = max(low for low, _ in spans)
        for band, (_, high) in zip(bands, spans, strict=True):
            if high > sure:
                raise self._silence(band, claim, sure)
        best = bands[[high for _, high in spans].index(sure)]
        given = best.gives(best.readings[0], claim)
        return Decision(best, given, rounded(self.now, "refund", given.fen), self._capped(given, claim))

    @cached_property
    def _place(self) -> dict[date, int]:
        return {day: at for at, day in enumerate(self.tariff.runs_on)}

    @cached_property
    def _is_even(self) -> bool:
        """Is every day worth the same? Then it only matters how many were missed, and how many on end."""
        by_lesson = any(band.is_by_lesson for band in self.bands)
        on, rate, lessons = self.law.on, self.tariff.rate_on, self.tariff.lessons_on
        return len({(on(day), rate(day), by_lesson and lessons(day)) for day in self.tariff.runs_on}) == 1

    @cached_property
    def goes_by_time(self) -> bool:
        return any(band.rule.elapsed_at_most is not None for band in self.bands)

    @cached_property
    def _goes_by_rows(self) -> bool:
        """Does it matter how many were missed on end?"""
        return any(band.least is not None and band.rule.counted != "total" for band in self.bands)

    def _shape(self, missed: Attendance) -> Hashable:
        """All of it that the refund depends on."""
        if missed.lessons or self.goes_by_time or not self._is_even:
            return missed
        if not self._goes_by_rows:
            return len(missed.of_days), len(missed.absent), len(missed.closed)
        place = self._place
        return len(missed.of_days), lengths(sorted([place[day] for day in missed.absent])), len(missed.closed)

    def _elapsed(self, missed: Attendance) -> Fraction:
        if missed.elapsed is not None or not missed.absent:
            return missed.elapsed or Fraction(0)
        return Fraction(bisect_left(self.tariff.runs_on, missed.absent[0]), len(self.tariff.runs_on))

    def _speaking(self, missed: Attendance) -> list[Band]:
        """What the notice says of a child that never came decides about it alone."""
        never = [band for band in self.bands if band.rule.none_attended]
        return never if missed.never_came and never else list(self.bands)

    def _capped(self, given: Given, claim: Claim) -> Money:
        return min(rounded(self.now, "refund", given.fen), claim.most)

    def _span(self, band: Band, claim: Claim) -> tuple[Money, Money]:
        """The least and the most that the band can be read to give."""
        amounts = [self._capped(band.gives(reading, claim), claim) for reading in band.readings]
        if claim.missed.never_came and band.least is not None and not band.rule.none_attended:
            amounts.append(claim.most)
        return min(amounts), max(amounts)

    def _silence(self, band: Band, claim: Claim, sure: Money) -> NoRule:
        """The first switch that changes the answer, which is `sure` at least."""
        for at, switch in enumerate(Reading._fields):
            answers: defaultdict[tuple[object, ...], set[Money]] = defaultdict(set)
            for reading in band.readings:
                amount = max(sure, self._capped(band.gives(reading, claim), claim))
                answers[reading[:at] + reading[at + 1 :]].add(amount)
            if any(len(amounts) > 1 for amounts in answers.values()):
                return NoRule(f"refund.{switch}", self._question(switch, band), self.now.policy)
        return NoRule("refund.none_attended", f"一天也没有参加的，{CAUSES[self.cause]}怎么退费", self.now.policy)

    def _question(self, switch: str, band: Band) -> str:
        bound = band.rule.elapsed_at_most
        if bound is not None and switch == "inclusive":
            return f"正好过了学期的{share(bound)}算哪一档"
        said = f"{CAUSES[self.cause]}满{threshold(band)}"
        return {
            "counted": f"{said}按连续还是按累计算",
            "inclusive": f"{said}，正好达到的算不算",
            "stacking": f"{said}，达到两次的退一次还是退两次",
            "pays_for": f"{said}以后，是全部都退还是只退超过的",
        }[switch]


def schedule(law: Law, on: date, cause: Cause, case: Case, tariff: Tariff) -> Schedule:
    """How this cause is refunded on the day. NoRule where the notice does not name it."""
    now = law.on(on)
    found = now.every(rules.Refund, case, cause=cause)
    if not found:
        raise NoRule("refund", f"{CAUSES[cause]}怎么退费", now.policy)
    return Schedule(law, cause, case, now, tariff, tuple(Band(rule, now, case, tariff) for rule in found))


def _said(held: list[rules.Refund]) -> frozenset[rules.Refund]:
    """What rules come to, whichever document says so and since when."""
    return frozenset(replace(rule, cite=Cite("", "", ""), since=date.min, until=None) for rule in held)


def route(law: Law, on: date, case: Case) -> rules.RefundRoute:
    """Back to whoever paid, or off the next charge, and within how many days."""
    return law.on(on).the(rules.RefundRoute, case)
