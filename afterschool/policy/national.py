"""The national calendar: which days of a year are workdays, rest days and statutory holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import holidays
import holidays.version

from afterschool.policy.terms import DayKind

# Exactly these are statutory holidays. Every other name the package gives (调休, 补假, 春节延长假期) is a rest day.
STATUTORY = {"元旦", "农历除夕", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}


@dataclass(frozen=True, slots=True)
class NationalDay:
    day: date
    kind: DayKind
    name: str


def is_official(year: int) -> bool:
    """Whether the State Council's notice for the year is known. Other years are computed, without make-up days."""
    from holidays.countries.china import ChinaStaticHolidays  # brings along every country of the world: only when asked

    return year in ChinaStaticHolidays.special_public_holidays


def source(year: int) -> str:
    return f"{'国务院放假通知' if is_official(year) else '按法定节假日推算'}（holidays {holidays.version.__version__}）"


def national_days(year: int) -> list[NationalDay]:
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return [_classify(china, day) for day in days]


def _classify(china: Any, day: date) -> NationalDay:
    names = china.get(day, "")
    if STATUTORY & set(names.split("; ")):
        return NationalDay(day, "holiday", names)
    if names:
        return NationalDay(day, "rest", names)
    if not china.is_working_day(day):
        return NationalDay(day, "rest", "")
    return NationalDay(day, "workday", "调休上班" if day.isoweekday() > 5 else "")
