"""课时: how much of a duty is counted for its stipend."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

from afterschool.errors import NoRule
from afterschool.policy import rules
from afterschool.policy.payslip import Count, Counted, Duty, Scale


class Limits:
    """The first lessons of a day and of a week are paid; what is beyond the policy's limits is not."""

    def __init__(self) -> None:
        self._used: defaultdict[tuple[object, ...], Count] = defaultdict(int)
        self._days: set[tuple[Scale, date]] = set()

    def count(self, duty: Duty, scale: Scale) -> Counted:
        served = self._served(duty, scale)
        limit = scale.limit
        if limit is None or scale.unit in ("session", "day") or not (limit.lessons_a_day or limit.lessons_a_week):
            return Counted(duty, scale, served)
        lessons = served if scale.unit == "lesson" else Fraction(served, _length(scale).minutes)
        spans = [
            (most, (limit.about, span))
            for most, span in ((limit.lessons_a_day, duty.day), (limit.lessons_a_week, duty.day.isocalendar()[:2]))
            if most
        ]
        kept = max(0, min([lessons, *(most - self._used[key] for most, key in spans)]))
        for _, key in spans:
            self._used[key] += kept
        return Counted(duty, scale, served if kept == lessons else served * Fraction(kept) / lessons, lessons - kept)

    def _served(self, duty: Duty, scale: Scale) -> Count:
        if scale.unit == "lesson":
            return duty.lessons if duty.lessons is not None else _lessons(scale, duty.minutes or 0)
        if scale.unit == "session":
            return duty.sessions
        if scale.unit == "day":
            first = (scale, duty.day) not in self._days
            self._days.add((scale, duty.day))
            return int(first)
        return duty.minutes if duty.minutes is not None else (duty.lessons or 0) * _length(scale).minutes


def _lessons(scale: Scale, minutes: int) -> Count:
    """Lessons from minutes, as the policy counts one that ends early."""
    rule = _length(scale)
    whole, part = divmod(minutes, rule.minutes)
    if not part:
        return whole
    if rule.shorter is None:
        raise NoRule("lesson.shorter", f"不足 {rule.minutes} 分钟的课时怎么计", scale.rule.cite.policy)
    counted: dict[str, Count] = {"prorated": Fraction(minutes, rule.minutes), "not_counted": whole, "whole": whole + 1}
    return counted[rule.shorter]


def _length(scale: Scale) -> rules.Lesson:
    if scale.lesson is None:
        raise NoRule("lesson.minutes", rules.Lesson.question, scale.rule.cite.policy)
    return scale.lesson
