"""Two policies side by side: what the newer one says otherwise, and for whom that is stricter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from afterschool.money import Money
from afterschool.policy import clauses, levels, rules
from afterschool.policy.book import Policy
from afterschool.policy.reading import dated, heading
from afterschool.policy.rule import Rule
from afterschool.policy.saying.words import names, where
from afterschool.policy.verdict import Cite

Direction = Literal["tighter", "looser", "other"]
WEIGHTS = ("disclose", "warn", "block")

# A school that is told one more of these may do less, must do more, or earns less from a family.
BINDING = (
    rules.Agreement, rules.BasicFirst, rules.Billable, rules.ChargeCap, rules.ClassSize, rules.ClosedDays, rules.DayOff,
    rules.Disclosure, rules.EndsNotBefore, rules.FeeSetting, rules.Filing, rules.HoursADay, rules.NoFee,
    rules.Obligation, rules.OutsideScope, rules.Pool, rules.Prohibition, rules.Refund, rules.Staffing,
    rules.StipendBase, rules.StipendPercent, rules.VacationLength, rules.Waiver,
)  # fmt: skip
# One more of these allows what nothing allowed before.
ALLOWING = (rules.AppliesTo, rules.OpenDays, rules.Price)
# Numbers by which a rule binds more the larger they are, or the smaller.
MORE_BINDS = {rules.Refund: ("yuan", "percent"), rules.ThirdParty: ("satisfaction_at_least",)}
LESS_BINDS = {
    rules.Billable: ("lessons_a_day",),
    rules.ClassSize: ("at_most",),
    rules.Refund: ("at_least", "at_least_share"),
    rules.RefundRoute: ("within_days",),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What was said and what will be; empty where one of the two says nothing.

    "tighter" is stricter for the school, or cheaper for families.
    """

    title: str
    before: str
    after: str
    before_cite: Cite | None
    after_cite: Cite | None
    direction: Direction


def diff(old: Policy, new: Policy) -> list[Change]:
    """In the order of the new document; at the end what it no longer says."""
    was, will_be = (dict(heading(policy))["施行"] for policy in (old, new))
    changes = [] if was == will_be else [Change("施行日期", was, will_be, None, None, "other")]
    for before, after in _pairs(old, new):
        was = dated(before, _home(before, old)) if before else ""
        will_be = dated(after, _home(after, new)) if after else ""
        if was != will_be:
            changes.append(
                Change(
                    _title(after or before, new if after else old),
                    was,
                    will_be,
                    before.cite if before else None,
                    after.cite if after else None,
                    _direction(before, after),
                )
            )
    return changes


def _pairs(old: Policy, new: Policy) -> Iterator[tuple[Rule | None, Rule | None]]:
    """Each rule of the new document with all that stood in its place; then the old ones that nothing took the place
    of."""
    before, after = _versions(old), _versions(new)
    left = {key: rule for key, rule in before.items() if key not in after}
    replaced: set[Rule] = set()
    topics = {rule: key for key, rule in after.items()}
    for rule in _in_order(after.values()):
        same = before.get(topics[rule])
        stood = [same] if same else [one for one in left.values() if _in_place_of(one, rule)]
        replaced.update(stood)
        if not stood:
            yield None, rule
        yield from ((was, rule) for was in stood)
    yield from ((rule, None) for rule in _in_order(left.values()) if rule not in replaced)


def _in_order(held: Iterable[Rule]) -> list[Rule]:
    return sorted(held, key=lambda rule: (clauses.order(rule.cite.clause), rule.line))


def _holding(policy: Policy) -> list[Rule]:
    """What holds under the document: its own rules, and its parent's where it has none about the same."""
    said = {rule.about for rule in policy.rules}
    inherited = _holding(policy.parent) if policy.parent else []
    return [*policy.rules, *(rule for rule in inherited if rule.about not in said)]


def _home(rule: Rule, policy: Policy) -> Policy:
    """The document a rule stands in: this one, or one above it."""
    return policy if policy.parent is None or rule.cite.code == policy.code else _home(rule, policy.parent)


def _versions(policy: Policy) -> dict[tuple[object, int], Rule]:
    """By what they speak of, and which of several versions one after another they are."""
    by_topic = sorted(_holding(policy), key=lambda rule: (str(rule.about), rule.since))
    return {
        (rule.about, number): rule
        for _, group in groupby(by_topic, key=lambda rule: rule.about)
        for number, rule in enumerate(group)
    }


def _in_place_of(old: Rule, new: Rule) -> bool:
    """The same kind, about the same thing, for some of the same cases; a threshold may have moved."""
    return type(old) is type(new) and levels.share_a_case(old, new, old.told_apart_by[:1])


def _title(rule: Rule | None, policy: Policy) -> str:
    if rule is None:
        raise ValueError("a change has a rule on one side at least")
    scope = where(rule, names(_home(rule, policy).rules))
    return f"{scope}：{rule.question}" if scope else rule.question


def _direction(before: Rule | None, after: Rule | None) -> Direction:
    if before is None or after is None:
        binds = _binds(after or before)
        if binds is None:
            return "other"
        return "tighter" if binds == (before is None) else "looser"
    weights = [WEIGHTS.index(rule.weight) for rule in (before, after)]
    tighter = bool(levels.in_what(before, after)) or _numbers_bind_more(before, after) or weights[0] < weights[1]
    looser = bool(levels.in_what(after, before)) or _numbers_bind_more(after, before) or weights[0] > weights[1]
    if tighter == looser:
        return "other"
    return "tighter" if tighter else "looser"


def _binds(rule: Rule | None) -> bool | None:
    """Does one more rule like this bind the school (True) or leave it freer (False)?"""
    allowed = getattr(rule, "allowed", None)
    if allowed is not None:
        return not allowed
    if isinstance(rule, rules.Refund) and rule.gives == "nothing":
        return False
    return True if isinstance(rule, BINDING) else False if isinstance(rule, ALLOWING) else None


def _numbers_bind_more(before: Rule, after: Rule) -> bool:
    def moved(key: str) -> int:
        numbers = [getattr(rule, key) for rule in (before, after)]
        if None in numbers:
            return 0
        first, second = (number.fen if isinstance(number, Money) else number for number in numbers)
        return (second > first) - (second < first)

    kind = type(after)
    return any(moved(key) > 0 for key in MORE_BINDS.get(kind, ())) or any(
        moved(key) < 0 for key in LESS_BINDS.get(kind, ())
    )
