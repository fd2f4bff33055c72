"""The language of a policy file: one class for each kind of rule, one attribute for each key it may hold.

A file writes a rule as `[[kind]]`, the class name in small letters (`FeeCap` is `[[fee_cap]]`). Each rule has a clause
and a quote; `from`, `until` and `weight` may follow, and the scope (stages, grades, boarding, services, slots, months)
says where it holds: what is left out is not restricted.
"""

from __future__ import annotations

from datetime import time
from typing import Literal

from afterschool.money import Money
from afterschool.policy.rule import Rule
from afterschool.policy.terms import DayKind, Fund


class AppliesTo(Rule, asks="适用于哪些学段"):
    """The policy's own reach: the stages it serves."""


class FeeCap(Rule, asks="每月每生收费上限"):
    yuan: Money


class NoFee(Rule, asks="是否可以收费"):
    """Nothing may be charged while this holds."""


class FeeSetting(Rule, asks="收费标准由谁商定"):
    """Who must agree to the school's own rate."""

    agreed_with: Literal["parents_committee"]


class ExtraFee(Rule, asks="引进校外资源能否另外收费"):
    allowed: bool


class PartMonth(Rule, asks="中途参加的月份怎么收费"):
    """How a month is charged in which a child is served only for some of the days."""

    basis: Literal["service_days"]


class Waiver(Rule, asks="这类学生怎么减免"):
    """A group that pays less: by `percent`, or by a recorded decision where none is given."""

    group: str
    label: str
    percent: int | None = None


class OpenDays(Rule, asks="每周哪几天可以开课后服务"):
    weekdays: tuple[int, ...]


class ClosedDays(Rule, asks="每周哪几天不开课后服务"):
    weekdays: tuple[int, ...]
    reason: str


class Window(Rule, asks="课后服务最晚几点结束"):
    """When a service may run. The anchors stand for bells that each school fills in."""

    ends_by: time | None = None
    ends_by_bell: Literal["afternoon_start"] | None = None
    starts_from_bell: Literal["morning_dismissal", "afternoon_dismissal"] | None = None


class EndsNotBefore(Rule, asks="课后服务最早几点结束"):
    """The service should last until the parents' working day ends."""

    bell: Literal["work_ends"]


class HoursADay(Rule, asks="一天最多几小时"):
    at_most: int


class VacationLength(Rule, asks="假期课后服务最多几天"):
    days_at_most: int


class TeachingDay(Rule, asks="调休或临时调整的日子是否开课后服务"):
    """Service follows the days that are really taught, whatever the weekday."""

    follows: Literal["teaching_day"]


class Refund(Rule, asks="这种情况怎么退费"):
    cause: Literal["withdrawal", "absence", "cancelled", "surplus"]
    basis: Literal["service_days", "surplus"]


class Settlement(Rule, asks="结余怎么退、不足由谁承担"):
    """Once a month, each group by what it really cost."""

    direction: Literal["surplus_back_only"]
    per: Literal["grade", "school"]
    shared_by: Literal["net_charge"]
    ties_by: Literal["agreement_number"]


class StipendBase(Rule, asks="值班教师补助基数"):
    """Pay = hours × the school's base × the percent of the day's kind."""

    at_most: Literal["city_average_hourly_wage"]
    average_of: str


class StipendPercent(Rule, asks="这类日子的补助比例"):
    day_kind: DayKind
    at_least: int


class StipendLesson(Rule, asks="每课时补助标准"):
    yuan: Money


class StipendPaid(Rule, asks="补助多久发一次"):
    every: Literal["month", "term"]


class Payroll(Rule, asks="补助按什么项目发放"):
    """Under which head of the payroll a stipend goes."""

    staff: Literal["own", "outside"]
    label: str


class Staffing(Rule, asks="配备多少人"):
    """How many people: so many `each` for every so many `of`. `rounding` is what a part counts for."""

    role: Literal["teacher", "assistant", "leader"]
    each: int = 1
    per: int
    of: Literal["students", "classes", "day"]
    rounding: Literal["up", "down"] | None = None


class Subsidy(Rule, asks="财政补贴标准"):
    per: Literal["student_year"]
    yuan: Money
    payer: str


class Expense(Rule, asks="可以列支哪些开支"):
    key: str
    label: str
    funds: tuple[Fund, ...]
    allowed: bool = True


class UnlistedExpense(Rule, asks="没有列出的开支能否列支"):
    """The sentence that shuts out whatever the list does not name."""

    allowed: bool


class Filing(Rule, asks="实施方案是备案还是审批"):
    """一校一案: filed for the record, or approved before service starts."""

    mode: Literal["filed", "approved"]
    to: str
    by: str = ""


class Disclosure(Rule, asks="要公示什么、多久一次"):
    what: Literal["accounts", "expenses", "service"]
    label: str
    every: Literal["regularly", "month", "term"]
    channels: tuple[str, ...] = ()


class Agreement(Rule, asks="是否要签订服务协议"):
    label: str


class EnrolmentSteps(Rule, asks="报名要走哪几步"):
    steps: tuple[str, ...]


class Refusal(Rule, asks="能否不接收学生"):
    """On which grounds an applicant may be refused; none listed means never."""

    grounds: tuple[str, ...]


class Priority(Rule, asks="优先照顾哪些学生"):
    groups: tuple[str, ...]


class Withdrawal(Rule, asks="退出要办什么手续"):
    written: bool
    approved: bool


class BasicFirst(Rule, asks="只报特色活动行不行"):
    """Clubs come on top of the basic service."""


class ThirdParty(Rule, asks="能否引进校外机构"):
    allowed: bool
    chosen_from: Literal["directory"] | None = None


class Account(Rule, asks="收费进哪个账户"):
    label: str


class OwnItem(Rule, asks="哪些费用单列代收"):
    """Collected for someone else, apart from the service fee (代收费)."""

    key: str
    label: str


class Obligation(Rule, asks="学校必须做到的事项"):
    """Something that a school must do, for the page where it is done."""

    key: str
    label: str


class Prohibition(Rule, asks="明令禁止的事项"):
    key: str
    label: str


KINDS: dict[str, type[Rule]] = {kind.kind: kind for kind in Rule.__subclasses__()}
