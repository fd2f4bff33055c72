"""Reading a school's book from its first voucher: are numbers, links, kept heads and receipts as they must be?"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from afterschool.schools.models import School

from .chain import BEGINNING, link
from .models import Book, BookHead, Entry, Transfer
from .posting import number_of, said
from .receipts import faults_of_receipts

Moved = tuple[str, str, str, str, int]
MOVED = ("debit__kind", "debit__subject", "credit__kind", "credit__subject", "fen")
AT_ONCE = 2000


@dataclass(frozen=True)
class Findings:
    """What a reading of the book found: `first` is the number of the first voucher that is not as it was written."""

    school: School
    entries: int
    head: str
    first: str
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.faults


@transaction.atomic
def verify(school: School) -> Findings:
    """Read the whole book again. Nobody writes in it meanwhile."""
    book = Book.objects.select_for_update().filter(school=school).first() or Book(school=school)
    reading = _Reading(dict(BookHead.objects.filter(school=school).values_list("entries", "head")))
    for entry, moves in _pages(school):
        reading.turn_to(entry, moves)
    reading.close(book)
    faults = (*reading.faults, *faults_of_receipts(school))
    return Findings(school, reading.entries, reading.head, reading.first, faults)


def _pages(school: School) -> Iterator[tuple[Entry, list[Moved]]]:
    """Each voucher in booking order with its transfers as plain rows, some thousands at a time."""
    entries = Entry.objects.filter(school=school).order_by("place").select_related("reverses").iterator(AT_ONCE)
    while some := list(islice(entries, AT_ONCE)):
        moves: dict[int, list[Moved]] = defaultdict(list)
        transfers = Transfer.objects.filter(entry__in=[entry.pk for entry in some])
        for entry_id, *moved in transfers.values_list("entry", *MOVED):
            moves[entry_id].append(tuple(moved))
        for entry in some:
            yield entry, moves[entry.pk]


class _Reading:
    """Goes through the vouchers one by one. Each is held against the link written before it, so each fault is told once."""

    def __init__(self, kept: dict[int, str]) -> None:
        self.kept = kept
        self.entries, self.head, self.first = 0, BEGINNING, ""
        self.numbers: dict[str, int] = {}
        self.faults: list[str] = []

    def turn_to(self, entry: Entry, moves: list[Moved]) -> None:
        number, year = number_of(entry), str(entry.on.year)
        if entry.place != self.entries + 1 or entry.number != self.numbers.get(year, 0) + 1:
            self._fault(number, f"凭证 {number} 之前有缺号，或者次序被改过")
        if entry.chain != link(self.head, said(entry)._replace(moves=moves)):
            self._fault(number, f"凭证 {number} 与记账时写下的校验码不符")
        self.entries, self.head, self.numbers[year] = entry.place, entry.chain, entry.number
        if self.kept.get(self.entries, self.head) != self.head:
            self._fault(number, f"到凭证 {number} 为止，与当天留存的账簿指纹不符")

    def close(self, book: Book) -> None:
        if (book.entries, book.head, book.numbers) != (self.entries, self.head, self.numbers):
            self._fault("", f"账本应有 {book.entries} 张凭证，读到第 {self.entries} 张为止，末尾对不上")
        if max(self.kept, default=0) > self.entries:
            self._fault("", f"留存账簿指纹时已有 {max(self.kept)} 张凭证，现在末尾缺了")

    def _fault(self, number: str, what: str) -> None:
        self.first = self.first or number
        self.faults.append(what)
