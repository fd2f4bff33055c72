"""为什么是这个数？ What stands beside a charge, a refund and a grade's settlement."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from afterschool.money import Money
from afterschool.policy import load
from afterschool.policy.settlement import SHARED_BY
from afterschool.policy.windows import closed_weekdays
from afterschool.schools.calendar import SCHOOL_WEEK, Day, days_of, days_of_each
from afterschool.schools.why import Days, Square, Why, dates, tell
from afterschool.templatetags.words import day as day_words
from afterschool.templatetags.words import grade_name
from billing.models import Charge, FeeMonth, Refund

Cause = Refund.Cause
ABSENT, NOT_CHOSEN, WEEKEND = "没有参加", "没有选这一天", "周六、周日休息"
# The word under a day of the month table that is not charged; any other such day is a day off.
SIGNS = {ABSENT: "不算", NOT_CHOSEN: "没选", WEEKEND: ""}
IN_THE_CHARGE = "参加几天，已经算在您家应交的钱里了"
# The same for the days of a refund, and how many they are.
NOT_SERVED = {
    Cause.WITHDRAWAL: ("没用", "没有用"),
    Cause.ABSENCE: ("没来", "没有来"),
    Cause.CANCELLED: ("停课", "学校停课"),
    Cause.FORCE_MAJEURE: ("停课", "停课"),
}
NAMED_DAY = re.compile(r"\d+月\d+日")


def explain(charges: Sequence[Charge]) -> None:
    """Give each charge, and each refund fetched with it, its `why`. Three queries, however many charges.

    The charges come with month, school, offering, agreement and refunds.
    """
    months = {charge.fee_month_id: charge.fee_month for charge in charges}
    found = days_of_each([(month.school, month.month, month.last_on) for month in months.values()])
    calendars = dict(zip(months, found, strict=True))
    for charge in charges:
        month, calendar = charge.fee_month, calendars[charge.fee_month_id]
        charge.why = _charged(charge, calendar)
        charge.why_remitted = [_remitted(charge, kept, month, calendar) for kept in charge.remissions]
        for refund in charge.refunds.all():
            refund.why = _refunded(refund, charge, month, calendar)


def explain_refunds(fee_month: FeeMonth, refunds: Iterable[Refund]) -> None:
    """For a month's refunds, which come with their charge and its agreement. Three queries."""
    calendar = days_of(fee_month.school, fee_month.month, fee_month.last_on)
    for refund in refunds:
        if refund.charge:
            refund.why = _refunded(refund, refund.charge, fee_month, calendar)


def of_group(fee_month: FeeMonth, group: Mapping) -> Why:
    """A grade's row of the settlement: what goes back, or what the school bears."""
    word, fen = ("学校承担", group["borne_fen"]) if group["borne_fen"] else ("退还家长", group["refund_fen"])
    said = f"{fee_month}{grade_name(group['grade']) or '全校'}{word} {Money(fen)} 元"
    return tell(said, Money(fen), steps=group["steps"], cites=group["cites"], code=fee_month.policy)


def _charged(charge: Charge, calendar: Sequence[Day]) -> Why:
    """The month as the child has it: days that count, days it takes no part, days without service and why."""
    reasons = _reasons(charge, calendar)
    squares = [_square(day.day, reasons.get(day.day)) for day in calendar]
    return tell(
        f"{charge.fee_month}{charge.item.offering.name}应交 {Money(charge.net_fen)} 元",
        Money(charge.net_fen),
        steps=charge.steps,
        cites=charge.cites,
        code=charge.fee_month.policy,
        squares=squares,
        days=[Days(f"参加 {len(charge.days)} 天", dates(charge.days)), *_by_reason(reasons)],
    )


def _remitted(charge: Charge, kept: Mapping, fee_month: FeeMonth, calendar: Sequence[Day]) -> Why:
    amount = Money(kept["fen"])
    return tell(
        f"{fee_month}不用再交 {amount} 元",
        amount,
        steps=kept["steps"],
        cites=kept["cites"],
        code=fee_month.policy,
        **_not_served(kept["cause"], kept["steps"], charge, calendar),
    )


