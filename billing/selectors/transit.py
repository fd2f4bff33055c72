"""Money that families paid by WeChat and that WeChat has not settled with the bank."""

import re
from collections.abc import Sequence
from datetime import date

from afterschool.money import Money
from afterschool.schools.models import School
from billing import accounts
from billing.ledger.balances import balance
from billing.models import BankLine

WECHAT = re.compile(r"财付通|微信支付|腾讯")


def in_transit(school: School, on: date) -> Money:
    return balance(school, accounts.IN_TRANSIT, on)


def settlements(lines: Sequence[BankLine]) -> set[int]:
    """The lines by which WeChat may have settled: its name stands there, and it holds as much."""
    named = [line for line in lines if line.in_fen and WECHAT.search(f"{line.payer} {line.memo}")]
    if not named:
        return set()
    there = in_transit(named[0].school, max(line.on for line in named))
    return {line.pk for line in named if line.in_fen <= there.fen}
