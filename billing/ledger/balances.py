"""What the books say: balances of accounts and the trial balance."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from afterschool.money import Money, total
from afterschool.schools.models import School

from .models import Account, Transfer
from .posting import AccountRef


@dataclass(frozen=True)
class TrialRow:
    """One kind of account: what was debited and credited in all."""

    kind: str
    label: str
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        return self.debit - self.credit


def balances(school: School, as_of: date) -> dict[AccountRef, Money]:
    """Debits less credits of each account, of all vouchers dated up to that day. Two queries."""
    sums: dict[AccountRef, int] = defaultdict(int)
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = _dated(school, as_of).values_list(f"{side}__kind", f"{side}__subject").annotate(fen=Sum("fen"))
        for kind, subject, fen in rows.order_by():
            sums[kind, subject] += sign * int(fen)
    return {ref: Money(fen) for ref, fen in sums.items()}


def balance(school: School, ref: AccountRef, as_of: date) -> Money:
    """Of one account alone, whatever else stands in the book."""
    kind, subject = ref
    debit, credit = (
        _dated(school, as_of)
        .filter(**{f"{side}__kind": kind, f"{side}__subject": subject})
        .aggregate(fen=Sum("fen", default=0))["fen"]
        for side in ("debit", "credit")
    )
    return Money(int(debit - credit))


def moved(school: School, ref: AccountRef, as_of: date) -> list[tuple[date, str, Money]]:
    """What one account was debited less credited, by day and by the kind of account on the other side. Two queries."""
    (kind, subject), sums = ref, defaultdict[tuple[date, str], int](int)
    for side, other, sign in (("debit", "credit", 1), ("credit", "debit", -1)):
        rows = _dated(school, as_of).filter(**{f"{side}__kind": kind, f"{side}__subject": subject})
        for day, its, fen in rows.values_list("entry__on", f"{other}__kind").annotate(fen=Sum("fen")).order_by():
            sums[day, its] += sign * int(fen)
    return [(day, its, Money(fen)) for (day, its), fen in sorted(sums.items())]


def trial_balance(school: School, as_of: date) -> list[TrialRow]:
    """Debits and credits by kind (科目汇总); both columns come to the same."""
    sums = {
        side: dict(_dated(school, as_of).values_list(f"{side}__kind").annotate(fen=Sum("fen")).order_by())
        for side in ("debit", "credit")
    }
    return [
        TrialRow(kind, label, Money(int(sums["debit"].get(kind, 0))), Money(int(sums["credit"].get(kind, 0))))
        for kind, label in Account.Kind.choices
        if kind in sums["debit"] or kind in sums["credit"]
    ]


def is_balanced(rows: list[TrialRow]) -> bool:
    return total(row.debit for row in rows) == total(row.credit for row in rows)


def _dated(school: School, as_of: date):
    return Transfer.objects.filter(school=school, entry__on__lte=as_of)
