"""One family's month: what was charged, what it paid for, what comes back. The parts add up to what was paid."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import lcm

from django.db.models import Prefetch, Q

from afterschool.money import Money, total
from afterschool.schools.models import Student
from afterschool.templatetags.words import grade_name
from billing.models import Charge, FeeMonth, Objection, Payout, Receipt, Refund, Settlement
from billing.selectors.terms import accrues, together
from billing.selectors.why import explain

from .models import Disclosure
from .spending import CONFIRMED, costs_of, group_of, groups_of

BAR_WIDTH, BAR_GAP, LEAST_WIDTH = 326, 2, 3
SHADES = 6


@dataclass(frozen=True)
class Part:
    """A stretch of the bar and its line below: where some of the money went."""

    word: str
    amount: Money
    shade: str
    of_grade: Money | None = None  # what the whole grade or school cost
    x: int = 0
    width: int = 0


@dataclass(frozen=True)
class FamilyMonth:
    student: Student
    fee_month: FeeMonth
    charges: Sequence[Charge]
    costs: dict[str, Fraction]  # what each category cost the child's grade or school, in fen

    @property
    def group(self) -> Mapping | None:
        """With whom the cost is shared: the last settlement's row of the child's grade, or of the school."""
        return group_of(groups_of(self.fee_month), self.charges[0].grade) if self.is_settled else None

    @property
    def sharers(self) -> str:
        return grade_name(self.group["grade"]) or "全校" if self.group else ""

    def _sum(self, column: str) -> Money:
        return total(Money(getattr(charge, column)) for charge in self.charges)

    @cached_property
    def refunds(self) -> list[Refund]:
        return [refund for charge in self.charges for refund in charge.refunds.all()]

    @cached_property
    def receipts(self) -> list[Receipt]:
        """What paid these charges, and what came in the month."""
        days = (self.month, self.fee_month.last_on)
        concerned = Q(allocations__charge__in=self.charges) | Q(student=self.student, on__range=days)
        return list(Receipt.objects.standing().of_fees().filter(concerned).distinct().order_by("number"))

    @property
    def month(self) -> date:
        return self.fee_month.month

    @property
    def is_settled(self) -> bool:
        """Locked, or as a draft that the guardians are asked to look at."""
        return is_told(self.fee_month)

    @cached_property
    def awaits_term(self) -> bool:
        """Told, and what is left over is settled with the other months of the term, later."""
        term = together(self.fee_month) if self.is_settled and accrues(self.fee_month) else None
        return bool(term and not term.is_settled)

    @property
    def is_draft(self) -> bool:
        return self.is_settled and self.fee_month.is_open

    @cached_property
    def objections(self) -> list[Objection]:
        """The child's own, the newest first."""
        return list(self.fee_month.objections.filter(student=self.student).order_by("-raised_at"))

    @cached_property
    def gross(self) -> Money:
        return self._sum("gross_fen")

    @cached_property
    def waived(self) -> Money:
        return self._sum("waived_fen")

    @cached_property
    def charged(self) -> Money:
        return self._sum("net_fen")

    @cached_property
    def paid(self) -> Money:
        return self._sum("paid_fen")

    @cached_property
    def owed(self) -> Money:
        return self.charged - self.remitted - self.paid

    @cached_property
    def remitted(self) -> Money:
        """From the draft, until the lock has written it on the charges."""
        if not self.is_draft:
            return self._sum("remitted_fen")
        drafted = self.fee_month.settlement.remits
        kept = (one for charge in self.charges for one in drafted.get(str(charge.pk), ()))
        return self._sum("remitted_fen") + total(Money(one["fen"]) for one in kept)

    @cached_property
    def refunded(self) -> Money:
        return total(Money(refund.amount_fen) for refund in self.refunds)

    @property
    def spent(self) -> Money:
        """What of the family's charge the month really cost."""
        return self.charged - self.refunded - self.remitted

    @cached_property
    def parts(self) -> list[Part]:
        """Where the charge went: the cost by category as it fell on this child's grade, and what comes back. Not of a
        month alone where the whole term is settled as one."""
        if accrues(self.fee_month):
            return []
        costs = sorted(((word, cost) for word, cost in self.costs.items() if cost), key=lambda one: -one[1])
        common = lcm(*(cost.denominator for _, cost in costs))
        shares = self.spent.split([int(cost * common) for _, cost in costs]) if costs and self.spent else []
        parts = [
            Part(word, share, f"seg-{min(number, SHADES)}", Money(1).times(cost))
            for number, ((word, cost), share) in enumerate(zip(costs, shares, strict=False), 1)
            if share
        ]
        if back := self.refunded + self.remitted:
            parts.append(Part("没花完，退给您" if self.refunded else "没花完，不用再交", back, "seg-back"))
        return _laid_out(parts)


