"""The language of a policy file: one class for each kind of rule, one attribute for each key it may hold.

A file writes a rule as `[[kind]]`. Each rule has a clause and a quote; `from`, `until` and `weight` may follow, and the
scope (stages, grades, boarding, services, slots, months) says where it holds: what is left out is not restricted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import ClassVar, Literal

from afterschool.money import Money
from afterschool.policy.terms import GRADES, SERVICES, STAGES, DayKind, Fund, Service, Slot, Stage, Weight
from afterschool.policy.verdict import Cite, Level


@dataclass(frozen=True, slots=True)
class Case:
    """What a question is about; None where it does not matter or is not known."""

    stage: str | None = None
    grade: int | None = None
    boarding: bool | None = None
    service: str | None = None
    slot: str | None = None
    month: int | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    kind: ClassVar[str]
    question: ClassVar[str]

    cite: Cite
    since: date
    until: date | None = None
    weight: Weight = "block"
    stages: tuple[Stage, ...] = ()
    grades: tuple[int, ...] = ()
    boarding: bool | None = None
    services: tuple[Service, ...] = ()
    slots: tuple[Slot, ...] = ()
    months: tuple[int, ...] = ()

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def applies(self, case: Case) -> bool:
        pairs = (
            (self.stages, case.stage),
            (self.grades, case.grade),
            (self.services, case.service),
            (self.slots, case.slot),
            (self.months, case.month),
        )
        fits = all(not scope or value in scope for scope, value in pairs)
        return fits and (self.boarding is None or self.boarding == case.boarding)

    @property
    def level_when_broken(self) -> Level:
        return "breach" if self.weight == "block" else "warn"

    @property
    def who(self) -> str:
        """Whom the rule speaks of, as a clerk would say it: 走读高一、高二."""
        names = [GRADES[grade] for grade in self.grades] or [STAGES[stage] for stage in self.stages]
        board = {None: "", True: "寄宿", False: "走读"}[self.boarding]
        return board + "、".join(names)

    @property
    def when(self) -> str:
        return "、".join(SERVICES[service] for service in self.services)


@dataclass(frozen=True, kw_only=True)
class AppliesTo(Rule):
    """The policy's own reach: the stages it serves."""

    kind = "applies_to"
    question = "适用于哪些学段"


@dataclass(frozen=True, kw_only=True)
class FeeCap(Rule):
    kind = "fee_cap"
    question = "每月每生收费上限"
    yuan: Money


@dataclass(frozen=True, kw_only=True)
class NoFee(Rule):
    """Nothing may be charged while this holds."""

    kind = "no_fee"
    question = "是否可以收费"


@dataclass(frozen=True, kw_only=True)
class FeeSetting(Rule):
    """Who must agree to the school's own rate."""

    kind = "fee_setting"
    question = "收费标准由谁商定"
    agreed_with: Literal["parents_committee"]


@dataclass(frozen=True, kw_only=True)
class ExtraFee(Rule):
    kind = "extra_fee"
    question = "引进校外资源能否另外收费"
    allowed: bool


@dataclass(frozen=True, kw_only=True)
class PartMonth(Rule):
    """How a month is charged in which a child is served only for some of the days."""

    kind = "part_month"
    question = "中途参加的月份怎么收费"
    basis: Literal["service_days"]


@dataclass(frozen=True, kw_only=True)
class Waiver(Rule):
    """A group that pays less: by `percent`, or by a recorded decision where none is given."""

    kind = "waiver"
    question = "这类学生怎么减免"
    group: str
    label: str
    percent: int | None = None


