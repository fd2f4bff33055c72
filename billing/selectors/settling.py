"""What a month comes to, grade by grade: gathered from the papers, worked out by the policy's one function."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money
from afterschool.plans.models import Offering
from afterschool.policy import rules, settlement
from afterschool.policy.verdict import Step
from afterschool.schools.rules import case_of
from afterschool.schools.why import clauses
from billing.models import Charge, FeeMonth, Refund, Settlement
from billing.offset import GivenBack, Return
from billing.tariffs import law_of

from .late import given_of, late_returns, shared_before
from .missed import Span, served_days, with_last_days
from .papers import papers_of
from .returns import returns
from .sharing import Sharing, row, sharing
from .terms import Together, together

TERM = Offering.Unit.TERM


@dataclass(frozen=True)
class Figures:
    """`returns` are what the lock will give back, each charge's in order: cause by cause, the surplus last."""

    groups: list[dict]
    returns: list[Return]

    def refunds(self) -> dict[tuple[int, str], int]:
        """Fen to be paid out, by charge and cause."""
        return {(one.charge.pk, one.cause): one.refund.fen for one in self.returns if one.refund}

    def remits(self) -> dict[str, list[dict]]:
        """What need not be paid any more, by charge, and how that came about."""
        found: dict[str, list[dict]] = defaultdict(list)
        for one in self.returns:
            if one.remitted:
                found[str(one.charge.pk)].append(one.kept_with_charge())
        return dict(found)


def has_moved(settlement: Settlement) -> bool:
    """Whether the figures are others than drafted, or cannot be told any more. While nobody has written any of the rows
    they were told from, they need not be told again."""
    if settlement.papers == papers_of(settlement.fee_month):
        return False
    try:
        now = figures(settlement.fee_month)
    except (RuleBroken, NoRule):
        return True
    drafted = (settlement.groups, refunds_drafted(settlement), settlement.remits)
    return (now.groups, now.refunds(), now.remits()) != drafted


def refunds_drafted(settlement: Settlement) -> dict[tuple[int, str], int]:
    """Fen to be paid out, by charge and cause."""
    return {(one.charge_id, one.cause): one.refund_fen for one in given_back(settlement) if one.refund_fen}


def given_back(settlement: Settlement) -> list[GivenBack]:
    """All that the draft gives back, as it was kept."""
    remitted = {(int(pk), one["cause"]): one for pk, kept in settlement.remits.items() for one in kept}
    drafts = settlement.fee_month.refunds.filter(state=Refund.State.DRAFT).order_by("pk")
    rows = drafts.values_list("charge_id", "student_id", "student__name", "cause", "round", "amount_fen")
    given = [
        GivenBack(pk, student, name, cause, number, fen, remitted.pop((pk, cause), None))
        for pk, student, name, cause, number, fen in rows
    ]
    others = Charge.objects.filter(pk__in={pk for pk, _ in remitted}).values_list("pk", "student_id", "student__name")
    whose = {pk: (student, name) for pk, student, name in others}
    return given + [GivenBack(pk, *whose[pk], cause, one["round"], 0, one) for (pk, cause), one in remitted.items()]


def figures(fee_month: FeeMonth) -> Figures:
    """Settle as things stand now. Before the lock only withdrawals have been refunded or remitted; whatever else is
    not served or was waived late goes back first, and the surplus is of the rest. In a term that is settled as one only
    its last month decides on a surplus."""
    term = together(fee_month)
    if term is None:
        charges = charges_of(fee_month)
        return settled(fee_month, charges, returns(fee_month, charges), {})
    return of_term(term) if term.is_last else _accrued(fee_month)


def _accrued(fee_month: FeeMonth) -> Figures:
    """What it came to so far. A term's price gives nothing back before the term is over."""
    charges = charges_of(fee_month)
    before = returns(fee_month, [charge for charge in charges if charge.unit != TERM])
    borne, _ = _after(charges, before, {})
    shares = sharing([fee_month], charges, whole=_whole(fee_month))
    law, case = law_of(fee_month), case_of(fee_month.school)
    results = settlement.accrue(law, fee_month.month, [_group(one, borne, {}) for one in shares], case=case)
    rows = [row(result, one) for one, result in zip(shares, results, strict=True)]
    return Figures([{**one, **_carried(one), "accrues": True} for one in rows], before)


def _carried(row: dict) -> dict[str, int]:
    """All that the budget paid instead of families is carried on with the rest."""
    rest = row["lowered_fen"] - row["subsidised_fen"]
    return {"subsidised_fen": row["lowered_fen"], "surplus_fen": row["surplus_fen"] + rest}


def of_term(term: Together) -> Figures:
    """All months of the term as one; what a child is due that an earlier month did not give goes back now. Once it is
    settled `returns` tell only what goes back besides."""
    months, charges, before = [*term.earlier, term.fee_month], [], []
    served: dict[int, int] = {}
    published: dict[Hashable, Money] = {}
    for month in months:
        own = charges_of(month)
        given = given_of(own)
        published |= shared_before(given)
        for some, days in by_unit(own, term):
            before += late_returns(month, some, given, days)
            served |= served_days(month, some, days)
        charges += own
    charges.sort(key=lambda charge: (charge.agreement_number, charge.item_id, charge.pk))
    found = settled(term.fee_month, charges, before, published, months=months, served=served)
    others = [replace(one, settled_in=_elsewhere(one, term)) for one in found.returns]
    return Figures([{**group, "of_term": True} for group in found.groups], others)


