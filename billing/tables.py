"""Tables that banks give: a workbook, or text with commas or tabs; and their cells as days and amounts."""

import csv
import re
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO, StringIO

from afterschool.errors import RuleBroken
from afterschool.money import ZERO, Money
from afterschool.xlsx import LARGEST_FILE, Row, read_xlsx

WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")  # .xlsx, and .xls, which is refused with words
MOST_ROWS = 50_000


def read_table(data: bytes) -> list[Row]:
    """The rows that hold something, with their numbers in the file."""
    if data.startswith(WORKBOOKS):
        return read_xlsx(BytesIO(data))
    if len(data) > LARGEST_FILE:
        raise RuleBroken("文件超过 5 MB，请拆成几份再传")
    text = _decoded(data)
    mark = "\t" if text.count("\t") > text.count(",") else ","
    rows: list[Row] = []
    try:
        for number, cells in enumerate(csv.reader(StringIO(text, newline=""), delimiter=mark), 1):
            if number > MOST_ROWS:
                raise RuleBroken("表太大，没有打开；请拆成几份再传")
            plain = tuple(cell.strip().removeprefix("'") for cell in cells)
            if any(plain):
                rows.append(Row(number, plain))
    except csv.Error as broken:
        raise RuleBroken("这个文件打不开，请用 Excel 或 WPS 另存为 .xlsx 再传") from broken
    return rows


def _decoded(data: bytes) -> str:
    """Banks write GBK, spreadsheets UTF-8 with a mark."""
    for code in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise RuleBroken("这不是表格文件，请从网上银行导出 .xlsx 或 .csv 再传")


def find_head(rows: Sequence[Row], heads: dict[str, tuple[str, ...]]) -> tuple[int, dict[str, int]]:
    """The first row, of the top twenty, that names most columns: its number, and the place of each column it names.

    A bracket behind the name (借方发生额(支出)) does not matter.
    """
    found: tuple[int, dict[str, int]] = (0, {})
    for row in rows[:20]:
        titles = [re.sub(r"[（(].*", "", str(cell)).strip() for cell in row.cells]
        columns = {what: titles.index(name) for what, names in heads.items() for name in names[::-1] if name in titles}
        if len(columns) > len(found[1]):
            found = row.number, columns
    return found


def money_in(value) -> Money:
    if isinstance(value, float):
        value = f"{value:.2f}"  # a number cell: the bank wrote two decimals
    return Money.parse(str(value)) if str(value).strip() else ZERO


def day_in(value) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    digits = re.match(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})(?!\d)", str(value).strip())
    if not digits:
        raise ValueError(f"看不懂的日期：{value}")
    return date(*map(int, digits.groups()))
