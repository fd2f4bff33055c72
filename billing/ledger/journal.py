"""A month of a book as plain text in beancount's language, of a kind that hledger reads too.

`bean-check` recomputes every balance at the month's end; what stood before the month is its first transaction.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils import timezone

from afterschool.money import Money
from afterschool.schools.models import School

from .models import Account, Entry
from .papers import head_line
from .saying import tell, tell_accounts
from .selectors import found, last_day, turnovers

Kind = Account.Kind
NAMES = {
    Kind.BANK: "Assets:Bank",
    Kind.RECEIVABLE: "Assets:Receivable",
    Kind.PREPAID: "Liabilities:Prepaid",
    Kind.FEE_INCOME: "Income:Fees",
    Kind.WAIVER: "Income:Waivers",
    Kind.SUBSIDY: "Income:Subsidy",
    Kind.STIPEND_EXPENSE: "Expenses:Stipends",
    Kind.OTHER_EXPENSE: "Expenses:Other",
    Kind.STIPEND_PAYABLE: "Liabilities:Stipends",
    Kind.SURPLUS: "Liabilities:Surplus",
    Kind.REFUND_PAYABLE: "Liabilities:Refunds",
    Kind.DEFICIT: "Expenses:BorneBySchool",
    Kind.SUBSIDY_DUE: "Assets:SubsidyDue",
    Kind.MEAL: "Liabilities:Meals",
    Kind.IN_TRANSIT: "Assets:InTransit",
}
SUBJECT = re.compile(r"[a-z0-9][a-z0-9:_-]*")


def name_of(account: Account) -> str:
    """An account's name in ASCII: `Assets:Receivable:Student-12`. What is not ASCII is told apart by its key."""
    kind = NAMES[Kind(account.kind)]
    if not account.subject:
        return kind
    if not SUBJECT.fullmatch(account.subject):
        return f"{kind}:Account-{account.pk}"
    if account.subject.startswith("student:"):
        return f"{kind}:{account.subject.replace('student:', 'Student-')}"
    parts = account.subject.replace("_", "-").split(":")
    return ":".join([kind, *(part[0].upper() + part[1:] for part in parts)])


def month_journal(school: School, month: date) -> str:
    """Openings, vouchers, and what every account must stand at when the next month begins."""
    last = last_day(month)
    moved = turnovers(school, month, last, by="id")
    accounts = {one.pk: one for one in Account.objects.filter(pk__in=moved).order_by("pk")}
    tell_accounts(school, accounts.values())
    entries = list(found(school, month))
    tell(school, entries)
    eve, after = month - timedelta(days=1), last + timedelta(days=1)
    opening = [(name_of(accounts[pk]), turned.opening) for pk, turned in sorted(moved.items()) if turned.opening]
    blocks = [
        [f"; {school} {month.year}年{month.month}月 记账凭证 {len(entries)} 张", "; 金额单位：元，借方为正"],
        [line for account in accounts.values() for line in _open(account, eve)],
        *([list(_transaction(f'{eve} * "期初余额"', opening))] if opening else []),
        *(list(_voucher(entry)) for entry in entries),
        [_balance(after, name_of(accounts[pk]), turned.closing) for pk, turned in sorted(moved.items())],
        [f"; {head_line(school, timezone.localtime())}"],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _open(account: Account, on: date) -> Iterator[str]:
    yield f"{on} open {name_of(account)} CNY"
    yield f"  name: {_quoted(' '.join(filter(None, [account.get_kind_display(), account.said])))}"


def _voucher(entry: Entry) -> Iterator[str]:
    lines = [(name_of(line.account), line.debit_fen - line.credit_fen) for line in entry.lines]
    head = f"{entry.on} * {_quoted(entry.number_said)} {_quoted(entry.memo)}"
    yield from _transaction(head, lines, f"  ; 校验码 {entry.chain}")


def _transaction(head: str, lines: Iterable[tuple[str, int]], *notes: str) -> Iterator[str]:
    yield head
    yield from notes
    for name, fen in lines:
        yield f"  {name:<44}  {Money(fen).plain():>14} CNY"


def _balance(on: date, name: str, fen: int) -> str:
    return f"{on} balance {name:<44}  {Money(fen).plain():>14} CNY"


def _quoted(text: str) -> str:
    return '"' + re.sub(r"\s+", " ", text).replace("\\", "\\\\").replace('"', '\\"') + '"'
