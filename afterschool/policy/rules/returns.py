"""结算与退费: what goes back, for which cause, and how much of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from afterschool.money import Money
from afterschool.policy.rule import Rule
from afterschool.policy.terms import Cause


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
        if self.yuan is not None and self.gives not in ("each_day", "each_lesson"):
            return '只有 gives = "each_day" 或 "each_lesson" 才写 yuan'
        if self.at_least is not None and self.at_least_share is not None:
            return "at_least 和 at_least_share 只能写一个"
        if self.at_least == 0:
            return "at_least 要大于 0；一天也退的，不写 at_least"
        if (self.cause == "surplus") != (self.gives == "surplus"):
            return 'cause = "surplus" 和 gives = "surplus" 一起写'
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
