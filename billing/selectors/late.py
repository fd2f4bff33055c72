"""What a charge gives back besides what it gave back before: only ever more (L14)."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from afterschool.money import ZERO, Money, total
from afterschool.policy.verdict import Step
from billing.models import Charge, FeeMonth, Refund
from billing.offset import Return

from .missed import Span
from .returns import returns

SURPLUS = Refund.Cause.SURPLUS
Given = dict[str, Money]  # what went back of one charge, by cause


def given_of(charges: Sequence[Charge]) -> dict[int, Given]:
    """All rounds together: paid out, or no longer to be paid."""
    found: dict[int, Given] = defaultdict(lambda: defaultdict(lambda: ZERO))
    made = Refund.objects.filter(charge__in=charges).exclude(state=Refund.State.DRAFT)
    for charge, cause, fen in made.values_list("charge", "cause", "amount_fen"):
        found[charge][cause] += Money(fen)
    for one in charges:
        for kept in one.remissions:
            found[one.pk][kept["cause"]] += Money(kept["fen"])
    return found


def shared_before(given: Mapping[int, Given]) -> dict[Hashable, Money]:
    """What each charge had of a surplus."""
    return {pk: by_cause[SURPLUS] for pk, by_cause in given.items() if by_cause.get(SURPLUS)}


def late_returns(
    fee_month: FeeMonth, charges: Sequence[Charge], given: Mapping[int, Given], days: Span | None = None
) -> list[Return]:
    """What was not served or was waived, worked out anew; of each charge what it comes to above what was given. For
    charges of a whole term within its `days`."""
    left = [] if days else [one for one in charges if one.ended_on]
    withdrawn = {one.pk: given[one.pk].get(Refund.Cause.WITHDRAWAL, ZERO) for one in left}
    anew = returns(fee_month, charges, withdrawn, days)
    found = []
    for charge, own in groupby(anew, key=lambda one: one.charge):
        found += _above(charge, list(own), withdrawn.get(charge.pk, ZERO), given.get(charge.pk, {}))
    return found


def _above(charge: Charge, anew: Sequence[Return], withdrawn: Money, given: Given) -> list[Return]:
    """Cause by cause what is more now, and in all no more than all causes together are, nor than the family has borne."""
    before = total(money for cause, money in given.items() if cause != SURPLUS)
    room = min(
        withdrawn + total(one.amount for one in anew) - before,
        Money(charge.net_fen - charge.refunded_fen - charge.remitted_fen),
    )
    owed, found = Money(charge.owed_fen), []
    for one in anew:
        had = given.get(one.cause, ZERO)
        more = min(one.amount - had, room)
        if more > ZERO:
            room -= more
            remitted = min(more, owed)
            owed -= remitted
            again = 2 if had else 1
            found.append(replace(one, amount=more, remitted=remitted, steps=_steps(one, had, more), round=again))
    return found


def _steps(one: Return, had: Money, more: Money) -> tuple[Step, ...]:
    steps = [*one.steps]
    if had:
        steps.append(Step("结算时已经退过", amount=had))
    rest = one.amount - had
    if more < rest:
        return (
            *steps,
            Step("还应退", f"{one.amount} − {had}" if had else "", rest),
            Step("退的钱不能比您家该交的还多，这次退给您", amount=more),
        )
    return (*steps, Step("这次补退给您", f"{one.amount} − {had}", more)) if had else tuple(steps)
