"""What a child was charged already, where a cap of the month or the term counts it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from afterschool.money import ZERO, Money, total
from afterschool.policy import rules
from billing.models import Charge
from billing.tariffs import TERM, Tariffs
from enrollment.models import AgreementItem


class Took(NamedTuple):
    """What one charge took."""

    month: int
    item: AgreementItem
    gross_fen: int
    subsidised_fen: int


@dataclass
class Taken:
    """By `students` who are about to be charged; what is charged of them meanwhile is added. Items are such as are
    charged alike, perhaps another child's."""

    tariffs: Tariffs
    students: Collection[int]

    def in_term(self, student: int, item: AgreementItem, on: date) -> Money:
        """Of the term so far, by any service that falls under the same cap."""
        return self._under(self._cap(item, on, "term"), student, item)

    def in_month(self, student: int, item: AgreementItem, on: date) -> Money:
        """Of this month so far, by other services that fall under the same cap."""
        return self._under(self._cap(item, on, "month"), student, item, self.tariffs.fee_month.pk)

    def off_fee(self, student: int, item: AgreementItem) -> Money:
        """What a subsidy took off other services' prices, of this month or for the term."""
        of_term = item.unit == TERM
        return total(
            Money(one.subsidised_fen)
            for one in self._charges[student, item.agreement.term_id]
            if (one.item.unit == TERM) == of_term and (of_term or one.month == self.tariffs.fee_month.pk)
        )

    def add(self, student: int, item: AgreementItem, gross_fen: int, subsidised_fen: int) -> None:
        if "_charges" in self.__dict__:
            one = Took(self.tariffs.fee_month.pk, item, gross_fen, subsidised_fen)
            self._charges[student, item.agreement.term_id].append(one)

    def _cap(self, item: AgreementItem, on: date, per: str) -> rules.ChargeCap | None:
        return self.tariffs.law.on(on).maybe(rules.ChargeCap, self.tariffs.case(item), per=per)

    def _under(self, cap: rules.ChargeCap | None, student: int, item: AgreementItem, month: int | None = None) -> Money:
        if cap is None:
            return ZERO
        return total(
            Money(one.gross_fen)
            for one in self._charges[student, item.agreement.term_id]
            if month in (None, one.month) and cap.applies(self.tariffs.case(one.item))
        )

    @cached_property
    def _charges(self) -> defaultdict[tuple[int, int], list[Took]]:
        """Asked for only where there is a cap. With those of this month that an earlier run made."""
        charges = Charge.objects.filter(
            school=self.tariffs.fee_month.school,
            student__in=self.students,
            fee_month__month__lte=self.tariffs.fee_month.month,
        ).select_related("item__agreement__student__school_class", "item__offering__school")
        found = defaultdict(list)
        for charge in charges:
            one = Took(charge.fee_month_id, charge.item, charge.gross_fen, charge.subsidised_fen)
            found[charge.student_id, charge.item.agreement.term_id].append(one)
        return found
