"""结算与退费: what goes back, for which cause, and how much of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from afterschool.money import Money
from afterschool.policy.rule import Rule
from afterschool.policy.terms import Cause

EACH = ("each_day", "each_lesson")
STACKED = ("half_month", "month", "percent")


class Refund(
    Rule,
    asks="这种情况怎么退费",
    told_apart_by=("cause", "at_least", "at_least_share", "elapsed_at_most", "none_attended"),
):
    """What one cause gives back, from a threshold on. A cause may have several bands; the one that gives most counts.

    `gives`: the share of the days left; so much for each day or lesson not served (`yuan`, or derived from the price);
    half or the whole of a month's fee; `percent` of what was paid; the month's surplus; or nothing.

    The threshold is `at_least` so many `units`, or `at_least_share` of the billing days of the month. Whether the units
    are `counted` in a row or in total, whether meeting the threshold exactly suffices (`inclusive`), whether twice the
    threshold gives twice (`stacking`), and whether the units below it are paid for too (`pays_for`) is left out where
    the notice does not say; a case that depends on it is answered with NoRule.

    `none_attended`: the band of a child that never came in the month. `elapsed_at_most`: the band of a term's fee by
    the share of the term gone by.
    """

    cause: Cause
    gives: Literal["remaining_days", "each_day", "each_lesson", "half_month", "month", "percent", "surplus", "nothing"]
    yuan: Money | None = None
    percent: int | None = None
    units: Literal["day", "lesson"] = "day"
    at_least: int | None = None
    at_least_share: Fraction | None = None
    counted: Literal["consecutive", "total"] | None = None
    inclusive: bool | None = None
    stacking: Literal["once", "each"] | None = None
    pays_for: Literal["all", "beyond"] | None = None
    none_attended: bool = False
    elapsed_at_most: Fraction | None = None

    def fault(self) -> str:
        if (self.gives == "percent") != (self.percent is not None):
            return 'gives = "percent" 要写 percent，别的不写'
        if self.yuan is not None and self.gives not in EACH:
            return '只有 gives = "each_day" 或 "each_lesson" 才写 yuan'
        if self.at_least is not None and self.at_least_share is not None:
            return "at_least 和 at_least_share 只能写一个"
        if self.at_least == 0:
            return "at_least 要大于 0；一天也退的，不写 at_least"
        if (self.cause == "surplus") != (self.gives == "surplus"):
            return 'cause = "surplus" 和 gives = "surplus" 一起写'
        return self._idle()

    @property
    def has_threshold(self) -> bool:
        return self.at_least is not None or self.at_least_share is not None

    def _idle(self) -> str:
        """What is written and could never count."""
        if not self.has_threshold and (self.counted or self.stacking or self.pays_for):
            return "counted、stacking、pays_for 说的是门槛，要写 at_least 或 at_least_share"
        if not self.has_threshold and self.units == "lesson" and self.gives != "each_lesson":
            return 'units = "lesson" 说的是门槛，要写 at_least'
        if self.inclusive is not None and not self.has_threshold and self.elapsed_at_most is None:
            return "inclusive 说的是门槛，要写 at_least、at_least_share 或 elapsed_at_most"
        if self.stacking and self.gives not in STACKED:
            return 'stacking 只用于 gives = "half_month"、"month"、"percent"；按天、按课时退的，写 pays_for'
        if self.pays_for and self.gives not in EACH:
            return 'pays_for 只用于 gives = "each_day"、"each_lesson"'
        if self.elapsed_at_most is not None and self.cause != "withdrawal":
            return 'elapsed_at_most 只用于 cause = "withdrawal"'
        if self.none_attended and self.cause not in ("absence", "under_served"):
            return 'none_attended 只用于 cause = "absence" 或 "under_served"'
        return ""


class RefundRoute(Rule, asks="退费怎么退、几天内退"):
    """Paid back, or set off against the next charge; never more than was paid."""

    how: Literal["paid_back", "set_off"]
    within_days: int | None = None


class Settlement(Rule, asks="结余怎么退、不足由谁承担"):
    """Each group by what it really cost. `surplus_back_only` is 多退少不补, `both` 多退少补."""

    direction: Literal["surplus_back_only", "both", "none"]
    every: Literal["month", "term"] = "month"
    per: Literal["grade", "school"]
    shared_by: Literal["net_charge", "days_served"]
    ties_by: Literal["agreement_number"] = "agreement_number"
