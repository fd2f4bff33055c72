"""What a month comes to, grade by grade: gathered from the papers, worked out by the policy's one function."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money, total
from afterschool.plans.models import Offering
from afterschool.policy import rules, settlement
from afterschool.policy.verdict import Step
from afterschool.schools.rules import case_of
from afterschool.schools.why import clauses, sentences
from billing.models import Charge, Expense, FeeMonth, Fund, Refund, Settlement
from billing.offset import Return
from billing.selectors.missed import served_days
from billing.selectors.returns import returns
from billing.tariffs import law_of

WHOLE_SCHOOL = 0  # the group where all share alike, or nobody is charged


@dataclass(frozen=True)
class Figures:
    """`returns` are what the lock will give back, each charge's in order: cause by cause, the surplus last."""

    groups: list[dict]
    returns: list[Return]

    def refunds(self) -> dict[tuple[int, str], int]:
        """Fen to be paid out, by charge and cause."""
        return {(one.charge.pk, one.cause): one.refund.fen for one in self.returns if one.refund}

    def remits(self) -> dict[str, int]:
        """Fen that need not be paid any more, by charge."""
        found: dict[str, int] = defaultdict(int)
        for one in self.returns:
            found[str(one.charge.pk)] += one.remitted.fen
        return {charge: fen for charge, fen in found.items() if fen}


def has_moved(settlement: Settlement) -> bool:
    """Whether the figures are others than drafted, or cannot be told any more."""
    try:
        return figures(settlement.fee_month).groups != settlement.groups
    except (RuleBroken, NoRule):
        return True


@dataclass(frozen=True)
class Sharing:
    """Those who share a cost: a grade's charges, or the whole school's."""

    key: int
    charges: list[Charge]
    direct: Money
    shared: Money

    @property
    def lowered(self) -> Money:
        """What of the cost the budget paid instead of these families."""
        return min(self.direct + self.shared, total(Money(charge.subsidised_fen) for charge in self.charges))


def figures(fee_month: FeeMonth) -> Figures:
    """Settle as things stand now. Before the lock only withdrawals have been refunded or remitted; whatever else is
    not served or was waived late goes back first, and the surplus is of the rest."""
    charges = charges_of(fee_month)
    return settled(fee_month, charges, returns(fee_month, charges), {})


def charges_of(fee_month: FeeMonth) -> list[Charge]:
    """With all that their tariff is told from. What is one for many children is fetched once and held in common."""
    charges = fee_month.charges.select_related("agreement", "student", "item").defer("agreement__content")
    shared = charges.prefetch_related("agreement__term", "student__school_class", "item__offering__school")
    found = list(shared.order_by("agreement__number", "item_id", "pk"))
    for charge in found:
        charge.item.agreement, charge.agreement.student, charge.school = (
            charge.agreement,
            charge.student,
            fee_month.school,
        )
    return found


def settled(
    fee_month: FeeMonth, charges: Sequence[Charge], before: list[Return], published: Mapping[Hashable, Money]
) -> Figures:
    """Share what is left when the returns `before` are given, and the shares that earlier rounds `published`."""
    law, case = law_of(fee_month), case_of(fee_month.school)
    rule = law.on(fee_month.month).maybe(rules.Settlement, case)
    if rule:
        _refuse_terms(rule, charges)
    borne, owed = _after(charges, before, published)
    sharing = _sharing(fee_month, charges, whole=bool(rule and rule.per == "school"))
    days = served_days(fee_month, charges) if rule and rule.shared_by == "days_served" else {}
    groups = [
        settlement.Group(
            one.key,
            [(charge.pk, borne[charge.pk]) for charge in one.charges],
            one.direct + one.shared - one.lowered,
            days=[days.get(charge.pk, 0) for charge in one.charges],
        )
        for one in sharing
    ]
    rows, found = [], [*before]
    results = settlement.settle(law, fee_month.month, groups, already=published, case=case)
    for one, result in zip(sharing, results, strict=True):
        rows.append(_row(result, one))
        found += _shares(result, one.charges, borne, owed)
    return Figures(rows, found)


