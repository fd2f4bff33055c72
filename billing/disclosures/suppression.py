"""What of a month may be told without telling of any one child. Pure; tests/disclosures/test_suppression.py attacks it.

A public page gives sums, heads and rates, so whoever subtracts can find what one cell hides. Three rules stand against it:
a count below five is told as "<5"; lines with fewer than five payers are told as one; and where few children are freed,
pay less or pay at all, neither all heads nor the waived sum is told, for heads × rate less the fees would be the waiver.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST = 5
FEW, SOME = f"<{FEWEST}", f">={FEWEST}"


@dataclass(frozen=True)
class Line:
    """A line of the sheet: whose money it is, and what each of them paid if all paid the same."""

    label: str
    fen: int
    who: frozenset[int] = frozenset()
    each_fen: int | None = None

    def told(self) -> dict:
        """Heads and the equal amount are named only where at least five stand behind them."""
        open_ = len(self.who) >= FEWEST
        return {
            "label": self.label,
            "fen": self.fen,
            "heads": len(self.who) if open_ else None,
            "each_fen": self.each_fen if open_ else None,
        }


@dataclass(frozen=True)
class Fee:
    """What one child is charged for one service."""

    student: int
    service: str
    rate_fen: int
    waived_fen: int
    net_fen: int


def is_few(heads: int) -> bool:
    return 0 < heads < FEWEST


def told(heads: int) -> int | str:
    return FEW if is_few(heads) else heads


def participation(fees: Iterable[Fee]) -> dict:
    """How many take part, how many are freed or pay less, and what was waived; None: not told."""
    fees = list(fees)
    heads = {fee.student for fee in fees}
    paying = {fee.student for fee in fees if fee.net_fen}
    waived = {fee.student for fee in fees if fee.waived_fen}
    not_whole = {fee.student for fee in fees if fee.net_fen and fee.net_fen != fee.rate_fen}
    parts = (waived - paying, waived & paying, not_whole, paying)  # freed, paying less, paying a part, paying
    few = bool(waived) and any(is_few(len(part)) for part in parts)
    return {
        "heads": None if few else told(len(heads)),
        "paying_heads": told(len(paying)),
        "waived_heads": SOME if few and len(waived) >= FEWEST else told(len(waived)),
        "waived_fen": None if few else sum(fee.waived_fen for fee in fees),
    }


def fee_lines(fees: Iterable[Fee]) -> list[Line]:
    """Heads × rate for those who pay the whole rate; all others together."""
    whole: dict[tuple[str, int], set[int]] = {}
    others: list[Fee] = []
    for fee in fees:
        if fee.net_fen and fee.net_fen == fee.rate_fen:
            whole.setdefault((fee.service, fee.rate_fen), set()).add(fee.student)
        elif fee.net_fen:
            others.append(fee)
    lines = [
        Line(f"学生缴费（{service}）", rate * len(who), frozenset(who), rate)
        for (service, rate), who in sorted(whole.items())
    ]
    if others:
        who = frozenset(fee.student for fee in others)
        lines.append(Line("学生缴费（按天折算或减免后）", sum(fee.net_fen for fee in others), who))
    return merge_small(lines, whole="学生缴费", rest="学生缴费（其余，含按天折算和减免后）")


def merge_small(lines: Sequence[Line], *, whole: str, rest: str) -> list[Line]:
    """Lines of few go together; while they are still few, the smallest of the others joins them."""
    lines = [line for line in lines if line.fen]
    small = [line for line in lines if is_few(len(line.who))]
    large = sorted((line for line in lines if line not in small), key=lambda line: len(line.who))
    while large and small and is_few(len(_who(small))):
        small.append(large.pop(0))
    if not small:
        return lines
    merged = Line(rest if large else whole, sum(line.fen for line in small), _who(small))
    return [*(line for line in lines if line in large), merged]


def _who(lines: Iterable[Line]) -> frozenset[int]:
    return frozenset().union(*(line.who for line in lines))
