"""据实结算、多退少不补: what a month leaves over goes back to those who paid, to the fen."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from afterschool.money import ZERO, Money, total
from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Cite, Step


@dataclass(frozen=True, slots=True)
class Group:
    """Those who share a cost, one grade as a rule.

    `charges` are (key, net charge), ordered by agreement number: of equal remainders the earlier one gets the fen.
    """

    key: Hashable
    charges: Sequence[tuple[Hashable, Money]]
    cost: Money


@dataclass(frozen=True, slots=True)
class GroupResult:
    """`refunds` are this round's; `published` what earlier rounds gave and nobody takes back."""

    key: Hashable
    charged: Money
    cost: Money
    surplus: Money
    refunds: Mapping[Hashable, Money]
    published: Mapping[Hashable, Money]
    borne_by_school: Money
    steps: tuple[Step, ...]
    cite: Cite | None


def rule(policy: Policy, on: date) -> rules.Settlement:
    """How surplus and shortfall are treated, shared and grouped."""
    return policy.on(on).the(rules.Settlement)


def settle(
    policy: Policy, on: date, groups: Sequence[Group], *, already: Mapping[Hashable, Money] | None = None
) -> list[GroupResult]:
    """Each group by what it really cost. A second round hands in what the rounds before published."""
    nobody_paid = not any(money for group in groups for _, money in group.charges)
    cite = None if nobody_paid else rule(policy, on).cite
    return [_settle_group(group, already or {}, cite) for group in groups]


def _settle_group(group: Group, already: Mapping[Hashable, Money], cite: Cite | None) -> GroupResult:
    keys = [key for key, _ in group.charges]
    nets = [net for _, net in group.charges]
    if len(set(keys)) < len(keys) or group.cost < ZERO or any(net < ZERO for net in nets):
        raise ValueError(f"group {group.key}: a key twice, or an amount below zero")
    published = {key: already.get(key, ZERO) for key in keys}
    charged = total(nets)
    left = charged - group.cost - total(published.values())
    refunds = dict.fromkeys(keys, ZERO)
    if left > ZERO:
        caps = [net - published[key] for key, net in group.charges]
        refunds = dict(zip(keys, left.split_capped([net.fen for net in nets], caps), strict=True))
    borne = max(ZERO, -left)
    return GroupResult(
        group.key,
        charged,
        group.cost,
        max(ZERO, left),
        refunds,
        published,
        borne,
        _steps(charged, group.cost, published, left),
        cite,
    )


def _steps(charged: Money, cost: Money, published: Mapping[Hashable, Money], left: Money) -> tuple[Step, ...]:
    paid_back = total(published.values())
    steps = [Step("大家一共交了", amount=charged), Step("一共花了", amount=cost)]
    if paid_back:
        steps.append(Step("前面已经退过", amount=paid_back))
    sum_text = f"{charged} − {cost}" + (f" − {paid_back}" if paid_back else "")
    if left < ZERO:
        return (
            *steps,
            Step("不够的部分由学校承担，不向家长补收", f"{cost} − {charged}" if not paid_back else "", -left),
        )
    return (*steps, Step("一共剩下，全部退还", sum_text, left))


def explain(result: GroupResult, key: Hashable, net: Money) -> tuple[Step, ...]:
    """One family's refund in words: the group's sum, then this family's part of it."""
    share = result.refunds[key]
    if not result.surplus:
        return (*result.steps, Step("没有结余，这次不退也不补", amount=share))
    even = result.surplus.times_down(Fraction(net.fen, result.charged.fen))
    steps = [*result.steps, Step("按各家所交的钱来分，先分到分", f"{result.surplus} ÷ {result.charged} × {net}", even)]
    if share > even:
        words = "还有分不匀的零头：余数大的在前，一样大的按协议编号从前往后，每家 1 分，您有"
        steps.append(Step(words, amount=share - even))
    if share < even:
        steps.append(Step("退的钱不超过您交的钱，少退", amount=even - share))
    return (*steps, Step("退给您", amount=share))
