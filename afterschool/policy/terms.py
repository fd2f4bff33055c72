"""The words of the field that policies are written in, and how they read in Chinese."""

from typing import Literal

Stage = Literal["primary", "junior", "senior"]
Service = Literal["weekday", "saturday", "vacation"]
Slot = Literal["noon", "afternoon", "evening", "late_care"]
DayKind = Literal["workday", "rest", "holiday"]
Fund = Literal["fee", "subsidy", "meal"]
Weight = Literal["block", "warn", "disclose"]

STAGES: dict[str, str] = {"primary": "小学", "junior": "初中", "senior": "普通高中"}
SERVICES: dict[str, str] = {"weekday": "周一至周五", "saturday": "周六", "vacation": "寒暑假"}
SLOTS: dict[str, str] = {"noon": "午间", "afternoon": "下午放学后", "evening": "晚间", "late_care": "延时托管"}
DAY_KINDS: dict[str, str] = {"workday": "平时", "rest": "休息日", "holiday": "法定休假日"}
FUNDS: dict[str, str] = {"fee": "课后服务费", "subsidy": "财政补贴", "meal": "代收餐费"}
WEEKDAYS = "一二三四五六日"
# Grades count through from 1 to 12, so that 初一 is 7 and 高三 is 12.
GRADES = dict(
    enumerate(
        ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "初一", "初二", "初三", "高一", "高二", "高三"), 1
    )
)


def weekday_name(weekday: int) -> str:
    return f"周{WEEKDAYS[weekday - 1]}"


def service_on(weekday: int) -> Service:
    """Which service a timetable day belongs to: a school day's, or the weekend's. Vacation cannot be told from it."""
    return "saturday" if weekday > 5 else "weekday"


def duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} 分钟"
    return f"{hours} 小时" + (f" {rest} 分钟" if rest else "")
