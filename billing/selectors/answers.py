"""The bank's answer beside our rows: what it changes, what was known, and what cannot be right."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils import timezone

from afterschool.money import Money
from billing.answer_file import AnswerLine
from billing.models import BankAnswer, Payout

Verdict = Literal["paid", "failed", "known", "waits", "against", "unknown"]
WORDS: dict[Verdict, str] = {
    "paid": "到账",
    "failed": "退回",
    "known": "登记过了",
    "waits": "银行还没有办完",
    "against": "不符，不登记",
    "unknown": "找不到这一行",
}
# What somebody must look at stands first.
TURN: tuple[Verdict, ...] = ("against", "unknown", "failed", "waits", "paid", "known")
SAID: dict[str, Payout.State] = {"paid": Payout.State.PAID, "failed": Payout.State.FAILED}


@dataclass(frozen=True)
class Weighed:
    """One line of the answer, the row it is about, and what follows from it."""

    line: AnswerLine
    payout: Payout | None
    verdict: Verdict
    say: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.verdict]

    def day(self, otherwise: date) -> date:
        return date.fromisoformat(self.line.on) if self.line.on else otherwise


def weigh(answer: BankAnswer) -> list[Weighed]:
    """Each line in turn, against the batch as it stands now."""
    return list(_Scales(answer).weigh())


def tally(weighed: Iterable[Weighed]) -> dict[str, int]:
    """How many lines come to what; `news` are those that change something, `wrong` those for the bank to explain."""
    of = Counter(one.verdict for one in weighed)
    return dict.fromkeys(WORDS, 0) | of | {"news": of["paid"] + of["failed"], "wrong": of["against"] + of["unknown"]}


class _Scales:
    def __init__(self, answer: BankAnswer):
        self.batch = answer.batch
        self.lines = [AnswerLine(**kept) for kept in answer.rows]
        self.rows = {row.row: row for row in answer.batch.payouts.order_by("row")}
        self.states = {row.pk: row.state for row in self.rows.values()}
        self.named: set[int] = set()  # rows that a line of this file was about

    def weigh(self) -> Iterator[Weighed]:
        for line in self.lines:
            payout = self._row_of(line)
            if payout is None:
                yield Weighed(line, None, "unknown", self._why_unknown(line))
                continue
            self.named.add(payout.pk)
            verdict, say = self._verdict(line, payout)
            if verdict in ("paid", "failed"):
                self.states[payout.pk] = SAID[verdict]
            yield Weighed(line, payout, verdict, say)

    def _row_of(self, line: AnswerLine) -> Payout | None:
        if line.batch not in (None, self.batch.number):
            return None
        if line.row is not None:
            return self.rows.get(line.row)
        same = [row for row in self.rows.values() if (row.payee_account, row.fen) == (line.account, line.fen)]
        return next((row for row in same if row.pk not in self.named), same[-1] if same else None)

    def _why_unknown(self, line: AnswerLine) -> str:
        if line.batch not in (None, self.batch.number):
            return f"摘要写的是第 {line.batch} 批"
        return f"本批没有第 {line.row} 行" if line.row is not None else "本批没有这个账号和金额"

    def _verdict(self, line: AnswerLine, payout: Payout) -> tuple[Verdict, str]:
        if say := self._other(line, payout):
            return "against", say
        if line.result == "waits":
            return "waits", ""
        state, said = self.states[payout.pk], SAID[line.result]
        if state == Payout.State.SENT:
            return line.result, line.reason
        if state == said:
            return "known", ""
        if state == Payout.State.PAID:
            return (
                "against",
                f"此前已登记到账，这份回单说退回（{line.reason}），请向银行核实；钱退回来的，在银行流水里登记退汇",
            )
        return "against", "此前已登记退回，这份回单说到账，请向银行核实，以免重复付款"

    def _other(self, line: AnswerLine, payout: Payout) -> str:
        """What of the line is not as we sent it."""
        if line.fen != payout.fen:
            return f"发出的是 {Money(payout.fen)} 元，回单写 {Money(line.fen)} 元"
        if line.account and line.account != payout.payee_account:
            return f"发出的账号是 {payout.payee_account or '（无）'}，回单写 {line.account}"
        if not line.account and line.name and line.name != payout.payee:
            return f"发出的户名是 {payout.payee}，回单写 {line.name}"
        if line.on and not self._made_on <= date.fromisoformat(line.on) <= timezone.localdate():
            return f"日期 {line.on} 不在送银行以后、今天以前"
        return ""

    @property
    def _made_on(self) -> date:
        return timezone.localdate(self.batch.made_at)
