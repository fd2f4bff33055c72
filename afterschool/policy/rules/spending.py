"""经费: what the budget adds, and what may be paid out of which money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from afterschool.money import Money
from afterschool.policy.rule import Rule
from afterschool.policy.terms import Fund


@dataclass(frozen=True, slots=True)
class Payer:
    """A level of government and its part of a subsidy."""

    name: str
    percent: int


class Subsidy(Rule, asks="财政补贴标准"):
    """`heads` says whom it counts, `effect` whether the fee is lowered by it; left out where the notice is silent."""

    per: Literal["student_year", "student_term", "student_month", "student_day"]
    yuan: Money
    payers: tuple[Payer, ...]
    heads: Literal["enrolled", "taking_part", "attending"] | None = None
    effect: Literal["apart", "deducted"] | None = None

    def fault(self) -> str:
        return "" if sum(payer.percent for payer in self.payers) == 100 else "payers 的 percent 合计要是 100"


class Expense(Rule, asks="可以列支哪些开支", told_apart_by=("key", "funds"), scoped=False):
    key: str
    label: str
    funds: tuple[Fund, ...]
    allowed: bool = True


class UnlistedExpense(Rule, asks="没有列出的开支能否列支", told_apart_by=("funds",), scoped=False):
    """The sentence that shuts out whatever the list does not name."""

    allowed: bool
    funds: tuple[Fund, ...] = ()


class Pool(Rule, asks="经费用在人员和管理上的比例", told_apart_by=("key",), scoped=False):
    """So much at least to staff, so much at most to management, of what was taken or spent."""

    key: Literal["staff", "management"]
    of: Literal["fees", "income", "spending"]
    categories: tuple[str, ...]
    percent_at_least: int | None = None
    percent_at_most: int | None = None

    def fault(self) -> str:
        least, most = self.percent_at_least, self.percent_at_most
        if least is not None and most is not None and least > most:
            return "percent_at_least 不能大于 percent_at_most"
        return "" if least is not None or most is not None else "percent_at_least 和 percent_at_most 至少写一个"
