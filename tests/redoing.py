"""Whoever doubts a sum types it into a calculator; so do the tests."""

import re
from fractions import Fraction
from operator import add, mul, sub, truediv

SUM = re.compile(r'<b class="sum d-block">([^<]+=[^<]+)</b>')
TERM = re.compile(r"([+−×÷])?\s*([\d.,]+)(%)?")
KEYS = {"+": add, "−": sub, "×": mul, "÷": truediv, "": lambda before, number: number}


def sums_on(page: str) -> list[str]:
    """Every sum that a page shows."""
    return [found.removesuffix("\u00a0元") for found in SUM.findall(page)]


def is_right(said: str) -> bool:
    """Key by key, and right to the fen: what is shared out may be rounded down."""
    left, result = (side.replace(",", "") for side in said.split(" = "))
    worth = Fraction(0)
    for key, digits, percent in TERM.findall(left):
        worth = KEYS[key](worth, Fraction(digits) / (100 if percent else 1))
    return abs(worth - Fraction(result)) < Fraction(1, 100)
