"""The one door of the ledger. A voucher goes in whole, once, and stays as it is."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import reduce
from itertools import starmap
from operator import or_
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.schools.models import School

from .chain import Said, link
from .chain import number_of as numbered
from .models import Account, Book, Entry, Transfer

Kind = Account.Kind
# The form of a voucher's own hash is for ever, like its link's.
to_json = json.JSONEncoder(ensure_ascii=False).encode
AccountRef = tuple[str, str]  # kind, and whom or what it is kept for
Move = tuple[AccountRef, AccountRef, Money]  # debit, credit, amount


class Row(NamedTuple):
    """An Entry as its columns, in their order."""

    id: int
    school_id: int
    on: date
    number: int
    key: str
    memo: str
    body_sha256: str
    reverses_id: int | None
    posted_by_id: int | None
    posted_at: datetime
    place: int
    chain: str


class Voucher(NamedTuple):
    """What is to be written. `key` names the deed: the same deed twice is one voucher."""

    on: date
    key: str
    memo: str
    moves: Sequence[Move]
    reverses: Entry | None = None

    @property
    def sha256(self) -> str:
        body = [
            self.on.isoformat(),
            self.memo,
            [[*debit, *credit, money.fen] for debit, credit, money in self.moves],
            self.reverses and self.reverses.pk,
        ]
        return hashlib.sha256(to_json(body).encode()).hexdigest()


def post(
    school: School,
    moves: Sequence[Move],
    *,
    on: date,
    memo: str,
    key: str,
    by: Actor,
    reverses: Entry | None = None,
) -> Entry:
    """Write one voucher. The same key a second time returns the first one, or refuses when it says something else."""
    row = _posted(school, [Voucher(on, key, memo, moves, reverses)], by)[0]
    return Entry.from_db(None, Row._fields, row)


def post_many(school: School, vouchers: Sequence[Voucher], *, by: Actor) -> list[str]:
    """Write many vouchers of one school in a handful of statements. Returns their numbers in the same order."""
    return [numbered(row.on, row.number) for row in _posted(school, vouchers, by)]


@transaction.atomic
def _posted(school: School, vouchers: Sequence[Voucher], by: Actor) -> list[Row]:
    _check(vouchers)
    # Whoever writes in this school's book waits here: numbers follow without gaps, and a used key is seen.
    book = _hold(school)
    known = Entry.objects.filter(school=school, key__among={voucher.key for voucher in vouchers})
    written = {row.key: row for row in starmap(Row, known.values_list(*Row._fields))}
    fresh = []
    for voucher in vouchers:
        if voucher.key not in written:
            fresh.append(voucher)
        elif written[voucher.key].body_sha256 != voucher.sha256:
            raise RuleBroken(f"凭证 {voucher.key} 已经记过，内容不同，不能再记")
    written |= {row.key: row for row in _write(book, fresh, by)}
    return [written[voucher.key] for voucher in vouchers]


def reverse(entry: Entry, *, on: date, memo: str, key: str, by: Actor) -> Entry:
    """Take a voucher back with its exact mirror (红字冲销). Only once, and a reversal itself stays."""
    if entry.reverses_id:
        raise RuleBroken("冲销凭证不能再冲销")
    first = Entry.objects.filter(reverses=entry).first()
    if first and first.key != key:
        raise RuleBroken(f"凭证 {number_of(entry)} 已经冲销过了")
    moves = [
        ((row.credit.kind, row.credit.subject), (row.debit.kind, row.debit.subject), Money(row.fen))
        for row in entry.transfers.select_related("debit", "credit").order_by("id")
    ]
    return post(entry.school, moves, on=on, memo=memo, key=key, by=by, reverses=entry)


def entry_of(school: School, key: str) -> Entry | None:
    return Entry.objects.filter(school=school, key=key).first()


def standing(school: School, keys: Collection[str]) -> dict[str, Entry]:
    """Of deeds that are taken back and done anew, under key, key#2, key#3: the voucher that is not taken back."""
    named = [Q(key=key) | Q(key__startswith=f"{key}#") for key in keys]
    found = Entry.objects.filter(reduce(or_, named, Q(pk=None)), school=school, reversed_by=None)
    return {key: entry for entry in found for key in keys if entry.key == key or entry.key.startswith(f"{key}#")}


