"""The language of a policy file: one class for each kind of rule, one attribute for each key it may hold.

A file writes a rule as `[[kind]]`, the class name in small letters (`ChargeCap` is `[[charge_cap]]`). Each rule has a
clause and a quote; `from`, `until` and `weight` may follow, and the scope (stages, grades, boarding, services, slots,
months, ownership, areas, tiers, schools, items) says where it holds: what is left out is not restricted.
"""

from afterschool.policy.rule import Rule
from afterschool.policy.rules.duties import (
    Agreement,
    BasicFirst,
    Disclosure,
    EnrolmentSteps,
    Filing,
    Obligation,
    Priority,
    Prohibition,
    Refusal,
    Withdrawal,
)
from afterschool.policy.rules.pay import (
    OnDuty,
    Payroll,
    StipendBase,
    StipendLimit,
    StipendPaid,
    StipendPercent,
    StipendRate,
    StipendRole,
)
from afterschool.policy.rules.people import ClassSize, Staffing, ThirdParty
from afterschool.policy.rules.prices import (
    Account,
    Billable,
    BillingCalendar,
    ChargeCap,
    Collection,
    ExtraFee,
    FeeSetting,
    Lesson,
    NoFee,
    OwnItem,
    PartMonth,
    Price,
    Rounding,
    Waiver,
    WaiverFunding,
    WaiverStacking,
)
from afterschool.policy.rules.returns import Refund, RefundRoute, Settlement
from afterschool.policy.rules.scope import AppliesTo, OutsideScope, ServiceItem
from afterschool.policy.rules.spending import Expense, Payer, Pool, Subsidy, UnlistedExpense
from afterschool.policy.rules.times import (
    ClosedDays,
    DayOff,
    EndsNotBefore,
    HoursADay,
    OnWeekday,
    OpenDays,
    TeachingDay,
    VacationLength,
    Window,
)

__all__ = [
    "Account", "Agreement", "AppliesTo", "BasicFirst", "Billable", "BillingCalendar", "ChargeCap", "ClassSize",
    "ClosedDays", "Collection", "DayOff", "Disclosure", "EndsNotBefore", "EnrolmentSteps", "Expense", "ExtraFee",
    "FeeSetting", "Filing", "HoursADay", "Lesson", "NoFee", "Obligation", "OnDuty", "OnWeekday", "OpenDays", "OutsideScope",
    "OwnItem", "PartMonth", "Payer", "Payroll", "Pool", "Price", "Priority", "Prohibition", "Refund", "RefundRoute", "Refusal",
    "Rounding", "ServiceItem", "Settlement", "Staffing", "StipendBase", "StipendLimit", "StipendPaid", "StipendPercent",
    "StipendRate", "StipendRole", "Subsidy", "TeachingDay", "ThirdParty", "UnlistedExpense", "VacationLength", "Waiver",
    "WaiverFunding", "WaiverStacking", "Window", "Withdrawal",
]  # fmt: skip

KINDS: dict[str, type[Rule]] = {kind.kind: kind for kind in Rule.__subclasses__()}
