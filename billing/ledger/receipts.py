"""Receipts against the book: numbers without a gap, one voucher for each, and what is void taken back (L22)."""

from collections.abc import Iterable, Iterator

from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Concat

from afterschool.schools.models import School
from billing.models import Receipt

from .models import Entry, Transfer

AT_MOST = 5  # are named


def faults_of_receipts(school: School) -> Iterator[str]:
    receipts = Receipt.objects.filter(school=school).order_by("number")
    if missing := _missing(list(receipts.values_list("number", flat=True))):
        yield f"收据缺号：{_listed(missing)}"
    key = Concat(Value("receipt:"), OuterRef("key"), output_field=CharField())
    moved = Transfer.objects.filter(entry__school=school, entry__key=key).values("entry").values(fen=Sum("fen"))
    reversed_ = Exists(Entry.objects.filter(school=school, key=key, reversed_by__isnull=False))
    told = receipts.annotate(booked_fen=Subquery(moved), is_reversed=reversed_)
    unbooked = told.filter(Q(booked_fen=None) | ~Q(booked_fen=F("amount_fen")))
    if wrong := list(unbooked.values_list("number", flat=True)):
        yield f"收据没有凭证，或者和凭证的金额不同：{_listed(wrong)}"
    halves = told.filter(Q(voided_at=None, is_reversed=True) | Q(voided_at__isnull=False, is_reversed=False))
    if halved := list(halves.values_list("number", flat=True)):
        yield f"收据作废和凭证冲销对不上：{_listed(halved)}"


def _missing(numbers: list[int]) -> list[int]:
    return sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))


def _listed(numbers: Iterable[int]) -> str:
    numbers = list(numbers)
    more = f" 等 {len(numbers)} 张" if len(numbers) > AT_MOST else ""
    return "、".join(f"{number} 号" for number in numbers[:AT_MOST]) + more