def next_key(school: School, key: str) -> str:
    """Under which such a deed is done now."""
    times = Entry.objects.filter(Q(key=key) | Q(key__startswith=f"{key}#"), school=school).count()
    return f"{key}#{times + 1}" if times else key


def written_since(school: School, keys: Iterable[str], moment: datetime) -> set[str]:
    """Which of these deeds came into the book after that moment."""
    fresh = Entry.objects.filter(school=school, key__in=list(keys), posted_at__gt=moment)
    return set(fresh.values_list("key", flat=True))


def entries_under(school: School, stem: str) -> list[Entry]:
    """The vouchers whose keys go on from this stem, without what is reversed."""
    found = Entry.objects.filter(school=school, key__startswith=f"{stem}:", reverses=None, reversed_by=None)
    return list(found.order_by("place"))


def number_of(entry: Entry) -> str:
    """How people write a voucher number: 2026-00017."""
    return entry.number_said


def _check(vouchers: Sequence[Voucher]) -> None:
    twice = [key for key, times in Counter(voucher.key for voucher in vouchers).items() if times > 1]
    if twice:
        raise ValueError(f"keys twice in one batch: {twice}")
    for voucher in vouchers:
        if not voucher.moves:
            raise RuleBroken("空的凭证不能记账")
        for debit, credit, money in voucher.moves:
            if money.fen <= 0:
                raise RuleBroken("分录金额必须大于零")
            if debit == credit:
                raise RuleBroken("借方和贷方不能是同一个账户")


def _hold(school: School) -> Book:
    Book.objects.bulk_create([Book(school=school)], ignore_conflicts=True)
    book = Book.objects.select_for_update().get(school=school)
    book.school = school
    return book


def _write(book: Book, vouchers: Sequence[Voucher], by: Actor) -> list[Row]:
    now = timezone.now()
    rows = [_append(book, voucher, by, now) for voucher in vouchers]
    book.save()
    keys, accounts = sets.write(Entry(), " ".join(Row._fields[1:]), rows), _accounts(book.school, vouchers)
    transfers = (
        (key, accounts[debit], accounts[credit], money.fen)
        for key, voucher in zip(keys, vouchers, strict=True)
        for debit, credit, money in voucher.moves
    )
    sets.pour(Transfer(school=book.school), "entry_id debit_id credit_id fen", transfers)
    return [Row(key, *row) for key, row in zip(keys, rows, strict=True)]


def _append(book: Book, voucher: Voucher, by: Actor, now: datetime) -> tuple:
    """The book's next voucher: its number in the year, its place in the book, its link to the one before."""
    on, year, first = voucher.on, str(voucher.on.year), voucher.reverses
    book.numbers[year] = number = book.numbers.get(year, 0) + 1
    book.entries += 1
    took_back, moves = number_of(first) if first else None, _moved(voucher.moves)
    said = Said(numbered(on, number), on, voucher.key, voucher.memo, took_back, by.person_id, now, moves)
    book.head = link(book.head, said)
    return (
        book.school_id, on, number, voucher.key, voucher.memo, voucher.sha256, first and first.pk, by.person_id, now,
        book.entries, book.head,
    )  # fmt: skip


def said(entry: Entry, moves: Iterable[Move] = ()) -> Said:
    """The voucher as its link knows it."""
    return Said(
        number=number_of(entry),
        on=entry.on,
        key=entry.key,
        memo=entry.memo,
        reverses=number_of(entry.reverses) if entry.reverses else None,
        who=entry.posted_by_id,
        at=entry.posted_at,
        moves=_moved(moves),
    )


def _moved(moves: Iterable[Move]) -> list[tuple[str, str, str, str, int]]:
    return [(*debit, *credit, money.fen) for debit, credit, money in moves]


def _accounts(school: School, vouchers: Sequence[Voucher]) -> dict[AccountRef, int]:
    """The accounts these vouchers name, opened where they are new. Whoever opens one holds the book."""
    named = {ref for voucher in vouchers for debit, credit, _ in voucher.moves for ref in (debit, credit)}
    rows = Account.objects.filter(
        school=school, kind__in={kind for kind, _ in named}, subject__among={subject for _, subject in named}
    ).values_list("kind", "subject", "pk")
    found = {(kind, subject): pk for kind, subject, pk in rows}
    new = sorted((str(kind), subject) for kind, subject in named if (kind, subject) not in found)
    return found | dict(zip(new, sets.write(Account(school=school), "kind subject", new), strict=True))
