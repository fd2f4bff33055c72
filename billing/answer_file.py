"""The bank's answer to a batch, as banks write it: which row, whom, how much, and what became of it."""

import re
from dataclasses import asdict, dataclass
from typing import Literal

from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.xlsx import Row
from billing.tables import day_in, find_head, money_in, read_table

Result = Literal["paid", "failed", "waits"]

# What banks call their columns.
HEADS = {
    "row": ("序号", "行号", "笔序号", "明细序号", "编号", "顺序号"),
    "account": ("账号", "帐号", "收款账号", "收款帐号", "收款人账号", "收款人帐号", "对方账号", "转入账号", "卡号"),
    "name": ("户名", "收款户名", "收款人", "收款人户名", "收款人名称", "收款人姓名", "对方户名", "转入户名", "姓名"),
    "fen": ("金额", "交易金额", "发生额", "转账金额", "代发金额", "付款金额", "实发金额"),
    "result": (
        "处理结果",
        "交易结果",
        "处理状态",
        "交易状态",
        "结果",
        "状态",
        "处理标志",
        "成功标志",
        "入账标志",
        "代发结果",
    ),
    "reason": (
        "失败原因",
        "原因",
        "错误信息",
        "返回信息",
        "处理信息",
        "错误原因",
        "备注",
        "说明",
        "失败说明",
        "返回描述",
    ),
    "on": ("交易日期", "处理日期", "记账日期", "入账日期", "日期", "完成时间", "处理时间", "交易时间"),
    "memo": ("摘要", "用途", "附言"),
}
NEEDED = "金额、处理结果，以及序号或账号"
# In this order: 未成功 holds 成功, and what may still be under way is never paid again.
WORDS: tuple[tuple[Result, str], ...] = (
    ("waits", r"处理中|待处理|未处理|可疑|未知|提交|受理|排队|等待"),
    ("failed", r"失败|未成功|不成功|未入账|退票|退汇|退回|拒绝|错误|无效|^(?:F|FAIL|FAILED|N|否)$"),
    ("paid", r"成功|已入账|已到账|已付|已代发|^(?:S|SUCC|SUCCESS|Y|是|0{4,})$"),
)
BATCH = re.compile(r"退费第\s*(\d{1,9})\s*批")
NO_REASON = "银行没有写明原因"


@dataclass(frozen=True)
class AnswerLine:
    """What the bank says of one row. `line` is where it stands in the file, `row` the number we gave it."""

    line: int
    row: int | None
    account: str
    name: str
    fen: int
    result: Result
    reason: str
    on: str  # as ISO; blank where the file names no day
    batch: int | None


@dataclass(frozen=True)
class Answered:
    lines: list[AnswerLine]
    odd: list[dict]  # {"row", "say"}: rows that could not be read

    def kept(self) -> list[dict]:
        return [asdict(line) for line in self.lines]


def read_answer(data: bytes) -> Answered:
    rows = read_table(data)
    head, columns = find_head(rows, HEADS)
    if not ({"fen", "result"} <= columns.keys() and columns.keys() & {"row", "account"}):
        raise RuleBroken(f"没有找到表头。表里要有这几列：{NEEDED}", field="file")
    lines, odd = [], []
    for row in rows:
        if row.number <= head or any(re.match(r"(?:合计|总计|小计|总笔数|总金额)", str(cell)) for cell in row.cells):
            continue
        try:
            lines.append(_line(row, columns))
        except ValueError as reason:
            odd.append({"row": row.number, "say": str(reason)})
    return Answered(lines, odd)


def _line(row: Row, columns: dict[str, int]) -> AnswerLine:
    def cell(what: str):
        place = columns.get(what, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    def text(what: str) -> str:
        return str(cell(what)).strip()

    amount = money_in(cell("fen"))
    if amount <= Money(0):
        raise ValueError("没有金额")
    result, batch = _result(text("result")), BATCH.search(text("memo"))
    return AnswerLine(
        line=row.number,
        row=_number(text("row")),
        account=re.sub(r"\s", "", text("account"))[:40],
        name=text("name")[:100],
        fen=amount.fen,
        result=result,
        reason=(text("reason")[:200] or NO_REASON) if result == "failed" else "",
        on=day_in(cell("on")).isoformat() if text("on") else "",
        batch=int(batch[1]) if batch else None,
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    digits = re.fullmatch(r"0*(\d{1,9})(?:\.0+)?", text)
    if not digits:
        raise ValueError(f"看不懂的序号：{text[:20]}")
    return int(digits[1])


def _result(text: str) -> Result:
    for result, words in WORDS:
        if re.search(words, text, re.IGNORECASE):
            return result
    raise ValueError(f"看不懂的处理结果：{text[:20]}" if text else "没有处理结果")
