"""人员: how many, in how large classes, and whom from outside."""

from __future__ import annotations

from typing import Literal

from afterschool.policy.rule import Rule


class Staffing(Rule, asks="配备多少人", told_apart_by=("role",)):
    """How many people: so many `each` for every so many `of`. `rounding` is what a part counts for."""

    role: Literal["teacher", "assistant", "leader"]
    each: int = 1
    per: int
    of: Literal["students", "classes", "day"]
    rounding: Literal["up", "down"] | None = None

    def fault(self) -> str:
        return "" if self.each and self.per else "each 和 per 要大于 0"


class ClassSize(Rule, asks="多少人开班、一班最多多少人"):
    opens_from: int | None = None
    at_most: int | None = None
    merging: bool | None = None

    def fault(self) -> str:
        if self.opens_from and self.at_most and self.opens_from > self.at_most:
            return "opens_from 不能大于 at_most"
        given = (self.opens_from, self.at_most, self.merging)
        return "" if any(one is not None for one in given) else "至少写一项"


class ThirdParty(Rule, asks="能否引进校外机构", scoped=False):
    allowed: bool
    chosen_from: Literal["directory"] | None = None
    satisfaction_at_least: int | None = None
