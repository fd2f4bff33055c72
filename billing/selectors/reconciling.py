"""What bank and book say of the end of a month, and what explains the difference."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from afterschool.money import Money, total
from billing import accounts
from billing.ledger.balances import balance
from billing.models import BankLine, FeeMonth, Reconciliation

# Who has booked alone: what the bank has, the book lacks; and the other way about.
SIDES = {
    "bank_in": "银行已收、账上未收",
    "bank_out": "银行已付、账上未付",
    "book_in": "账上已收、银行未收",
    "book_out": "账上已付、银行未付",
}


@dataclass(frozen=True)
class Item:
    """One difference: a key of SIDES, its amount above zero, and what it is."""

    side: str
    amount: Money
    text: str

    def kept(self) -> dict:
        return {"side": self.side, "fen": self.amount.fen, "text": self.text}

    @property
    def said(self) -> str:
        return SIDES[self.side]


@dataclass(frozen=True)
class Balance:
    """The printed table: each side, what only the other has, and what both come to."""

    bank: Money
    book: Money
    to_bank: list[tuple[str, Item]]  # with its sign
    to_book: list[tuple[str, Item]]
    both: Money


def balance_of(made: Reconciliation) -> Balance:
    items = items_of(made)
    to_bank, to_book = (
        [("+" if item.side.endswith("_in") else "−", item) for item in items if item.side.startswith(whose)]
        for whose in ("book", "bank")
    )
    both = Money(made.book_fen) + total(item.amount if sign == "+" else -item.amount for sign, item in to_book)
    return Balance(Money(made.bank_fen), Money(made.book_fen), to_bank, to_book, both)


def items_of(made: Reconciliation) -> list[Item]:
    return [Item(item["side"], Money(item["fen"]), item["text"]) for item in made.items]


def in_book(fee_month: FeeMonth) -> Money:
    """What stands on the bank account in the book at the end of the month."""
    return balance(fee_month.school, accounts.BANK, fee_month.last_on)


def unexplained(bank: Money, book: Money, items: Iterable[Item]) -> Money:
    """By how much the bank's balance, put right, is above the book's, put right."""
    sums = dict.fromkeys(SIDES, Money(0))
    for item in items:
        sums[item.side] += item.amount
    return (bank + sums["book_in"] - sums["book_out"]) - (book + sums["bank_in"] - sums["bank_out"])


def suggested(fee_month: FeeMonth) -> list[Item]:
    """What is known to stand on one side alone: lines of the statement that are no business of the service."""
    aside = BankLine.objects.filter(
        school=fee_month.school_id, state=BankLine.State.SET_ASIDE, on__lte=fee_month.last_on
    )
    return [
        Item(side, amount, f"与课后服务无关的{word}，共 {len(lines)} 笔")
        for side, column, word in (("bank_in", "in_fen", "收入"), ("bank_out", "out_fen", "支出"))
        if (lines := _above_zero(aside, column)) and (amount := total(map(Money, lines)))
    ]


def _above_zero(lines: QuerySet[BankLine], column: str) -> list[int]:
    return list(lines.filter(**{f"{column}__gt": 0}).values_list(column, flat=True))


def stands(fee_month: FeeMonth) -> Reconciliation | None:
    """The month's reconciliation, as long as the book still says what it said then."""
    made = Reconciliation.objects.filter(fee_month=fee_month).first()
    return made if made and made.book_fen == in_book(fee_month).fen else None
