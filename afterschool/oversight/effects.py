"""What another policy would change for one school: the same arithmetic under both, of the latest month there is."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money, total
from afterschool.plans.models import Plan
from afterschool.plans.selectors import findings
from afterschool.policy import fees
from afterschool.policy.book import Policy, RulesInForce
from afterschool.schools.models import School
from billing.models import FeeMonth
from billing.selectors.dues import Due, dues_of, off_of
from billing.tariffs import Tariffs, tariffs_of
from enrollment.models import Waiver
from enrollment.selectors import waivers_on
from staffing.models import Duty
from staffing.served import WHERE, Facts

Pay = Callable[[Policy], Money]


@dataclass
class Sums:
    """What some people pay, or are paid, in one month: now and then. Whom a policy is silent on stands in neither sum."""

    month: date | None = None
    many: int = 0
    now: Money = ZERO
    then: Money = ZERO
    silent: Counter[str] = field(default_factory=Counter)

    def add(self, pay: Pay, now: Policy, then: Policy) -> None:
        try:
            before, after = pay(now), pay(then)
        except (NoRule, RuleBroken) as silence:
            self.silent[str(silence)] += 1
            return
        self.many, self.now, self.then = self.many + 1, self.now + before, self.then + after

    def plain(self) -> dict[str, Any]:
        return {
            "month": self.month.isoformat() if self.month else None, "many": self.many,
            "now_fen": self.now.fen, "then_fen": self.then.fen, "silent": self.silent.most_common(),
        }  # fmt: skip


def effect(school: School, now: Policy, then: Policy) -> dict[str, Any]:
    """As a job keeps it: services that `then` does not allow, and what families pay and staff are paid, both ways."""
    return {
        "breaches": breaches(school, then),
        "charges": charges(school, now, then).plain(),
        "stipends": stipends_of(school, now, then).plain(),
    }


def breaches(school: School, law: Policy) -> list[dict[str, str]] | None:
    """What this policy would not let pass in the school's latest plan in force; None where there is no plan."""
    plan = Plan.objects.in_force().filter(school=school).select_related("school__bureau", "term").first()
    if plan is None:
        return None
    return [
        {
            "title": finding.title,
            "say": finding.say,
            "clause": finding.cite.clause if finding.cite else "",
            "quote": finding.cite.quote if finding.cite else "",
        }
        for finding in findings(plan, law=law)
        if finding.blocks and finding.level != "missing"
    ]


def charges(school: School, now: Policy, then: Policy) -> Sums:
    """The latest charged month, child by child."""
    month = FeeMonth.objects.filter(school=school, charged_at__isnull=False).order_by("-month").first()
    if month is None:
        return Sums()
    sums, by_child, held = Sums(month.month), defaultdict(list), tariffs_of(month)
    for due in dues_of(held):
        by_child[due.student_id].append(due)
    granted = waivers_on(by_child, month.month, month.last_on)
    tariffs = {policy: replace(held, law=AsIf(policy)) for policy in (now, then)}
    for dues in by_child.values():
        sums.add(partial(_asked, tariffs, dues, granted), now, then)
    return sums


def _asked(
    under: Mapping[Policy, Tariffs], dues: Sequence[Due], granted: Mapping[int, Sequence[Waiver]], policy: Policy
) -> Money:
    """What one family is asked for; rates that together are above their price count as the price."""
    tariffs = under[policy]
    by_price: dict[object, list[Due]] = defaultdict(list)
    for due in dues:
        by_price[tariffs.line(due.item, due.days[0])].append(due)
    return total(
        tariffs.of(due.item, rate).charge(due.days, off_of(tariffs, due, granted).answer).net
        for together in by_price.values()
        for due, rate in zip(together, _within_price(tariffs, together), strict=True)
    )


def _within_price(tariffs: Tariffs, dues: Sequence[Due]) -> list[Money]:
    rates = [Money(due.item.fee_fen) for due in dues]
    highest = fees.highest(tariffs.law, dues[0].days[0], tariffs.case(dues[0].item)).answer
    return rates if total(rates) <= highest else highest.split([rate.fen for rate in rates])


def stipends_of(school: School, now: Policy, then: Policy) -> Sums:
    """The latest month with confirmed duties, person by person."""
    confirmed = Duty.objects.confirmed().filter(school=school)
    month = confirmed.dates("day", "month", order="DESC").first()
    if month is None:
        return Sums()
    last = month.replace(day=monthrange(month.year, month.month)[1])
    sums, by_person, facts = Sums(month), defaultdict(list), Facts(school, month, last)
    for duty in confirmed.filter(day__range=(month, last)).select_related(*WHERE):
        by_person[duty.person_id].append(duty)
    for duties in by_person.values():
        sums.add(partial(_paid, facts, duties), now, then)
    return sums


def _paid(facts: Facts, duties: Sequence[Duty], policy: Policy) -> Money:
    return facts.pay(duties, law=AsIf(policy)).amount


@dataclass(frozen=True)
class AsIf:
    """A policy as if it had held before the day from which it does."""

    policy: Policy

    @property
    def short(self) -> str:
        return self.policy.short

    def on(self, day: date) -> RulesInForce:
        return self.policy.on(max(day, self.policy.since))
