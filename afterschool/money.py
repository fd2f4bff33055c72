"""Money: whole fen, and the only place that rounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

LARGEST_YUAN = 1_000_000_000

# What an input method or a spreadsheet makes of plain digits and signs.
_PLAIN = str.maketrans("０１２３４５６７８９，．－−￥\u3000\u00a0", "0123456789,.--¥  ")
_AMOUNT = re.compile(
    r"(?P<sign>-?\s*¥?|¥\s*-)\s*(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<fen>[0-9]+))?\s*元?",
    re.ASCII,
)

# 大写金额
DIGITS = "零壹贰叁肆伍陆柒捌玖"
TENS = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in whole fen. Floats are refused everywhere."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"Money takes whole fen as int, not {type(self.fen).__name__}")

    @classmethod
    def parse(cls, text: str, *, negative: bool = False) -> Money:
        """Read what people type and paste: `１，２３４．５`, `¥200`, `200元`, `1,234.50`."""
        plain = text.translate(_PLAIN).strip()
        if not plain:
            raise ValueError("请填写金额")
        amount = _AMOUNT.fullmatch(plain)
        if not amount:
            raise ValueError(f"“{text.strip()}”不是金额，请写成 200 或 200.00 这样")
        fraction = amount["fen"] or ""
        if len(fraction) > 2:
            raise ValueError("金额最多两位小数，精确到分")
        if "-" in amount["sign"] and not negative:
            raise ValueError("金额不能是负数")
        digits = amount["yuan"].replace(",", "").lstrip("0")
        if len(digits) > len(str(LARGEST_YUAN)) or int(digits or 0) > LARGEST_YUAN:
            raise ValueError("金额太大，请检查是否多写了几位")
        fen = int(digits or 0) * 100 + int(fraction.ljust(2, "0"))
        return cls(-fen if "-" in amount["sign"] else fen)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __mul__(self, count: int) -> Money:
        return Money(self.fen * count) if type(count) is int else NotImplemented

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.fen != 0

    def plain(self) -> str:
        """For machines and spreadsheets: `1590.37`."""
        return str(self).replace(",", "")

    def display(self) -> str:
        """For pages: `1,590.37`, with a true minus sign."""
        return str(self).replace("-", "\N{MINUS SIGN}")

    def short(self) -> str:
        """For running text: `200`, but `200.50`."""
        return str(self).removesuffix(".00")

    def capitals(self) -> str:
        """As receipts write it, so that nobody can add a stroke: `壹仟伍佰玖拾元叁角柒分`."""
        yuan, fen = divmod(self.fen, 100)
        jiao, fen = divmod(fen, 10)
        whole = f"{_capitals(yuan)}元" if yuan or not self else ""
        tenths = f"{DIGITS[jiao]}角" if jiao else "零" if yuan and fen else ""
        return whole + tenths + (f"{DIGITS[fen]}分" if fen else "整")

    def __str__(self) -> str:
        yuan, fen = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{yuan:,}.{fen:02d}"

    def times(self, factor: Fraction | int) -> Money:
        """Multiply exactly, then round half a fen away from zero (四舍五入)."""
        if type(factor) not in (int, Fraction):
            raise TypeError(f"Money.times takes a Fraction or int, not {type(factor).__name__}")
        return rounded(self.fen * Fraction(factor))

    def times_down(self, factor: Fraction | int) -> Money:
        """Multiply exactly and drop the part of a fen, where a family must not pay it."""
        if type(factor) not in (int, Fraction):
            raise TypeError(f"Money.times_down takes a Fraction or int, not {type(factor).__name__}")
        return Money(self.fen * Fraction(factor).numerator // Fraction(factor).denominator)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share out by weight. The shares always add up to the whole.

        Each share is first rounded down; the fen left over go one each to the largest remainders,
        earlier shares first when remainders are equal.
        """
        return [Money(share) for share in _by_largest_remainder(self.fen, _checked(weights))]

    def split_capped(self, weights: Sequence[int], caps: Sequence[Money]) -> list[Money]:
        """Share out by weight, none above its cap; what a full share cannot take flows to the others.

        The shares add up to the whole, or to all caps together if that is less. Weight 0 gets nothing.
        """
        if self.fen < 0 or any(cap.fen < 0 for cap in caps):
            raise ValueError("only amounts and caps of zero or more can be shared out")
        open_caps = [cap.fen if weight else 0 for weight, cap in zip(_checked(weights), caps, strict=True)]
        if sum(open_caps) <= self.fen:
            return [Money(cap) for cap in open_caps]
        return [Money(share) for share in _fill(self.fen, weights, open_caps)]


def _capitals(number: int) -> str:
    """`壹万零伍`, up to the hundred millions."""
    said, skipped = "", False
    for place, digit in reversed(list(enumerate(map(int, reversed(str(number)))))):
        if digit:
            said += ("零" if skipped else "") + DIGITS[digit] + TENS[place % 4]
        skipped = not digit and said != ""
        if place % 4 == 0 and number // 10**place % 10_000:
            said += GROUPS[place // 4]
    return said or DIGITS[0]


def _fill(left: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    shares = [0] * len(weights)
    filling = [i for i, weight in enumerate(weights) if weight]
    while True:
        weight_left = sum(weights[i] for i in filling)
        full = {i for i in filling if left * weights[i] >= caps[i] * weight_left}
        if not full:
            break
        for i in full:
            shares[i] = caps[i]
        left -= sum(caps[i] for i in full)
        filling = [i for i in filling if i not in full]
    # Every exact share is now below its whole-fen cap, so one more fen cannot exceed it.
    for i, share in zip(filling, _by_largest_remainder(left, [weights[i] for i in filling]), strict=True):
        shares[i] = share
    return shares


def _by_largest_remainder(fen: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    shares = [fen * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(fen * weights[i] % whole))
    for i in by_remainder[: fen - sum(shares)]:
        shares[i] += 1
    return shares


def _checked(weights: Sequence[int]) -> Sequence[int]:
    if any(type(weight) is not int or weight < 0 for weight in weights):
        raise ValueError("weights are whole numbers of zero or more")
    if not any(weights):
        raise ValueError("at least one weight must be above zero")
    return weights


ZERO = Money(0)
PLACES = {"fen": 1, "jiao": 10, "yuan": 100}


def rounded(exact: Fraction | int, to: str = "fen", how: str = "half_up") -> Money:
    """So many fen, made whole: to the fen, jiao or yuan; half away from zero (四舍五入), or always down or up."""
    place = PLACES[to]
    per = exact.denominator * place
    whole, rest = divmod(abs(exact.numerator), per)
    up = {"half_up": rest * 2 >= per, "up": rest > 0, "down": False}[how]
    fen = (whole + up) * place
    return Money(fen if exact >= 0 else -fen)


def total(moneys: Iterable[Money]) -> Money:
    return Money(sum(money.fen for money in moneys))