def _elsewhere(one: Return, term: Together) -> str:
    """The month that gives it back, where it is not the charge's own."""
    return f"{term.fee_month.month:%Y-%m}" if one.charge.fee_month_id != term.fee_month.pk else ""


def by_unit(charges: Sequence[Charge], term: Together) -> Iterator[tuple[list[Charge], Span | None]]:
    for of_term, days in ((False, None), (True, term.days)):
        if some := [charge for charge in charges if (charge.unit == TERM) == of_term]:
            yield some, days


def charges_of(fee_month: FeeMonth) -> list[Charge]:
    """In the order in which equal shares of an odd fen are given: most families are told from the charge alone."""
    charges = list(with_last_days(fee_month.charges.all()).order_by("agreement__number", "item_id", "pk"))
    for charge in charges:
        charge.school = fee_month.school
    return charges


def settled(
    fee_month: FeeMonth,
    charges: Sequence[Charge],
    before: list[Return],
    published: Mapping[Hashable, Money],
    *,
    months: Sequence[FeeMonth] = (),
    served: Mapping[int, int] | None = None,
) -> Figures:
    """Share what is left when the returns `before` are given, and the shares that earlier rounds `published`; of one
    month, or of all `months` of a term, where each child `served` so many days."""
    law, case = law_of(fee_month), case_of(fee_month.school)
    rule = law.on(fee_month.month).maybe(rules.Settlement, case)
    borne, owed = _after(charges, before, published)
    shares = sharing(months or [fee_month], charges, whole=_whole(fee_month))
    if served is None and rule and rule.shared_by == "days_served":
        served = served_days(fee_month, charges)
    groups = [_group(one, borne, served or {}) for one in shares]
    rows, found = [], [*before]
    results = settlement.settle(law, fee_month.month, groups, already=published, case=case)
    for one, result in zip(shares, results, strict=True):
        if rule and rule.direction == "both":
            _refuse_short(rule, result)
        rows.append(row(result, one))
        found += _shares(result, one.charges, borne, owed)
    return Figures(rows, found)


def _whole(fee_month: FeeMonth) -> bool:
    rule = law_of(fee_month).on(fee_month.month).maybe(rules.Settlement, case_of(fee_month.school))
    return bool(rule and rule.per == "school")


def _group(sharing: Sharing, borne: Mapping[int, Money], served: Mapping[int, int]) -> settlement.Group:
    return settlement.Group(
        sharing.key,
        [(charge.pk, borne[charge.pk]) for charge in sharing.charges],
        sharing.cost - sharing.lowered,
        days=[served.get(charge.pk, 0) for charge in sharing.charges],
    )


def _refuse_short(rule: rules.Settlement, result: settlement.GroupResult) -> None:
    """Families are to be asked for more, and no document says how they are told, by when they pay, and what of a refund
    that is published already (L14): nobody is charged on a guess."""
    if result.borne_by_school:
        raise RuleBroken(
            f"花费超出收费 {result.borne_by_school} 元，本地政策规定向家长补收，但没有写怎么通知、什么时候收、退过的怎么办，"
            "系统不替学校向家长补收。请先核对支出；确实不足的，请教育局定下办法再结算",
            cite=rule.cite,
        )


def _after(
    charges: Iterable[Charge], before: Iterable[Return], published: Mapping[Hashable, Money]
) -> tuple[dict[int, Money], dict[int, Money]]:
    """What each family bears of a charge before any share, and still owes of it, after these."""
    given = {charge.pk: Money(charge.refunded_fen + charge.remitted_fen) for charge in charges}
    borne = {charge.pk: Money(charge.net_fen) - given[charge.pk] + published.get(charge.pk, ZERO) for charge in charges}
    owed = {charge.pk: Money(charge.owed_fen) for charge in charges}
    for one in before:
        borne[one.charge.pk] -= one.amount
        owed[one.charge.pk] -= one.remitted
    return borne, owed


def _shares(
    result: settlement.GroupResult, charges: Iterable[Charge], borne: Mapping[int, Money], owed: Mapping[int, Money]
) -> Iterator[Return]:
    """To whom something goes back. Families that paid alike are told alike, in the same words."""
    told: dict[tuple[Money, Money, int], Sequence[Step]] = {}
    cites = clauses([result.cite])
    for charge in charges:
        if amount := result.refunds[charge.pk]:
            alike = (amount, borne[charge.pk], result.weights[charge.pk])
            if alike not in told:
                told[alike] = settlement.explain(result, charge.pk, borne[charge.pk])
            remitted = min(amount, owed[charge.pk])
            yield Return(charge, Refund.Cause.SURPLUS, amount, remitted, told[alike], cites)


def sums(groups: list[dict]) -> dict[Hashable, int]:
    """The total row of the settlement table."""
    columns = [key for key in groups[0] if key.endswith(("_fen", "heads"))] if groups else []
    return {column: sum(group[column] for group in groups) for column in columns}