def _refunded(refund: Refund, charge: Charge, fee_month: FeeMonth, calendar: Sequence[Day]) -> Why:
    return tell(
        f"{fee_month}{refund.get_cause_display()}退 {Money(refund.amount_fen)} 元",
        Money(refund.amount_fen),
        steps=refund.steps,
        cites=refund.cites,
        code=fee_month.policy,
        **_not_served(refund.cause, refund.steps, charge, calendar),
    )


def _not_served(cause: str, steps: Sequence[str], charge: Charge, calendar: Sequence[Day]) -> dict[str, Any]:
    """The days of the charge, apart: those that were served, and those that were not."""
    if cause == Cause.SURPLUS and not any(SHARED_BY["days_served"] in step for step in steps):
        return {"days": [Days(IN_THE_CHARGE)]}
    if cause not in NOT_SERVED:
        return {}
    sign, word = NOT_SERVED[Cause(cause)]
    gone = _left(charge) if cause == Cause.WITHDRAWAL else _named(steps, charge)
    served = [day for day in charge.days if day not in gone]
    looks = dict.fromkeys(served, ("参加", "")) | dict.fromkeys(gone, (sign, "is-leave"))
    days = [Days(f"参加 {len(served)} 天", dates(served)), Days(f"{word} {len(gone)} 天", dates(gone))]
    return {"squares": [Square(day.day, *looks.get(day.day, ())) for day in calendar], "days": days}


def _left(charge: Charge) -> list[date]:
    last_on = charge.agreement.ended_on or date.max
    return [day for day in charge.days if day > last_on]


def _named(steps: Iterable[str], charge: Charge) -> list[date]:
    """The days that the refund itself names."""
    named = {found for step in steps for found in NAMED_DAY.findall(step)}
    return [day for day in charge.days if day_words(day) in named]


def _square(day: date, reason: str | None) -> Square:
    if reason is None:
        return Square(day, "参加", "")
    return Square(day, SIGNS.get(reason, "休"), "is-leave" if reason == ABSENT else "is-off")


def _reasons(charge: Charge, calendar: Sequence[Day]) -> dict[date, str]:
    """Why a day is not charged, for each that is not."""
    month, offering = charge.fee_month, charge.item.offering
    service = offering.slot if offering.slot in ("saturday", "vacation") else "weekday"
    closed = closed_weekdays(
        load(month.policy), month.month, stage=month.school.stage, grade=charge.grade, service=service
    )
    return {day.day: _reason(day, charge, closed) for day in calendar if day.day not in charge.days}


def _reason(day: Day, charge: Charge, closed: Mapping[int, str]) -> str:
    if day.runs(charge.item.weekdays):
        return ABSENT
    weekday = day.weekday or day.day.isoweekday()
    if day.serves:
        taken = weekday in charge.item.offering.weekdays
        return closed.get(weekday) or (NOT_CHOSEN if taken else "这一天没有这项服务")
    if day.day.isoweekday() not in SCHOOL_WEEK and not (day.name or day.note):
        return WEEKEND
    name = day.name.partition("（")[0].removeprefix("休息日")
    return day.note or name or "调休放假"


def _by_reason(reasons: Mapping[date, str]) -> list[Days]:
    """First the days without the child, then those without service; weekends last, and not one by one."""
    found = defaultdict(list)
    for day, reason in reasons.items():
        found[reason].append(day)
    absent, weekend = found.pop(ABSENT, []), found.pop(WEEKEND, [])
    told = [Days(f"{ABSENT} {len(absent)} 天，不收钱", dates(absent))] if absent else []
    told += [Days(reason, dates(days)) for reason, days in found.items()]
    return told + [Days(WEEKEND)] * bool(weekend)
