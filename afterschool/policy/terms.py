"""The words of the field that policies are written in, and how they read in Chinese."""

from typing import Literal

Level = Literal["national", "province", "city", "county"]
Stage = Literal["primary", "junior", "senior"]
Service = Literal["weekday", "saturday", "vacation"]
Slot = Literal["morning", "noon", "afternoon", "evening", "late_care"]
Ownership = Literal["public", "private"]
Area = Literal["urban", "township", "rural"]
DayKind = Literal["workday", "rest", "holiday"]
Fund = Literal["fee", "subsidy", "meal"]
Weight = Literal["block", "warn", "disclose"]
Unit = Literal["month", "term", "lesson", "hour", "day", "session", "free"]
Cause = Literal["withdrawal", "absence", "cancelled", "force_majeure", "under_served", "surplus"]

LEVELS: dict[str, str] = {"national": "国家", "province": "省", "city": "市", "county": "区县"}
STAGES: dict[str, str] = {"primary": "小学", "junior": "初中", "senior": "普通高中"}
SERVICES: dict[str, str] = {"weekday": "周一至周五", "saturday": "周六", "vacation": "寒暑假"}
SLOTS: dict[str, str] = {
    "morning": "早间",
    "noon": "午间",
    "afternoon": "下午放学后",
    "evening": "晚间",
    "late_care": "延时托管",
}
OWNERSHIPS: dict[str, str] = {"public": "公办", "private": "民办"}
AREAS: dict[str, str] = {"urban": "城区", "township": "镇区", "rural": "乡村"}
DAY_KINDS: dict[str, str] = {"workday": "平时", "rest": "休息日", "holiday": "法定休假日"}
FUNDS: dict[str, str] = {"fee": "课后服务费", "subsidy": "财政补贴", "meal": "代收餐费"}
UNITS: dict[str, str] = {
    "month": "月",
    "term": "学期",
    "lesson": "课时",
    "hour": "小时",
    "day": "天",
    "session": "次",
    "minute": "分钟",
}
CAUSES: dict[str, str] = {
    "withdrawal": "中途退出",
    "absence": "缺勤",
    "cancelled": "学校停课",
    "force_majeure": "不可抗力停课",
    "under_served": "少于约定的服务",
    "surplus": "结余返还",
}
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
