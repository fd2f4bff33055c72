"""What a child was charged already, where a cap of the month or the term counts it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from afterschool.money import ZERO, Money, total
from afterschool.policy import rules
from billing.models import Charge, FeeMonth
from billing.tariffs import TERM, Tariffs
from enrollment.models import AgreementItem


@dataclass
class Taken:
    """`items` are those about to be charged; what is charged of them meanwhile is added."""

    tariffs: Tariffs
    items: Sequence[AgreementItem]

    def in_term(self, item: AgreementItem, on: date) -> Money:
        """Of the term so far, by any service that falls under the same cap."""
        return self._under(self._cap(item, on, "term"), item)

    def in_month(self, item: AgreementItem, on: date) -> Money:
        """Of this month so far, by other services that fall under the same cap."""
        return self._under(self._cap(item, on, "month"), item, self.tariffs.fee_month)

    def off_fee(self, item: AgreementItem) -> Money:
        """What a subsidy took off other services' prices, of this month or for the term."""
        charges = self._charges[item.agreement.student_id, item.agreement.term_id]
        of_term = item.unit == TERM
        return total(
            Money(charge.subsidised_fen)
            for charge in charges
            if (charge.unit == TERM) == of_term and (of_term or charge.fee_month == self.tariffs.fee_month)
        )

    def add(self, charge: Charge) -> None:
        if "_charges" in self.__dict__:
            self._charges[charge.student_id, charge.agreement.term_id].append(charge)

    def _cap(self, item: AgreementItem, on: date, per: str) -> rules.ChargeCap | None:
        return self.tariffs.law.on(on).maybe(rules.ChargeCap, self.tariffs.case(item), per=per)

    def _under(self, cap: rules.ChargeCap | None, item: AgreementItem, month: FeeMonth | None = None) -> Money:
        if cap is None:
            return ZERO
        charges = self._charges[item.agreement.student_id, item.agreement.term_id]
        return total(
            Money(charge.gross_fen)
            for charge in charges
            if month in (None, charge.fee_month) and cap.applies(self.tariffs.case(charge.item))
        )

    @cached_property
    def _charges(self) -> defaultdict[tuple[int, int], list[Charge]]:
        """Asked for only where there is a cap. With those of this month that an earlier run made."""
        charges = Charge.objects.filter(
            school=self.tariffs.fee_month.school,
            student__in={item.agreement.student_id for item in self.items},
            agreement__term__in={item.agreement.term_id for item in self.items},
            fee_month__month__lte=self.tariffs.fee_month.month,
        ).select_related(
            "agreement", "fee_month", "item__agreement__student__school_class", "item__offering__school"
        )  # fmt: skip
        found = defaultdict(list)
        for charge in charges:
            found[charge.student_id, charge.agreement.term_id].append(charge)
        return found
