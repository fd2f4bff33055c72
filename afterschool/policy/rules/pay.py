"""补助: what those who serve are paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from afterschool.money import Money
from afterschool.policy.rule import Case, Rule
from afterschool.policy.terms import DayKind


@dataclass(frozen=True, slots=True)
class OnDuty(Case):
    """What a stipend is asked about: who served, on which kind of day, with how many students (None: not counted)."""

    role: str = "teacher"
    day_kind: str = "workday"
    students: int | None = None


class StipendBase(Rule, asks="值班教师补助基数"):
    """Pay = hours × the school's base × the percent of the day's kind."""

    at_most: Literal["city_average_hourly_wage"]
    average_of: str


class StipendPercent(Rule, asks="这类日子的补助比例", told_apart_by=("day_kind",)):
    """`at_least` leaves the school a choice above it; `exactly` does not."""

    day_kind: DayKind
    at_least: int | None = None
    exactly: int | None = None

    def applies(self, case: Case) -> bool:
        return super().applies(case) and (not isinstance(case, OnDuty) or case.day_kind == self.day_kind)

    @property
    def least(self) -> int:
        return (self.at_least if self.exactly is None else self.exactly) or 0

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

    def fault(self) -> str:
        backwards = self.students_to is not None and (self.students_from or 0) > self.students_to
        return "students_from 不能大于 students_to" if backwards else ""

    def applies(self, case: Case) -> bool:
        return super().applies(case) and (not isinstance(case, OnDuty) or self._is_for(case))

    def _is_for(self, duty: OnDuty) -> bool:
        if (self.roles and duty.role not in self.roles) or (self.day_kinds and duty.day_kind not in self.day_kinds):
            return False
        if not self.by_size:
            return True
        most = self.students_to
        return (
            duty.students is not None
            and (self.students_from or 0) <= duty.students
            and (most is None or duty.students <= most)
        )

    @property
    def by_size(self) -> bool:
        return self.students_from is not None or self.students_to is not None


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


class StipendPaid(Rule, asks="补助多久发一次", scoped=False):
    every: Literal["month", "term"]


class Payroll(Rule, asks="补助按什么项目发放", told_apart_by=("staff",), scoped=False):
    """Under which head of the payroll a stipend goes."""

    staff: Literal["own", "outside"]
    label: str
