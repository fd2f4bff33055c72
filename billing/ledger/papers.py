"""The book on paper: a month as a spreadsheet, kept heads as a list of lines."""

from collections.abc import Iterable
from datetime import date, datetime

from afterschool.schools.models import School
from afterschool.xlsx import Column, Sheet, write_xlsx

from .models import Book, BookHead
from .saying import tell
from .selectors import by_kind, found, last_day

SIX = ("期初借方", "期初贷方", "本期借方", "本期贷方", "期末借方", "期末贷方")


def month_xlsx(school: School, month: date, now: datetime) -> bytes:
    """Every line of every voucher, the balances of all accounts, and the head of the chain at the foot."""
    of = f"{school} {month.year}年{month.month}月"
    feet = ("", head_line(school, now))
    return write_xlsx(
        [
            Sheet("记账凭证", LINES, _lines(school, month), (f"{of}记账凭证",), feet=feet),
            Sheet("科目余额表", BALANCES, _balances(school, month), (f"{of}科目余额表",), feet=feet),
        ]
    )


LINES = (
    Column("日期", "date", 12), Column("凭证号", width=13), Column("摘要", width=40), Column("科目", width=22),
    Column("明细", width=26), Column("借方", "money", 15, total=True), Column("贷方", "money", 15, total=True),
    Column("记账", width=12), Column("冲销", width=16),
)  # fmt: skip
BALANCES = (Column("科目", width=24), *(Column(head, "money", 16, total=True) for head in SIX))


def _lines(school: School, month: date) -> list[tuple]:
    entries = list(found(school, month))
    tell(school, entries)
    return [
        (
            entry.on, entry.number_said, entry.memo, line.account.get_kind_display(), line.account.said,
            line.debit_fen or None, line.credit_fen or None, entry.posted_by.name if entry.posted_by else "系统",
            f"冲销 {entry.reverses.number_said}" if entry.reverses else "",
        )
        for entry in entries
        for line in entry.lines
    ]  # fmt: skip


def _balances(school: School, month: date) -> list[tuple]:
    return [(row.label, *row.turnover.sides) for row in by_kind(school, month, last_day(month))]


def head_line(school: School, now: datetime) -> str:
    """The last link of the book as it is now: whoever holds it can hold the book to it."""
    book = Book.objects.filter(school=school).first() or Book(school=school)
    return f"账簿指纹（全部 {book.entries} 张凭证，{now:%Y-%m-%d %H:%M} 导出）：{book.head}"


def heads_text(heads: Iterable[BookHead]) -> str:
    """Day, code of the school, how many vouchers, head, name of the school: one line each, to be kept outside."""
    return "".join(f"{one.day}  {one.school.code}  {one.entries:>7}  {one.head}  {one.school}\n" for one in heads)
