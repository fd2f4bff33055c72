"""Money that families paid by WeChat and that WeChat has not settled with the bank, and what it keeps for itself."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from afterschool.money import ZERO, Money, total
from afterschool.schools.models import School
from billing import accounts
from billing.ledger.balances import balances, moved
from billing.ledger.posting import Kind, standing
from billing.models import BankLine

WECHAT = re.compile(r"财付通|微信支付|腾讯")
FEE = re.compile(r"手续费|服务费率|费率")
ONE_IN = 100  # WeChat's dearest rate is one in a hundred: what is kept beyond it is no fee
SETTLED = (Kind.BANK, Kind.DEFICIT)  # where money in transit goes, if not back to a family


@dataclass(frozen=True)
class Settled:
    """The days whose payments a line stands for, what families paid on them, and what WeChat kept of it."""

    first: date
    last: date
    gross: Money
    fee: Money


def in_transit(school: School, on: date) -> Money:
    """What WeChat had on that day and has not settled on any day since: a line that comes late finds no more."""
    days: dict[date, Money] = defaultdict(lambda: ZERO, {on: ZERO})
    for day, _, amount in moved(school, accounts.IN_TRANSIT, date.max):
        days[max(day, on)] += amount
    return min(accumulate(days[day] for day in sorted(days)))


def may_keep(gross: Money, fee: Money) -> bool:
    return fee >= ZERO and fee.fen * ONE_IN <= gross.fen


def fee_room(school: School, on: date) -> Money:
    """How much WeChat may still ask for what it has carried so far, where it takes its fee apart: neither more than that
    day, nor more than now."""
    return max(ZERO, min(_fee_room(school, on), _fee_room(school, date.max)))


def _fee_room(school: School, on: date) -> Money:
    rows = moved(school, accounts.IN_TRANSIT, on)
    carried = total(amount for _, other, amount in rows if other not in SETTLED)
    kept = total(money for ref, money in balances(school, on).items() if accounts.is_wechat_fee(ref))
    return Money(carried.fen // ONE_IN) - kept


def settlements(lines: Sequence[BankLine]) -> dict[int, Settled | None]:
    """The lines by which WeChat may have settled: its name stands there, and it holds as much. Each with the days that it
    fits, those before it taken as settled; None where no whole days come to it."""
    named = [line for line in lines if line.in_fen and WECHAT.search(_said(line))]
    if not named:
        return {}
    rows = moved(named[0].school, accounts.IN_TRANSIT, max(line.on for line in named))
    there = total(amount for _, _, amount in rows)
    done = total(-amount for _, other, amount in rows if other in SETTLED)
    days: dict[date, Money] = defaultdict(lambda: ZERO)
    for day, other, amount in rows:
        days[day] += amount if other not in SETTLED else ZERO
    found: dict[int, Settled | None] = {}
    for line in sorted(named, key=lambda line: (line.on, line.serial)):
        if line.in_fen <= there.fen:
            found[line.pk] = one = _days_of(line, days, done)
            done += one.gross if one else ZERO
    return found


def _days_of(line: BankLine, days: Mapping[date, Money], done: Money) -> Settled | None:
    """The days after those that are settled, as far as they come to the line and not more than a fee above it."""
    so_far = accumulate(days.values())
    since = [(day, paid - done) for day, paid in zip(days, so_far, strict=True) if paid > done and day <= line.on]
    for last, gross in since:
        fee = gross - Money(line.in_fen)
        if may_keep(gross, fee):
            return Settled(since[0][0], last, gross, fee)
    return None


def fees(lines: Iterable[BankLine]) -> set[int]:
    """Outflows that say they are WeChat's fee."""
    return {line.pk for line in lines if line.out_fen and WECHAT.search(_said(line)) and FEE.search(line.memo)}


def key_of(line: BankLine) -> str:
    """Of the voucher for which the line stands."""
    return f"{'wechat-fee' if line.out_fen else 'transit'}:{line.serial}"


def settled_by(lines: Sequence[BankLine]) -> set[int]:
    """Those that stand for WeChat's settlement or its fee."""
    keys = {key_of(line): line.pk for line in lines if line.state == BankLine.State.MATCHED}
    return {keys[key] for key in standing(lines[0].school, keys)} if keys else set()


def _said(line: BankLine) -> str:
    return f"{line.payer} {line.memo}"
