"""据实结算: what a month or term leaves over goes back to those who paid, to the fen; what is short as the notice says."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from afterschool.money import ZERO, Money, total
from afterschool.policy import rules
from afterschool.policy.book import Law
from afterschool.policy.rule import Case
from afterschool.policy.verdict import Cite, Step

SHARED_BY = {"net_charge": "按各家该交多少来分", "days_served": "按孩子参加的天数来分"}
ODD_FEN = "放着的零头凑成几个一分钱，零头大的先得，一样大的看协议编号，您家得到"


@dataclass(frozen=True, slots=True)
class Group:
    """Those who share a cost: a grade, or the school.

    `charges` are (key, net charge with what was asked since), ordered by agreement number: of equal remainders the
    earlier one gets the fen. For each charge in turn: the `days` the child was served, for a notice that shares by
    days; the `room` that the price leaves for asking more, for one that asks for a shortfall (none where left out).
    """

    key: Hashable
    charges: Sequence[tuple[Hashable, Money]]
    cost: Money
    days: Sequence[int] = ()
    room: Sequence[Money] = ()


@dataclass(frozen=True, slots=True)
class GroupResult:
    """`refunds` and `asked` are this round's; `published` what earlier rounds gave and nobody takes back."""

    key: Hashable
    charged: Money
    cost: Money
    surplus: Money
    refunds: Mapping[Hashable, Money]
    asked: Mapping[Hashable, Money]
    published: Mapping[Hashable, Money]
    borne_by_school: Money
    steps: tuple[Step, ...]
    cite: Cite | None
    shared_by: str
    weights: Mapping[Hashable, int]


def rule(law: Law, on: date, case: Case | None = None) -> rules.Settlement:
    """How surplus and shortfall are treated, shared and grouped, and how often."""
    return law.on(on).the(rules.Settlement, case)


def settle(
    law: Law,
    on: date,
    groups: Sequence[Group],
    *,
    already: Mapping[Hashable, Money] | None = None,
    case: Case | None = None,
) -> list[GroupResult]:
    """Each group by what it really cost. A second round hands in what the rounds before published."""
    nobody_paid = not any(money for group in groups for _, money in group.charges)
    held = None if nobody_paid else rule(law, on, case)
    return [_settle_group(group, already or {}, held) for group in groups]


def accrue(law: Law, on: date, groups: Sequence[Group], *, case: Case | None = None) -> list[GroupResult]:
    """A month of a term that is settled as one: its sums, and no decision yet."""
    cite = rule(law, on, case).cite
    steps = "学期末和别的月份一起结算，这个月先不退也不补"
    results = [_settle_group(group, {}, None) for group in groups]
    return [
        replace(one, borne_by_school=ZERO, cite=cite, steps=(*_steps_of_sums(one.charged, one.cost), Step(steps)))
        for one in results
    ]


def apportion(shared: Money, paying: Sequence[int], heads: Sequence[int]) -> list[Money]:
    """What the groups share of a cost: by paying heads; where nobody pays by all heads, or evenly."""
    weights = paying if any(paying) else heads if any(heads) else [1] * len(heads)
    return shared.split(weights)


def _settle_group(group: Group, already: Mapping[Hashable, Money], held: rules.Settlement | None) -> GroupResult:
    keys, nets = [key for key, _ in group.charges], [net for _, net in group.charges]
    if len(set(keys)) < len(keys) or group.cost < ZERO or any(net < ZERO for net in nets):
        raise ValueError(f"group {group.key}: a key twice, or an amount below zero")
    published = [already.get(key, ZERO) for key in keys]
    left = total(nets) - group.cost - total(published)
    weights = _weights(group, held)
    refunds = asked = [ZERO] * len(keys)
    if held and held.direction != "none" and left > ZERO:
        refunds = _shares(left, weights, [max(ZERO, net - back) for net, back in zip(nets, published, strict=True)])
    if held and held.direction == "both" and left < ZERO:
        asked = _shares(-left, weights, group.room or [ZERO] * len(keys))
    return GroupResult(
        key=group.key,
        charged=total(nets),
        cost=group.cost,
        surplus=max(ZERO, left),
        refunds=dict(zip(keys, refunds, strict=True)),
        asked=dict(zip(keys, asked, strict=True)),
        published=dict(zip(keys, published, strict=True)),
        borne_by_school=max(ZERO, -left) - total(asked),
        steps=_steps(total(nets), group.cost, total(published), left, total(refunds), total(asked)),
        cite=held.cite if held else None,
        shared_by=held.shared_by if held else "net_charge",
        weights=dict(zip(keys, weights, strict=True)),
    )


