"""补助: what those who serve are paid."""

from __future__ import annotations

from typing import Literal

from afterschool.money import Money
from afterschool.policy.rule import Rule
from afterschool.policy.terms import DayKind


class StipendBase(Rule, asks="值班教师补助基数"):
    """Pay = hours × the school's base × the percent of the day's kind."""

    at_most: Literal["city_average_hourly_wage"]
    average_of: str


class StipendPercent(Rule, asks="这类日子的补助比例", told_apart_by=("day_kind",)):
    """`at_least` leaves the school a choice above it; `exactly` does not."""

    day_kind: DayKind
    at_least: int | None = None
    exactly: int | None = None

    def fault(self) -> str:
        return "at_least 和 exactly 写一个" if (self.at_least is None) == (self.exactly is None) else ""


class StipendRate(Rule, asks="补助标准", told_apart_by=("roles", "day_kinds", "students_from", "students_to")):
    """So many yuan a lesson, minute, hour, session or day: exactly, at least (floor) or at most (ceiling).

    May hold for some slots, roles (StipendRole.role), kinds of day, and sizes of class only.
    """

    unit: Literal["lesson", "minute", "hour", "session", "day"]
    yuan: Money
    nature: Literal["fixed", "floor", "ceiling"] = "fixed"
    roles: tuple[str, ...] = ()
    day_kinds: tuple[DayKind, ...] = ()
    students_from: int | None = None
    students_to: int | None = None


class StipendRole(Rule, asks="这种岗位怎么计补助", told_apart_by=("role",)):
    """A factor on the rate for a role: substitute, supervising only, leader …"""

    role: str
    label: str
    percent: int


class StipendLimit(Rule, asks="补助最多计多少"):
    """Lessons beyond these are not paid. `tax`: whether the rates are before or after tax."""

    lessons_a_day: int | None = None
    lessons_a_week: int | None = None
    tax: Literal["before", "after"] | None = None

    def fault(self) -> str:
        return "" if self.lessons_a_day or self.lessons_a_week or self.tax else "至少写一项"


class StipendPaid(Rule, asks="补助多久发一次"):
    every: Literal["month", "term"]


class Payroll(Rule, asks="补助按什么项目发放", told_apart_by=("staff",)):
    """Under which head of the payroll a stipend goes."""

    staff: Literal["own", "outside"]
    label: str