def _refuse_terms(rule: rules.Settlement, charges: Iterable[Charge]) -> None:
    """A month cannot tell what a term leaves over."""
    if rule.every == "term":
        raise RuleBroken("本地政策规定按学期结算，系统现在只会按月结算，请联系教育局管理员", cite=rule.cite)
    if any(charge.unit == Offering.Unit.TERM and charge.net_fen for charge in charges):
        raise RuleBroken(
            "按学期收的费，一个月的支出算不出结余；系统现在只会按月结算，请联系教育局管理员", cite=rule.cite
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


def _sharing(fee_month: FeeMonth, charges: Iterable[Charge], *, whole: bool) -> list[Sharing]:
    by_grade: dict[int, list[Charge]] = defaultdict(list)
    for charge in charges:
        by_grade[WHOLE_SCHOOL if whole else charge.grade].append(charge)
    direct, shared = costs(fee_month)
    if whole:
        direct = {WHOLE_SCHOOL: total(direct.values())}
    grades = sorted(by_grade.keys() | direct.keys()) or [WHOLE_SCHOOL]
    parts = _share_costs(shared, grades, by_grade)
    return [Sharing(grade, by_grade[grade], direct.get(grade, ZERO), parts[grade]) for grade in grades]


def costs(fee_month: FeeMonth) -> tuple[dict[int, Money], Money]:
    """What the fees paid for, as corrected since: by grade, and what all grades share."""
    direct: dict[int, Money] = defaultdict(lambda: ZERO)
    shared = ZERO
    approved = (
        fee_month.expenses.filter(state=Expense.State.APPROVED, fund=Fund.FEES).select_related("sheet").defer("voucher")
    )
    for expense in approved.prefetch_related("sheet__lines"):
        for grade, money in _parts(expense):
            if grade:
                direct[grade] += money
            else:
                shared += money
    for one in fee_month.adjustments.approved().filter(fund=Fund.FEES):
        if one.grade:
            direct[one.grade] += Money(one.signed_fen)
        else:
            shared += Money(one.signed_fen)
    return {grade: money for grade, money in direct.items() if money}, shared


def _parts(expense: Expense) -> list[tuple[int, Money]]:
    """A stipend sheet knows each person's grades; another cost is one grade's, or shared (0)."""
    if expense.sheet is None:
        return [(expense.grade or 0, Money(expense.amount_fen))]
    parts = [(int(grade), Money(fen)) for line in expense.sheet.lines.all() for grade, fen in line.by_grade.items()]
    rest = Money(expense.amount_fen) - total(money for _, money in parts)
    return [*parts, (0, rest)]


def _share_costs(shared: Money, grades: list[int], by_grade: Mapping[int, list[Charge]]) -> dict[int, Money]:
    paying = [len(_heads(by_grade[grade], paying=True)) for grade in grades]
    heads = [len(_heads(by_grade[grade])) for grade in grades]
    return dict(zip(grades, settlement.apportion(shared, paying, heads), strict=True))


def _heads(charges: list[Charge], *, paying: bool = False) -> set[int]:
    return {charge.student_id for charge in charges if charge.net_fen or not paying}


def _row(result: settlement.GroupResult, sharing: Sharing) -> dict:
    heads, paying = _heads(sharing.charges), _heads(sharing.charges, paying=True)
    charged = total(Money(charge.net_fen) for charge in sharing.charges)
    steps = [
        Step("只为本年级花的钱", amount=sharing.direct),
        Step("全校一起花的钱，按交费的人数算到本年级", amount=sharing.shared),
    ]
    lowered = [Step("财政补助替家长付的，先抵成本", amount=sharing.lowered)] * bool(sharing.lowered)
    return {
        "grade": result.key,
        "heads": len(heads),
        "free_heads": len(heads - paying),
        "paying_heads": len(paying),
        "charged_fen": charged.fen,
        "withdrawn_fen": (charged - result.charged).fen,
        "direct_fen": sharing.direct.fen,
        "shared_fen": sharing.shared.fen,
        "subsidised_fen": sharing.lowered.fen,
        "cost_fen": result.cost.fen,
        "surplus_fen": (result.charged - result.cost).fen,
        "published_fen": total(result.published.values()).fen,
        "refund_fen": total(result.refunds.values()).fen,
        "borne_fen": result.borne_by_school.fen,
        "steps": sentences([*(steps if sharing.key else ()), *lowered, *result.steps]),
        "cites": clauses([result.cite]),
    }


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
