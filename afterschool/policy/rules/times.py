"""时间: on which days, from when until when, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Literal

from afterschool.policy.rule import Case, Rule


@dataclass(frozen=True, slots=True)
class OnWeekday(Case):
    """A case on one day of the timetable's week."""

    weekday: int = 1


class OpenDays(Rule, asks="每周哪几天可以开课后服务"):
    weekdays: tuple[int, ...]


class ClosedDays(Rule, asks="每周哪几天不开课后服务", told_apart_by=("weekdays",)):
    weekdays: tuple[int, ...]
    reason: str


class TeachingDay(Rule, asks="调休或临时调整的日子是否开课后服务", scoped=False):
    """Service follows the days that are really taught, whatever the weekday."""

    follows: Literal["teaching_day"]


class DayOff(Rule, asks="哪些特别的日子不开课后服务", told_apart_by=("on",)):
    """A day of every year without service, such as 儿童节 for the grades that have a holiday."""

    on: str
    reason: str

    def fault(self) -> str:
        return "放假按学段、学校写，不分年级和项目" if self.grades or self.items or self.slots else ""


class Window(Rule, asks="课后服务最晚几点结束", told_apart_by=("weekdays",)):
    """When a service may run, on all or some weekdays. The bells stand for times that each school fills in."""

    weekdays: tuple[int, ...] = ()
    starts_from: time | None = None
    starts_from_bell: Literal["morning_dismissal", "afternoon_dismissal"] | None = None
    ends_by: time | None = None
    ends_by_bell: Literal["afternoon_start"] | None = None

    def fault(self) -> str:
        backwards = self.starts_from and self.ends_by and self.starts_from >= self.ends_by
        return "ends_by 要晚于 starts_from" if backwards else ""

    def applies(self, case: Case) -> bool:
        other_day = self.weekdays and isinstance(case, OnWeekday) and case.weekday not in self.weekdays
        return super().applies(case) and not other_day


class EndsNotBefore(Rule, asks="课后服务最早几点结束"):
    """The service should last until the parents' working day ends, or until an hour that the notice names."""

    bell: Literal["work_ends"] | None = None
    at: time | None = None

    def fault(self) -> str:
        return "bell 和 at 写一个" if (self.bell is None) == (self.at is None) else ""


class HoursADay(Rule, asks="一天最多几小时、最少多少分钟"):
    at_most: int | None = None
    minutes_at_least: int | None = None

    def fault(self) -> str:
        return "" if self.at_most or self.minutes_at_least else "at_most（小时）和 minutes_at_least（分钟）至少写一个"


class VacationLength(Rule, asks="假期课后服务最多几天"):
    days_at_most: int
