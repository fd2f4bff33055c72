"""A bank statement as the bank's website exports it, and what each line says about whom it is for."""

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.xlsx import Row
from billing.tables import day_in, find_head, money_in, read_table

# What banks call their columns.
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


class Line(NamedTuple):
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
    rows = read_table(data)
    head, columns = find_head(rows, HEADS)
    if not columns.keys() >= NEEDED.keys():
        raise RuleBroken(f"没有找到表头。表里要有这几列：{'、'.join(NEEDED.values())}", field="file")
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


def _line(row: Row, columns: dict[str, int]) -> Line:
    def cell(what: str):
        place = columns.get(what, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    serial = str(cell("serial")).strip()
    if not serial:
        raise ValueError("没有流水号")
    if len(serial) > LONGEST_SERIAL:
        raise ValueError("流水号太长")
    in_, out = money_in(cell("in_")), money_in(cell("out"))
    if bool(in_) == bool(out):
        raise ValueError("收入和支出应当恰好填一个")
    payer, account, memo = (str(cell(what)).strip() for what in ("payer", "account", "memo"))
    return Line(row.number, serial, day_in(cell("on")), in_, out, payer[:100], account[:40], memo[:200])
