"""What accountants look up: vouchers by month, account and words; turnovers of accounts; one account's own page."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Concat

from afterschool.money import Money
from afterschool.schools.models import School, Student
from billing.models import Receipt

from .models import Account, BookHead, Entry, Transfer
from .saying import STUDENT

NUMBER = re.compile(r"(\d{4})-(\d{1,9})")
SIDES = ("debit", "credit")


def vouchers(school: School) -> QuerySet[Entry]:
    """All vouchers in booking order, with what a page needs of them."""
    entries = Entry.objects.filter(school=school).order_by("place")
    entries = entries.select_related("posted_by", "reverses", "reversed_by")
    return entries.prefetch_related("transfers__debit", "transfers__credit")


def found(school: School, month: date | None = None, kind: str = "", words: str = "") -> QuerySet[Entry]:
    """The vouchers of a month, of a kind of account, with these words: a number, an amount or part of the memo."""
    entries = vouchers(school)
    if month:
        entries = entries.filter(on__year=month.year, on__month=month.month)
    transfers = Transfer.objects.filter(entry=OuterRef("pk"))
    if kind:
        entries = entries.filter(Exists(transfers.filter(Q(debit__kind=kind) | Q(credit__kind=kind))))
    if words:
        entries = entries.filter(_said(words) | Exists(transfers.filter(fen__in=_amounts(words))))
    return entries


def _said(words: str) -> Q:
    if number := NUMBER.fullmatch(words):
        return Q(on__year=int(number[1]), number=int(number[2]))
    if words.isdecimal() and len(words) < 10:
        return Q(memo__contains=words) | Q(number=int(words))
    return Q(memo__contains=words)


def _amounts(words: str) -> list[int]:
    try:
        return [Money.parse(words).fen]
    except ValueError:
        return []


def vouchers_of(receipt: Receipt) -> QuerySet[Entry]:
    """What was written when it came, and when it was made void."""
    key = f"receipt:{receipt.key}"
    return vouchers(receipt.school).filter(key__in=[key, f"void:{key}"])


def sum_of(entries: QuerySet[Entry]) -> int:
    """Debits of these vouchers in fen; credits are the same."""
    return Transfer.objects.filter(entry__in=entries.order_by().values("pk")).aggregate(fen=Sum("fen", default=0))[
        "fen"
    ]


def months_of(school: School) -> list[date]:
    """Months that have vouchers, the latest first."""
    return list(Entry.objects.filter(school=school).dates("on", "month", order="DESC"))


@dataclass(frozen=True)
class Turnover:
    """What an account stood at, what was debited and credited in the days, what it stands at; debits count up."""

    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit

    @property
    def sides(self) -> tuple[int, int, int, int, int, int]:
        """The six columns of the 科目余额表: debit and credit before, within and after."""
        before, after = self.opening, self.closing
        return max(before, 0), max(-before, 0), self.debit, self.credit, max(after, 0), max(-after, 0)


UNMOVED = Turnover(0, 0, 0)


@dataclass(frozen=True)
class KindRow:
    kind: str
    label: str
    turnover: Turnover


def turnovers(school: School, first: date | None, last: date, by: str = "kind", **only) -> dict[Any, Turnover]:
    """By kind or by account ("id"). Two queries. Without a first day all is within."""
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    before = Q(entry__on__lt=first) if first else Q(pk__in=())
    opening, within = Sum("fen", filter=before, default=0), Sum("fen", filter=~before, default=0)
    for column, side, sign in ((1, "debit", 1), (2, "credit", -1)):
        rows = Transfer.objects.filter(school=school, entry__on__lte=last)
        rows = rows.filter(**{f"{side}__{name}": value for name, value in only.items()})
        grouped = rows.values_list(f"{side}__{by}").annotate(opening=opening, within=within)
        for key, stood, moved in grouped.order_by():
            sums[key][0] += sign * int(stood)
            sums[key][column] += int(moved)
    return {key: Turnover(*three) for key, three in sums.items()}


def by_kind(school: School, first: date | None, last: date) -> list[KindRow]:
    """科目余额表, in the order of the chart of accounts."""
    moved = turnovers(school, first, last)
    return [KindRow(kind, label, moved[kind]) for kind, label in Account.Kind.choices if kind in moved]


def column_sums(turned: Iterable[Turnover]) -> list[int]:
    """The total row: each of the three pairs comes to the same."""
    return [sum(column) for column in zip(*(one.sides for one in turned), strict=True)] or [0] * 6


def accounts(school: School, kind: str, words: str = "") -> QuerySet[Account]:
    """The accounts of one kind; with words, those kept for children of that name."""
    found = Account.objects.filter(school=school, kind=kind).order_by("subject")
    if words:
        children = Student.objects.filter(school=school, name__contains=words)
        subjects = children.annotate(subject=Concat(Value(STUDENT), "pk", output_field=Account.subject.field))
        found = found.filter(Q(subject__in=subjects.values("subject")) | Q(subject__contains=words))
    return found


def pages_of(account: Account, first: date | None, last: date, opening: int) -> QuerySet[Transfer]:
    """明细账: what moved on the account, day by day, each with the balance after it."""
    moved = Transfer.objects.filter(Q(debit=account) | Q(credit=account), school=account.school_id, entry__on__lte=last)
    if first:
        moved = moved.filter(entry__on__gte=first)
    signed = Case(When(debit=account, then=F("fen")), default=-F("fen"))
    order = ("entry__on", "entry__place", "pk")
    moved = moved.annotate(balance_fen=Value(opening) + Window(Sum(signed), order_by=order))
    return moved.select_related("entry", "debit", "credit").order_by(*order)


def heads(reach, day: date | None) -> QuerySet[BookHead]:
    """Kept heads: all schools of one day, or every day."""
    kept = BookHead.objects.within(reach).select_related("school").order_by("-day", "school__code")
    return kept.filter(day=day) if day else kept


def kept_days(reach) -> list[date]:
    """Days that have heads, the latest first."""
    return list(BookHead.objects.within(reach).order_by("-day").values_list("day", flat=True).distinct())


def last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
