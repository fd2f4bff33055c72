"""按学期结算: which months settle together, at the end of their term, and what each of them carries there."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from afterschool.money import ZERO, Money, total
from afterschool.plans.models import Offering
from afterschool.policy import rules
from afterschool.schools.models import Term
from afterschool.schools.rules import case_of
from billing.models import Charge, FeeMonth, Fund, Settlement
from billing.tariffs import law_of


@dataclass(frozen=True)
class Together:
    """A month of a term that is settled as one: `earlier` are the locked months that carry what they left over."""

    fee_month: FeeMonth
    term: Term
    earlier: Sequence[FeeMonth]

    @property
    def days(self) -> tuple[date, date]:
        return self.term.began_on, self.term.ended_on

    @property
    def ends_in(self) -> date:
        return self.term.ended_on.replace(day=1)

    @property
    def is_last(self) -> bool:
        return self.fee_month.month >= self.ends_in

    @property
    def settled_by(self) -> FeeMonth | None:
        """The last month of the term, once it is locked."""
        last = FeeMonth.objects.filter(school=self.fee_month.school_id, month=self.ends_in)
        return last.filter(state=FeeMonth.State.LOCKED).first()

    @property
    def is_settled(self) -> bool:
        return self.settled_by is not None

    @property
    def carried_in(self) -> Money:
        return total(accrued(month) for month in self.earlier)

    @property
    def carried_out(self) -> Money:
        """What goes on to the months after."""
        return ZERO if self.is_last else self.carried_in + accrued(self.fee_month)


def last_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def together(fee_month: FeeMonth) -> Together | None:
    """None where the month is settled by itself."""
    school = fee_month.school
    spans = Term.objects.filter(bureau=school.bureau_id, began_on__lte=fee_month.last_on, ended_on__gte=fee_month.month)
    term = spans.order_by("began_on").first()
    if term is None or not _settles_by(term, fee_month):
        return None
    months = FeeMonth.objects.filter(
        school=school, month__gte=term.began_on.replace(day=1), month__lt=fee_month.month, state=FeeMonth.State.LOCKED
    )
    earlier = months.select_related("school__bureau", "settlement").order_by("month")
    return Together(fee_month, term, [month for month in earlier if accrues(month)])


def _settles_by(term: Term, fee_month: FeeMonth) -> bool:
    """Because the policy says so, or because a price is for the whole term: a month cannot tell what that leaves over."""
    rule = law_of(fee_month).on(fee_month.month).maybe(rules.Settlement, case_of(fee_month.school))
    if rule is None:
        return False
    of_term = Charge.objects.filter(school=fee_month.school, unit=Offering.Unit.TERM, net_fen__gt=0)
    # Charges of months to come are none of this month's.
    of_term = of_term.filter(agreement__term=term, fee_month__month__lte=fee_month.month)
    return rule.every == "term" or of_term.exists()


def settled_elsewhere(fee_month: FeeMonth) -> FeeMonth | None:
    """The month that has settled this one with its whole term."""
    term = together(fee_month)
    return term.settled_by if term and not term.is_last else None


def accrues(fee_month: FeeMonth) -> bool:
    """Whether the month was settled without any decision on what it left over."""
    settlement: Settlement | None = getattr(fee_month, "settlement", None)
    return settlement is not None and any(group.get("accrues") for group in settlement.groups)


def carried_on(fee_month: FeeMonth, day: date) -> Money:
    """What a locked month still held that day for the end of its term."""
    term = together(fee_month) if accrues(fee_month) else None
    if term is None or (term.is_settled and day >= last_of(term.ends_in)):
        return ZERO
    return accrued(fee_month)


def accrued(fee_month: FeeMonth) -> Money:
    """What a month left over when it was locked, below zero where it cost more, less what its costs were corrected by."""
    mended = fee_month.adjustments.approved().filter(fund=Fund.FEES)
    left = sum(group["surplus_fen"] for group in fee_month.settlement.groups)
    return Money(left - sum(one.signed_fen for one in mended))
