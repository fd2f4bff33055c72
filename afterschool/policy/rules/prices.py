"""收费: what may be charged for what, for how much of it, when, and who pays less."""

from __future__ import annotations

from typing import Literal

from afterschool.money import Money
from afterschool.policy.rule import Rule
from afterschool.policy.terms import Unit


class Price(Rule, asks="收费标准"):
    """One line of the price table: so many yuan a unit.

    `nature`: charged exactly so; a ceiling under which the school sets its own rate; a base from which it may differ by
    `floats` percent; or a ceiling that only warns.
    """

    unit: Unit
    yuan: Money | None = None
    nature: Literal["fixed", "ceiling", "base", "advisory"] = "ceiling"
    floats: int | None = None

    def fault(self) -> str:
        if (self.unit == "free") != (self.yuan is None):
            return '写了 unit = "free" 就不写 yuan；别的单位要写 yuan'
        if (self.nature == "base") != (self.floats is not None):
            return 'nature = "base" 要写 floats（上下浮动百分之几），别的不写'
        return ""


class ChargeCap(Rule, asks="一天、一月、一学期最多收多少", told_apart_by=("per",)):
    """However many units were used, no more than this is charged. Several may hold; the least wins. Before any waiver."""

    per: Literal["day", "month", "term"]
    yuan: Money

    def fault(self) -> str:
        return "" if self.yuan else "yuan 要大于 0；不能收费的，写 [[no_fee]]"


class NoFee(Rule, asks="是否可以收费"):
    """Nothing may be charged while this holds."""


class FeeSetting(Rule, asks="收费标准由谁商定", scoped=False):
    """Who must agree to the school's own rate."""

    agreed_with: Literal["parents_committee"]


class ExtraFee(Rule, asks="引进校外资源能否另外收费", scoped=False):
    allowed: bool


class Billable(Rule, asks="一天最多按几课时收费"):
    """Units beyond the first so many a day are served, and not charged."""

    lessons_a_day: int

    def fault(self) -> str:
        return "" if self.lessons_a_day else "lessons_a_day 要大于 0"


class Lesson(Rule, asks="一课时是多少分钟"):
    """`shorter`: what a lesson counts that ends early; not written where the notice does not say."""

    minutes: int
    shorter: Literal["prorated", "not_counted", "whole"] | None = None

    def fault(self) -> str:
        return "" if self.minutes else "minutes 要大于 0"


class BillingCalendar(Rule, asks="收费按什么日历算"):
    """What a month's (or term's) price is divided by to find a day's: the days of service, the statutory workdays of
    the month, or numbers that the notice fixes."""

    counts: Literal["service_days", "statutory_workdays", "notional"]
    days_a_month: int | None = None
    days_a_term: int | None = None
    months_a_term: int | None = None

    def fault(self) -> str:
        numbers = (self.days_a_month, self.days_a_term, self.months_a_term)
        if (self.counts == "notional") != any(numbers):
            return 'counts = "notional" 要写 days_a_month、days_a_term 或 months_a_term，别的不写'
        return ""


class PartMonth(Rule, asks="中途参加的月份怎么收费"):
    """How a month (or term) is charged in which a child is served only for some of the days.

    `half_month`: up to half of the days half the price, above it the whole; `exactly_half` says which at just half.
    """

    basis: Literal["service_days", "half_month", "whole"]
    exactly_half: Literal["half", "whole"] | None = None

    def fault(self) -> str:
        odd = self.exactly_half and self.basis != "half_month"
        return 'basis = "half_month" 才写 exactly_half' if odd else ""


class Collection(Rule, asks="什么时候收费"):
    """Paid before or after, for a month or a term at once; never across."""

    paid: Literal["advance", "arrears"]
    per: Literal["month", "term"]


class Waiver(Rule, asks="这类学生怎么减免", told_apart_by=("group",), scoped=False):
    """A group that pays less: by `percent`, or by a recorded decision where none is given."""

    group: str
    label: str
    percent: int | None = None

    def fault(self) -> str:
        return "percent 要大于 0；由学校逐个审定的，不写 percent" if self.percent == 0 else ""


class WaiverStacking(Rule, asks="同时符合几种减免时怎么合并", scoped=False):
    """The largest counts alone, or they are added up to at most 100 percent."""

    counts: Literal["largest", "sum"]


class WaiverFunding(Rule, asks="减免的钱由谁补", scoped=False):
    """Nobody, so much a head and month, or the budget the whole of it."""

    funded: Literal["nobody", "per_head", "budget"]
    payer: str = ""
    yuan: Money | None = None

    def fault(self) -> str:
        if (self.funded == "per_head") != (self.yuan is not None):
            return 'funded = "per_head" 要写 yuan（每生每月），别的不写'
        return "请写明 payer（谁出钱）" if self.funded != "nobody" and not self.payer else ""


class Rounding(Rule, asks="金额算到哪一位", told_apart_by=("of",), scoped=False):
    """Where the notice says otherwise than to the fen, half up."""

    of: Literal["charge", "rate", "refund", "stipend"]
    to: Literal["fen", "jiao", "yuan"]
    how: Literal["half_up", "down", "up"] = "half_up"


class Account(Rule, asks="收费进哪个账户", scoped=False):
    label: str
    holder: Literal["school", "fiscal", "platform"] | None = None
    separate_book: bool = False


class OwnItem(Rule, asks="哪些费用单列代收", told_apart_by=("key",)):
    """Collected for someone else, apart from the service fee (代收费)."""

    key: str
    label: str
    price: Literal["at_cost", "fixed"] | None = None
    yuan: Money | None = None

    def fault(self) -> str:
        return 'price = "fixed" 要写 yuan，别的不写' if (self.price == "fixed") != (self.yuan is not None) else ""