@dataclass(frozen=True, kw_only=True)
class OpenDays(Rule):
    kind = "open_days"
    question = "每周哪几天可以开课后服务"
    weekdays: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ClosedDays(Rule):
    kind = "closed_days"
    question = "每周哪几天不开课后服务"
    weekdays: tuple[int, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class Window(Rule):
    """When a service may run. The anchors stand for bells that each school fills in."""

    kind = "window"
    question = "课后服务最晚几点结束"
    ends_by: time | None = None
    ends_by_bell: Literal["afternoon_start"] | None = None
    starts_from_bell: Literal["morning_dismissal", "afternoon_dismissal"] | None = None


@dataclass(frozen=True, kw_only=True)
class NotBefore(Rule):
    """The service should last until the parents' working day ends."""

    kind = "ends_not_before"
    question = "课后服务最早几点结束"
    bell: Literal["work_ends"]


@dataclass(frozen=True, kw_only=True)
class HoursADay(Rule):
    kind = "hours_a_day"
    question = "一天最多几小时"
    at_most: int


@dataclass(frozen=True, kw_only=True)
class VacationLength(Rule):
    kind = "vacation_length"
    question = "假期课后服务最多几天"
    days_at_most: int


@dataclass(frozen=True, kw_only=True)
class TeachingDay(Rule):
    """Service follows the days that are really taught, whatever the weekday."""

    kind = "teaching_day"
    question = "调休或临时调整的日子是否开课后服务"
    follows: Literal["teaching_day"]


@dataclass(frozen=True, kw_only=True)
class Refund(Rule):
    kind = "refund"
    question = "这种情况怎么退费"
    cause: Literal["withdrawal", "absence", "cancelled", "surplus"]
    basis: Literal["service_days", "surplus"]


@dataclass(frozen=True, kw_only=True)
class Settlement(Rule):
    """Once a month, each group by what it really cost."""

    kind = "settlement"
    question = "结余怎么退、不足由谁承担"
    direction: Literal["surplus_back_only"]
    per: Literal["grade", "school"]
    shared_by: Literal["net_charge"]
    ties_by: Literal["agreement_number"]


@dataclass(frozen=True, kw_only=True)
class StipendBase(Rule):
    """Pay = hours × the school's base × the percent of the day's kind."""

    kind = "stipend_base"
    question = "值班教师补助基数"
    at_most: Literal["city_average_hourly_wage"]
    average_of: str


@dataclass(frozen=True, kw_only=True)
class StipendPercent(Rule):
    kind = "stipend_percent"
    question = "这类日子的补助比例"
    day_kind: DayKind
    at_least: int


@dataclass(frozen=True, kw_only=True)
class StipendLesson(Rule):
    kind = "stipend_lesson"
    question = "每课时补助标准"
    yuan: Money


@dataclass(frozen=True, kw_only=True)
class StipendPaid(Rule):
    kind = "stipend_paid"
    question = "补助多久发一次"
    every: Literal["month", "term"]


@dataclass(frozen=True, kw_only=True)
class Payroll(Rule):
    """Under which head of the payroll a stipend goes."""

    kind = "payroll"
    question = "补助按什么项目发放"
    staff: Literal["own", "outside"]
    label: str


@dataclass(frozen=True, kw_only=True)
class Staffing(Rule):
    """How many people: so many `each` for every so many `of`. `rounding` is what a part counts for."""

    kind = "staffing"
    question = "配备多少人"
    role: Literal["teacher", "assistant", "leader"]
    each: int = 1
    per: int
    of: Literal["students", "classes", "day"]
    rounding: Literal["up", "down"] | None = None


@dataclass(frozen=True, kw_only=True)
class Subsidy(Rule):
    kind = "subsidy"
    question = "财政补贴标准"
    per: Literal["student_year"]
    yuan: Money
    payer: str


@dataclass(frozen=True, kw_only=True)
class Expense(Rule):
    kind = "expense"
    question = "可以列支哪些开支"
    key: str
    label: str
    funds: tuple[Fund, ...]
    allowed: bool = True


@dataclass(frozen=True, kw_only=True)
class UnlistedExpense(Rule):
    """The sentence that shuts out whatever the list does not name."""

    kind = "unlisted_expense"
    question = "没有列出的开支能否列支"
    allowed: bool


@dataclass(frozen=True, kw_only=True)
class Filing(Rule):
    """一校一案: filed for the record, or approved before service starts."""

    kind = "filing"
    question = "实施方案是备案还是审批"
    mode: Literal["filed", "approved"]
    to: str
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Disclosure(Rule):
    kind = "disclosure"
    question = "要公示什么、多久一次"
    what: Literal["accounts", "expenses", "service"]
    label: str
    every: Literal["regularly", "month", "term"]
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Agreement(Rule):
    kind = "agreement"
    question = "是否要签订服务协议"
    label: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentSteps(Rule):
    kind = "enrolment_steps"
    question = "报名要走哪几步"
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Refusal(Rule):
    """On which grounds an applicant may be refused; none listed means never."""

    kind = "refusal"
    question = "能否不接收学生"
    grounds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Priority(Rule):
    kind = "priority"
    question = "优先照顾哪些学生"
    groups: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Rule):
    kind = "withdrawal"
    question = "退出要办什么手续"
    written: bool
    approved: bool


@dataclass(frozen=True, kw_only=True)
class BasicFirst(Rule):
    """Clubs come on top of the basic service."""

    kind = "basic_first"
    question = "只报特色活动行不行"


@dataclass(frozen=True, kw_only=True)
class ThirdParty(Rule):
    kind = "third_party"
    question = "能否引进校外机构"
    allowed: bool
    chosen_from: Literal["directory"] | None = None


@dataclass(frozen=True, kw_only=True)
class Account(Rule):
    kind = "account"
    question = "收费进哪个账户"
    label: str


@dataclass(frozen=True, kw_only=True)
class OwnItem(Rule):
    """Collected for someone else, apart from the service fee (代收费)."""

    kind = "own_item"
    question = "哪些费用单列代收"
    key: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Prohibition(Rule):
    kind = "prohibition"
    question = "明令禁止的事项"
    key: str
    label: str


KINDS: dict[str, type[Rule]] = {kind.kind: kind for kind in Rule.__subclasses__()}
