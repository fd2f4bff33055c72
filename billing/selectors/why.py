"""为什么是这个数？ What stands beside a charge, a refund and a grade's settlement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from afterschool.money import Money
from afterschool.policy import load
from afterschool.policy.windows import closed_weekdays
from afterschool.schools.calendar import SCHOOL_WEEK, Day, days_of_each
from afterschool.schools.why import Days, Square, Why, dates, tell
from afterschool.templatetags.words import grade_name
from billing.models import Charge, FeeMonth, Refund

ABSENT, NOT_CHOSEN, WEEKEND = "没有参加", "没有选这一天", "周六、周日休息"
# The word under a day of the month table that is not charged; any other such day is a day off.
SIGNS = {ABSENT: "不算", NOT_CHOSEN: "没选", WEEKEND: ""}
IN_THE_CHARGE = "参加几天，已经算在您家应交的钱里了"


def explain(charges: Sequence[Charge]) -> None:
    """Give each charge, and each refund fetched with it, its `why`. Two queries, however many charges.

    The charges come with month, school, offering, agreement and refunds.
    """
    months = {charge.fee_month_id: charge.fee_month for charge in charges}
    found = days_of_each([(month.school, month.month, month.last_on) for month in months.values()])
    calendars = dict(zip(months, found, strict=True))
    for charge in charges:
        calendar = calendars[charge.fee_month_id]
        charge.why = _charged(charge, calendar)
        charge.why_remitted = [_remitted(charge, kept, calendar) for kept in charge.remissions]
        for refund in charge.refunds.all():
            refund.why = _refunded(refund, charge.fee_month, **_unused(refund.cause, charge, calendar))


def explain_surplus(fee_month: FeeMonth, refunds: Iterable[Refund]) -> None:
    """For refunds of the month's surplus: no day matters, so nothing is asked."""
    for refund in refunds:
        refund.why = _refunded(refund, fee_month, days=[Days(IN_THE_CHARGE)])


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


def _remitted(charge: Charge, kept: Mapping, calendar: Sequence[Day]) -> Why:
    amount = Money(kept["fen"])
    return tell(
        f"{charge.fee_month}不用再交 {amount} 元",
        amount,
        steps=kept["steps"],
        cites=kept["cites"],
        code=charge.fee_month.policy,
        **_unused(kept["cause"], charge, calendar),
    )


def _refunded(refund: Refund, fee_month: FeeMonth, **days: Any) -> Why:
    return tell(
        f"{fee_month}{refund.get_cause_display()}退 {Money(refund.amount_fen)} 元",
        Money(refund.amount_fen),
        steps=refund.steps,
        cites=refund.cites,
        code=fee_month.policy,
        **days,
    )


def _unused(cause: str, charge: Charge, calendar: Sequence[Day]) -> dict[str, Any]:
    """Who leaves gets back the days that were not used; a surplus asks after no day."""
    last_on = charge.agreement.ended_on
    if cause != Refund.Cause.WITHDRAWAL or last_on is None:
        return {"days": [Days(IN_THE_CHARGE)]}
    used = [day for day in charge.days if day <= last_on]
    unused = [day for day in charge.days if day > last_on]
    looks = dict.fromkeys(used, ("用了", "")) | dict.fromkeys(unused, ("没用", "is-leave"))
    squares = [Square(day.day, *looks.get(day.day, ())) for day in calendar]
    days = [Days(f"用了 {len(used)} 天", dates(used)), Days(f"没有用 {len(unused)} 天，这些天不收钱", dates(unused))]
    return {"squares": squares, "days": days}


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
