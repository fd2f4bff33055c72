"""A record of the 台账: sheets for the workbook, and the same as tables for paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from afterschool.xlsx import Column, Sheet

NUMBER, DAY = Column("序号", "int", 9), Column("日期", "date", 12)
SECTION, KLASS, NAME = Column("服务班", width=18), Column("班级", width=10), Column("姓名", width=10)


@dataclass(frozen=True)
class Table:
    """What is printed: rows of words under their heads; `widths` are shares of the page."""

    caption: str
    heads: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]
    foot: Sequence[Sequence[str]] = ()
    kind: str = ""  # "signs": a grid of days

    @property
    def shares(self) -> list[str]:
        """Percent of the page's width."""
        return [f"{100 * width / sum(self.widths):.2f}" for width in self.widths]


@dataclass(frozen=True)
class Record:
    """`sheets` begin with the record itself; what belongs to it follows. `tables` are those of the paper."""

    number: int
    name: str
    signers: Sequence[str]
    sheets: Sequence[Sheet]
    tables: Sequence[Table]
    note: str = ""

    @property
    def size(self) -> str:
        """`巡查记录 12、当日签字 18`."""
        return listed(f"{sheet.name[2:]} {len(sheet.rows)}" for sheet in self.sheets)


def plain(number: int, name: str, signers: Sequence[str], *sheets: Sheet, note: str = "") -> Record:
    """Printed as the sheets have it; a lesser sheet with nothing in it is left out of the paper."""
    printed = [sheet for n, sheet in enumerate(sheets) if sheet.rows or n == 0]
    tables = [as_table(sheet, caption=sheet.name[2:] if len(printed) > 1 else "") for sheet in printed]
    return Record(number, name, signers, sheets, tables, note)


def as_table(sheet: Sheet, *, caption: str) -> Table:
    heads, widths = [column.head for column in sheet.columns], [column.width for column in sheet.columns]
    return Table(caption, heads, widths, [list(map(in_words, row)) for row in sheet.rows])


def in_words(value: Any) -> str:
    """A cell as paper shows it."""
    if isinstance(value, datetime):
        return f"{value:%-m月%-d日 %H:%M}"
    if isinstance(value, date):
        return short(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else str(value)


def short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def listed(words: Iterable[str], sign: str = "、") -> str:
    """Each once, in their order."""
    return sign.join(dict.fromkeys(word for word in words if word))
