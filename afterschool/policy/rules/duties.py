"""程序与行为: filing, disclosure, enrolment, what a school must do and what it may never do."""

from __future__ import annotations

from typing import Literal

from afterschool.policy.rule import Rule


class Filing(Rule, asks="实施方案是备案还是审批", told_apart_by=("what",), scoped=False):
    """一校一案 (or the price, or the accounts): filed for the record, or approved before service starts."""

    what: Literal["plan", "price", "accounts"] = "plan"
    mode: Literal["filed", "approved"]
    to: str
    by: str = ""


class Disclosure(Rule, asks="要公示什么、多久一次", told_apart_by=("what",), scoped=False):
    what: Literal["accounts", "expenses", "service", "price"]
    label: str
    every: Literal["regularly", "month", "term", "year"]
    channels: tuple[str, ...] = ()
    posted_days: int | None = None


class Agreement(Rule, asks="是否要签订服务协议", scoped=False):
    label: str


class EnrolmentSteps(Rule, asks="报名要走哪几步", scoped=False):
    steps: tuple[str, ...]


class Refusal(Rule, asks="能否不接收学生", scoped=False):
    """On which grounds an applicant may be refused; none listed means never."""

    grounds: tuple[str, ...]


class Priority(Rule, asks="优先照顾哪些学生", scoped=False):
    groups: tuple[str, ...]


class Withdrawal(Rule, asks="退出要办什么手续", scoped=False):
    written: bool
    approved: bool


class BasicFirst(Rule, asks="只报特色活动行不行", scoped=False):
    """Clubs come on top of the basic service."""


class Obligation(Rule, asks="学校必须做到的事项", told_apart_by=("key",)):
    """Something that a school must do, for the page where it is done."""

    key: str
    label: str


class Prohibition(Rule, asks="明令禁止的事项", told_apart_by=("key",)):
    key: str
    label: str
