"""A bank statement as the bank's website exports it, and what each line says about whom it is for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from afterschool.errors import RuleBroken
from afterschool.money import ZERO, Money
from afterschool.xlsx import Row, read_xlsx

# What banks call their columns; a bracket behind the name (借方发生额(支出)) does not matter.
HEADS = {
    "on": ("交易日期", "记账日期", "日期"),
    "out": ("借方发生额", "支出金额", "支出", "借方金额"),
    "in_": ("贷方发生额", "收入金额", "收入", "贷方金额"),
    "payer": ("对方户名", "对方名称", "付款人"),
    "account": ("对方账号", "对方帐号"),
    "memo": ("摘要", "用途", "附言"),
    "serial": ("流水号", "交易流水号", "交易流水"),
}
NEEDED = {"on": "交易日期", "in_": "贷方发生额（收入）", "serial": "流水号", "memo": "摘要"}
ACCOUNT = re.compile(r"账号[：:]?\s*([\d ]{6,})")
LONGEST_SERIAL = 40


@dataclass(frozen=True)
class Line:
    """One movement on the account."""

    row: int
    serial: str
    on: date
    in_: Money
    out: Money
    payer: str
    account: str
    memo: str


@dataclass(frozen=True)
class Statement:
    lines: list[Line]
    odd: list[dict]  # {"row", "say"}: rows that could not be read
    account: str


def read_statement(data: bytes) -> Statement:
    rows = read_xlsx(BytesIO(data))
    head, columns = _find_head(rows)
    above = " ".join(str(cell) for row in rows if row.number < head for cell in row.cells)
    account = ACCOUNT.search(above)
    lines, odd = [], []
    for row in rows:
        if row.number <= head or "合计" in map(str, row.cells):
            continue
        try:
            lines.append(_line(row, columns))
        except ValueError as reason:
            odd.append({"row": row.number, "say": str(reason)})
    return Statement(lines, odd, re.sub(r"\D", "", account[1]) if account else "")


def _find_head(rows: Sequence[Row]) -> tuple[int, dict[str, int]]:
    for row in rows[:20]:
        titles = [re.sub(r"[（(].*", "", str(cell)).strip() for cell in row.cells]
        columns = {what: titles.index(name) for what, names in HEADS.items() for name in names[::-1] if name in titles}
        if columns.keys() >= NEEDED.keys():
            return row.number, columns
    raise RuleBroken(f"没有找到表头。表里要有这几列：{'、'.join(NEEDED.values())}", field="file")


def _line(row: Row, columns: dict[str, int]) -> Line:
    def cell(what: str):
        place = columns.get(what, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    serial = str(cell("serial")).strip()
    if not serial:
        raise ValueError("没有流水号")
    if len(serial) > LONGEST_SERIAL:
        raise ValueError("流水号太长")
    in_, out = _money(cell("in_")), _money(cell("out"))
    if bool(in_) == bool(out):
        raise ValueError("收入和支出应当恰好填一个")
    payer, account, memo = (str(cell(what)).strip() for what in ("payer", "account", "memo"))
    return Line(row.number, serial, _day(cell("on")), in_, out, payer[:100], account[:40], memo[:200])


def _money(value) -> Money:
    if isinstance(value, float):
        value = f"{value:.2f}"  # a number cell: the bank wrote two decimals
    return Money.parse(str(value)) if str(value).strip() else ZERO


def _day(value) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    digits = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?", str(value).strip())
    if not digits:
        raise ValueError(f"看不懂的日期：{value}")
    return date(*map(int, digits.groups()))