def _laid_out(parts: list[Part]) -> list[Part]:
    """Side by side over the width of the bar, none too thin to be seen."""
    whole = total(part.amount for part in parts).fen
    room = BAR_WIDTH - (BAR_GAP + LEAST_WIDTH) * len(parts)
    laid, x = [], 0
    for part in parts:
        width = LEAST_WIDTH + room * part.amount.fen // whole
        laid.append(replace(part, x=x, width=width))
        x += width + BAR_GAP
    return laid


def months_of(student_ids: Collection[int]) -> list[FamilyMonth]:
    """The newest month of each child, explained, for the home page. As many queries for one child as for three."""
    newest: dict[int, FamilyMonth] = {}
    for month in _months(Charge.objects.filter(student__in=student_ids)):
        newest.setdefault(month.student.pk, month)
    explain([charge for month in newest.values() for charge in month.charges])
    return list(newest.values())


def all_months_of(student_ids: Collection[int]) -> list[tuple[Student, list[FamilyMonth]]]:
    """Every month of each child, the newest first."""
    by_child: dict[Student, list[FamilyMonth]] = defaultdict(list)
    for month in _months(Charge.objects.filter(student__in=student_ids)):
        by_child[month.student].append(month)
    return list(by_child.items())


def month_of(student_id: int, month: date) -> FamilyMonth | None:
    """One month of one child, explained."""
    found = next(iter(_months(Charge.objects.filter(student=student_id, fee_month__month=month))), None)
    explain(found.charges if found else [])
    return found


def is_told(fee_month: FeeMonth) -> bool:
    """Whether families see what the month came to."""
    settlement = getattr(fee_month, "settlement", None)
    return not fee_month.is_open or bool(settlement and settlement.state == Settlement.State.SHOWN)


def disclosure_of(fee_month: FeeMonth) -> Disclosure | None:
    return fee_month.disclosures.filter(published_at__isnull=False).order_by("-version").first()


def _months(charges) -> list[FamilyMonth]:
    told = Refund.objects.select_related("payment_refund").order_by("pk")
    told = told.prefetch_related(Prefetch("payouts", Payout.objects.standing()))
    # A draft is nobody's business until it is shown to those it concerns.
    told = told.exclude(~Q(fee_month__settlement__state=Settlement.State.SHOWN), state=Refund.State.DRAFT)
    rows = (
        charges.select_related(
            "student__school_class", "fee_month__school", "fee_month__settlement", "item__offering", "agreement"
        )
        .prefetch_related(Prefetch("refunds", told), Prefetch("fee_month__rounds", CONFIRMED))
        .order_by("-fee_month__month", "student_id", "pk")
    )
    by_month: dict[tuple[int, int], list[Charge]] = defaultdict(list)
    for charge in rows:
        by_month[charge.fee_month_id, charge.student_id].append(charge)
    settled = [own[0].fee_month for own in by_month.values() if is_told(own[0].fee_month)]
    costs = costs_of(settled, {own[0].grade for own in by_month.values()})
    return [
        FamilyMonth(own[0].student, own[0].fee_month, own, costs.get((own[0].fee_month_id, own[0].grade), {}))
        for own in by_month.values()
    ]
