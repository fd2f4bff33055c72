"""财政补贴: what the budget adds, for whom, out of whose pocket, and whether the family pays less by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from afterschool.errors import NoRule
from afterschool.money import ZERO, Money
from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.rule import Case
from afterschool.policy.verdict import Cite, Step, Verdict

PER = {
    "student_year": "每生每年",
    "student_term": "每生每学期",
    "student_month": "每生每月",
    "student_day": "每生每天",
}
HEADS = {"enrolled": "在校学生", "taking_part": "参加课后服务的学生", "attending": "实际到场的学生"}


@dataclass(frozen=True, slots=True)
class Heads:
    """Whom a subsidy may count. For one by the day: the `days` of service, and how many child-days were `attended`."""

    enrolled: int
    taking_part: int
    attending: int
    days: int = 0
    attended: int = 0

    def counted(self, heads: str, per: str) -> int:
        """Heads, or heads times days."""
        if per == "student_day":
            return self.attended if heads == "attending" else int(getattr(self, heads)) * self.days
        return int(getattr(self, heads))


@dataclass(frozen=True, slots=True)
class Paid:
    payer: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Due:
    """`per` says for how long: a year's, a term's, a month's; the days' are added up."""

    amount: Money
    parts: tuple[Paid, ...]
    per: str
    effect: str | None
    steps: tuple[Step, ...]
    cite: Cite


def due(law: Law, on: date, case: Case, heads: Heads) -> Due | None:
    """What the budget owes, split among those who pay it: the fen left over go to the largest part, the first payer
    first. None where the policy knows no subsidy."""
    rule = law.on(on).maybe(rules.Subsidy, case)
    if rule is None:
        return None
    counted, said = _counted(rule, heads, law.on(on).policy)
    amount = rule.yuan * counted
    shares = amount.split([payer.percent for payer in rule.payers])
    parts = tuple(Paid(payer.name, share) for payer, share in zip(rule.payers, shares, strict=True))
    steps = [Step(f"{PER[rule.per]} {rule.yuan.short()} 元，{said}", f"{rule.yuan} × {counted}", amount)]
    if len(parts) > 1:
        for payer, part in zip(rule.payers, parts, strict=True):
            steps.append(Step(f"{payer.name}承担 {payer.percent}%", f"{amount} × {payer.percent}%", part.amount))
    return Due(amount, parts, rule.per, rule.effect, tuple(steps), rule.cite)


def lowers_fee(law: Law, on: date, case: Case) -> bool:
    """Whether families pay less by it; true also where the notice does not say, so that somebody asks."""
    rule = law.on(on).maybe(rules.Subsidy, case)
    return rule is not None and rule.effect != "apart"


def off_fee(
    law: Law, on: date, case: Case, *, net: Money, unit: str, days: int, already: Money = ZERO
) -> Verdict[Money]:
    """What one child's family pays less for a "month" or "term" (the `unit`) by it: never more than it would pay.

    `net` is the charge after any waiver, `days` are the child's, `already` was taken off other services' charges.
    """
    now = law.on(on)
    rule = now.maybe(rules.Subsidy, case)
    if rule is None or not net:
        return Verdict(ZERO, "没有抵减收费的财政补贴")
    if rule.effect is None:
        raise NoRule("subsidy.effect", "财政补贴抵不抵减家长应交的费用", now.policy)
    if rule.effect == "apart":
        return Verdict(ZERO, "财政补贴和收费分开，不抵减", rule.cite)
    if rule.per not in ("student_day", f"student_{unit}"):
        raise NoRule("subsidy.per", f"{PER[rule.per]}的补贴怎么抵减每次的收费", now.policy)
    whole = rule.yuan * days if rule.per == "student_day" else rule.yuan
    times = f" × {days} 天" if rule.per == "student_day" else ""
    other = f"，其他项目已抵 {already.short()} 元" if already else ""
    said = f"财政补贴{PER[rule.per]} {rule.yuan.short()} 元{times}{other}，抵减应交的费用"
    return Verdict(min(max(ZERO, whole - already), net), said, rule.cite)


def _counted(rule: rules.Subsidy, heads: Heads, policy: str) -> tuple[int, str]:
    """How many heads or child-days, and whose. Where the notice is silent, all ways to count must come to the same."""
    if rule.heads is None and len({heads.counted(one, rule.per) for one in HEADS}) > 1:
        raise NoRule("subsidy.heads", "财政补贴按在校、参加还是到场的人数算", policy)
    whose = rule.heads or "taking_part"
    counted = heads.counted(whose, rule.per)
    return counted, f"{HEADS[whose]}共 {counted} {'人次' if rule.per == 'student_day' else '人'}"