def _weights(group: Group, held: rules.Settlement | None) -> list[int]:
    """Whoever paid nothing has no part in it."""
    if held is None or held.shared_by == "net_charge":
        return [net.fen for _, net in group.charges]
    return [days if net else 0 for (_, net), days in zip(group.charges, group.days, strict=True)]


def _shares(whole: Money, weights: Sequence[int], caps: Sequence[Money]) -> list[Money]:
    return whole.split_capped(weights, caps) if any(weights) else [ZERO] * len(weights)


def _steps_of_sums(charged: Money, cost: Money) -> list[Step]:
    return [Step("大家一共该交", amount=charged), Step("一共花了", amount=cost)]


def _steps(charged: Money, cost: Money, paid_back: Money, left: Money, back: Money, asked: Money) -> tuple[Step, ...]:
    steps = _steps_of_sums(charged, cost)
    if paid_back:
        steps.append(Step("前面已经退过", amount=paid_back))
    if left < ZERO:
        short = f"{cost} − {charged}" if not paid_back else ""
        if not asked:
            return (*steps, Step("不够的部分由学校承担，不向家长补收", short, -left))
        steps += [Step("不够", short, -left), Step("按规定向家长补收", amount=asked)]
        return (*steps, Step("补收以后还不够的，由学校承担", amount=-left - asked)) if asked < -left else tuple(steps)
    sum_text = f"{charged} − {cost}" + (f" − {paid_back}" if paid_back else "")
    if back == left:
        return (*steps, Step("剩下的全部退给大家", sum_text, left))
    return (*steps, Step("一共剩下", sum_text, left), Step("其中退还", amount=back))


def explain(result: GroupResult, key: Hashable, net: Money) -> tuple[Step, ...]:
    """One family's refund (or what it is asked for) in words: the group's sum, then this family's part of it."""
    share, asked = result.refunds[key], result.asked[key]
    if not any(result.refunds.values()) and not any(result.asked.values()):
        nothing = "没有结余，这次不退也不补" if not result.surplus else "这次不退也不补"
        return (*result.steps, Step(nothing, amount=share))
    whole = total(result.asked.values()) if asked else result.surplus
    part = _part(result, key, net, whole, asked or share, bool(asked))
    return (*result.steps, *part, _last("请您补交" if asked else "退给您", part, asked or share))


def _last(words: str, part: Sequence[Step], share: Money) -> Step:
    """The even part and what was added to it or taken off."""
    even = part[0].amount or ZERO
    sum_text = f"{even} + {share - even}" if share > even else f"{even} − {even - share}" if share < even else ""
    return Step(words, sum_text, share)


def _part(result: GroupResult, key: Hashable, net: Money, whole: Money, share: Money, is_asked: bool) -> list[Step]:
    weight, all_weights = result.weights[key], sum(result.weights.values())
    even = whole.times_down(Fraction(weight, all_weights)) if all_weights else ZERO
    by_days = result.shared_by == "days_served"
    sum_text = f"{whole} ÷ {all_weights} 天 × {weight} 天" if by_days else f"{whole} ÷ {result.charged} × {net}"
    steps = [Step(f"{SHARED_BY[result.shared_by]}，不到一分的先放着，您家先得", sum_text, even)]
    if share == even + Money(1):
        steps.append(Step(ODD_FEN, amount=share - even))
    elif share > even:
        steps.append(Step("别家分满以后多出来的，也按这个办法分，您有", amount=share - even))
    elif share < even:
        fewer = "补收以后不能超过收费标准，少补" if is_asked else "退的钱不能比您家该交的还多，少退"
        steps.append(Step(fewer, amount=even - share))
    return steps
