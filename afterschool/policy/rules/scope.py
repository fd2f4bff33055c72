"""适用: whom the policy serves, and what counts as its service."""

from __future__ import annotations

from typing import Literal

from afterschool.policy.rule import Rule


class AppliesTo(Rule, asks="适用于哪些学校和学段"):
    """The policy's own reach: the stages it serves, and where it says so the schools (ownership, areas, schools)."""


class ServiceItem(Rule, asks="有哪些服务项目", told_apart_by=("key",)):
    """One thing a school may offer, by the key that other rules name in `items`.

    `legal`: the 课后服务 itself, care that is free, or something collected for others (代收).
    """

    key: str
    label: str
    legal: Literal["service", "free_care", "collected"]
    club: bool = False


class OutsideScope(Rule, asks="哪些时段不能算作课后服务"):
    """These slots or services may not be counted in (严禁随意扩大范围)."""

    def fault(self) -> str:
        return "" if self.slots or self.services else "要写明 slots 或 services"
