"""A book in an accountant's words: whom an account is kept for, a voucher as debits and credits, what is pinned to it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from afterschool.policy import rules
from afterschool.schools.models import School, Student
from afterschool.schools.rules import adoptions_of
from billing.models import Charge, Expense, FeeMonth, Fund, Receipt
from staffing.models import StipendSheet

from .models import Account, Entry, Line

MONTH = re.compile(r"(\d{4})-(\d\d)")
STUDENT = "student:"
WORDS = {"wechat_fee": "微信支付手续费"}


@dataclass(frozen=True)
class Pinned:
    """What a voucher was written from (附件)."""

    word: str
    url: str = ""


def tell(school: School, entries: Sequence[Entry]) -> None:
    """Give each voucher its lines, each account its words. The transfers are there already (`vouchers`)."""
    for entry in entries:
        entry.lines = _lines(entry)
    tell_accounts(school, [line.account for entry in entries for line in entry.lines])


def _lines(entry: Entry) -> list[Line]:
    """Debits first; what moves between the same accounts on one side is one line."""
    sums: dict[tuple[bool, int], int] = {}
    accounts = {}
    for row in entry.transfers.all():
        for credits, account in ((False, row.debit), (True, row.credit)):
            accounts[account.pk] = account
            sums[credits, account.pk] = sums.get((credits, account.pk), 0) + row.fen
    return [
        Line(accounts[pk], 0 if credits else fen, fen if credits else 0)
        for (credits, pk), fen in sorted(sums.items(), key=lambda one: one[0][0])
    ]


def tell_accounts(school: School, accounts: Iterable[Account]) -> None:
    """Whom or what each account is kept for. One query for all children."""
    accounts = list(accounts)
    children = {int(one.subject.removeprefix(STUDENT)) for one in accounts if one.subject.startswith(STUDENT)}
    names = Student.objects.filter(pk__in=children).select_related("school_class").in_bulk() if children else {}
    words = _words(school) if any(one.subject.count(":") > 1 for one in accounts) else {}
    for account in accounts:
        if account.subject.startswith(STUDENT):
            child = names.get(int(account.subject.removeprefix(STUDENT)))
            account.said = f"{child.school_class} {child.name}" if child else account.subject
        else:
            account.said = " · ".join(_word(part, words) for part in account.subject.split(":") if part)


def _words(school: School) -> dict[str, str]:
    """How the school's policies name what may be spent, the newest last."""
    policies = [policy for _, adopted in reversed(adoptions_of(school.bureau)) for policy in (adopted.parent, adopted)]
    spoken = (rule for policy in policies if policy for rule in policy.rules if isinstance(rule, rules.Expense))
    return {rule.key: rule.label for rule in spoken}


def _word(part: str, words: dict[str, str]) -> str:
    if found := MONTH.fullmatch(part):
        return f"{found[1]}年{int(found[2])}月"
    return Fund(part).label if part in Fund.values else WORDS.get(part) or words.get(part, part)


def pinned(entry: Entry) -> Pinned | None:
    """The paper behind a voucher, where its key names one."""
    kind, _, rest = entry.key.partition(":")
    find = PINNED.get(kind)
    return find(entry.school, rest) if find else None


def _charge(school: School, rest: str) -> Pinned | None:
    month, _, item = rest.partition(":")
    charges = Charge.objects.filter(school=school, fee_month__month=date.fromisoformat(f"{month}-01"), item=int(item))
    charge = charges.first()
    return Pinned("收费明细", reverse("billing:charge-detail", args=[charge.pk])) if charge else None


def _expense(school: School, rest: str) -> Pinned | None:
    cost = Expense.objects.filter(school=school, pk=rest).defer("voucher").first()
    if cost is None:
        return None
    url = reverse("billing:expense-voucher", args=[cost.pk]) if cost.is_scanned else ""
    return Pinned(f"票据 {cost.voucher_number}{'' if url else '（缺扫描件）'}", url)


def _receipt(school: School, rest: str) -> Pinned | None:
    receipt = Receipt.objects.filter(school=school, key=rest).select_related("bank_line").first()
    if receipt is None:
        return None
    line = receipt.bank_line
    url = reverse("billing:statement-detail", args=[line.statement_id]) if line else ""
    return Pinned(f"收据 {receipt.number} 号" + (f"，银行流水 {line.serial}" if line else ""), url)


def _meal(school: School, rest: str) -> Pinned | None:
    month = FeeMonth.objects.filter(school=school, month=date.fromisoformat(f"{rest.partition(':')[0]}-01")).first()
    return Pinned("代收餐费", reverse("meals:meal-month", args=[month.pk])) if month else None


def _stipends(school: School, rest: str) -> Pinned | None:
    sheet = StipendSheet.objects.filter(school=school, month=date.fromisoformat(f"{rest}-01")).first()
    return Pinned("补助发放表", reverse("staffing:stipend-sheet-detail", args=[sheet.pk])) if sheet else None


PINNED = {"charge": _charge, "expense": _expense, "meal": _meal, "receipt": _receipt, "stipends": _stipends}
