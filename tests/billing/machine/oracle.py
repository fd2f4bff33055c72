"""The same school in plain whole numbers, written without looking at the product: what it must come to."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from .world import PRICE


def half_up(number: int, by: int) -> int:
    return (2 * number + by) // (2 * by)


def share(whole: int, weights: list[int], caps: list[int] | None = None) -> list[int]:
    """Largest remainder, the earlier one first; whoever is full leaves the rest to the others."""
    caps = caps or [whole] * len(weights)
    if sum(cap for cap, weight in zip(caps, weights, strict=True) if weight) <= whole:
        return [cap if weight else 0 for cap, weight in zip(caps, weights, strict=True)]
    full: set[int] = set()
    while True:
        left, of = whole - sum(caps[at] for at in full), sum(w for at, w in enumerate(weights) if at not in full)
        fresh = {at for at, w in enumerate(weights) if w and at not in full and left * w >= caps[at] * of}
        if not fresh:
            break
        full |= fresh
    parts = [caps[at] if at in full else left * weight // of for at, weight in enumerate(weights)]
    order = sorted(set(range(len(weights))) - full, key=lambda at: (-(left * weights[at] % of), at))
    for at in order[: whole - sum(parts)]:
        parts[at] += 1
    return parts


@dataclass(eq=False)
class Charge:
    grade: int
    days: list[date]
    of: int  # days in the whole month
    waived: int  # percent
    paid: int = 0
    remitted: int = 0
    refunded: int = 0
    given: dict[str, int] = field(default_factory=dict)  # refunded or remitted, by cause
    last: date = date.max  # what is after it went back with the withdrawal

    def __post_init__(self) -> None:
        self.gross = half_up(PRICE * len(self.days), self.of)
        self.net = self.gross * (100 - self.waived) // 100

    @property
    def owed(self) -> int:
        return self.net - self.remitted - self.paid

    def give(self, cause: str, fen: int) -> int:
        """First what is not paid yet; returns what has to be refunded."""
        remitted = min(fen, self.owed)
        self.remitted += remitted
        self.refunded += fen - remitted
        self.given[cause] = self.given.get(cause, 0) + fen
        return fen - remitted

    def withdraw(self, last: date) -> int:
        self.last = last
        gone = sum(day > last for day in self.days)
        return self.give("withdrawal", half_up(self.net * gone, len(self.days)))

    def not_served(self, waived: int, closed: set[date], away: set[date]) -> list[tuple[str, int]]:
        """R1, in the order in which the product must say it: a waiver granted late, days closed, days away."""
        net, left, told = self.net, self.net - self.given.get("withdrawal", 0), []
        if (now := self.gross * (100 - waived) // 100) < net and left:
            kept = left * now // net
            told, net, left = [("waiver", left - kept)], now, kept
        for cause, days in (("cancelled", closed), ("absence", away - closed)):
            each = PRICE * (100 - max(waived, self.waived)) * sum(day in days and day <= self.last for day in self.days)
            back = min(half_up(each, 100 * self.of), left)
            left -= back
            told.append((cause, back))
        return self._above_what_was_given([one for one in told if one[1]])

    def _above_what_was_given(self, anew: list[tuple[str, int]]) -> list[tuple[str, int]]:
        before = sum(fen for cause, fen in self.given.items() if cause != "surplus")
        room = min(self.given.get("withdrawal", 0) + sum(fen for _, fen in anew) - before, self.borne)
        found = []
        for cause, fen in anew:
            more = max(0, min(fen - self.given.get(cause, 0), room))
            room -= more
            found.append((cause, more))
        return [one for one in found if one[1]]

    @property
    def borne(self) -> int:
        return self.net - self.remitted - self.refunded


@dataclass(eq=False)  # two may say the same
class Receipt:
    child: int
    fen: int
    month: date  # in which it is booked
    used: dict[date, int] = field(default_factory=dict)  # by the month it pays
    back: int = 0  # of what was paid in advance
    of_meals: bool = False  # pays no fee, and is no advance of one
    given: dict[date, int] = field(default_factory=dict)  # what of `used` went back, by the month it paid
    again: int = 0  # of what went back: set off, so that it pays once more
    by_wechat: bool = False

    @property
    def rest(self) -> int:
        return 0 if self.of_meals else self.fen + self.again - self.back - sum(self.used.values())


@dataclass(eq=False)
class Back:
    """What goes back to a family."""

    due: int
    of: date | None  # the month of its charge; none, where it was paid in advance
    state: str = "payable"
    sent: int = 0
    paid: int = 0
    parts: list[tuple[Receipt, int]] = field(default_factory=list)  # whose it is, once that was decided


@dataclass
class Model:
    charges: dict[tuple[int, date], Charge] = field(default_factory=dict)  # by child and month
    receipts: list[Receipt] = field(default_factory=list)
    bank: dict[date, int] = field(default_factory=dict)  # by the month of the voucher
    costs: dict[date, list[tuple[int | None, int]]] = field(default_factory=dict)  # by month: grade, fen
    # By child, month, cause, and round (of a receipt: with its key; of another month's charge: with that).
    refunds: dict[tuple[int, date, str, str], Back] = field(default_factory=dict)
    gave: Counter = field(default_factory=Counter)  # by the month that settled it: refunded or remitted
    borne: dict[date, int] = field(default_factory=dict)
    transit: Counter = field(default_factory=Counter)  # what WeChat has, by the month of the voucher
    carried: Counter = field(default_factory=Counter)  # what it took from families
    kept: Counter = field(default_factory=Counter)  # its own fee
    fees: Counter = field(default_factory=Counter)  # the same by the month of the account

    def move(self, month: date, fen: int) -> None:
        self.bank[month] = self.bank.get(month, 0) + fen

    def of_month(self, month: date) -> dict[int, Charge]:
        return {child: charge for (child, of), charge in sorted(self.charges.items()) if of == month}

    def use(self, child: int) -> None:
        """The oldest due first; what is over stays paid in advance."""
        for receipt in self.receipts:
            for (whose, month), charge in sorted(self.charges.items(), key=lambda one: one[0][1]):
                if whose == child == receipt.child and (part := min(charge.owed, receipt.rest)) > 0:
                    charge.paid += part
                    receipt.used[month] = receipt.used.get(month, 0) + part

    def void(self, receipt: Receipt) -> None:
        for month, part in receipt.used.items():
            self.charges[receipt.child, month].paid -= part
        self.receipts.remove(receipt)
        self.move(receipt.month, -receipt.fen)
        self.use(receipt.child)

    def divide(self, child: int, back: Back) -> None:
        """Whose it is: who paid last has it first. Decided once."""
        left = 0 if back.parts else back.due
        for receipt in reversed(self.receipts):
            had = receipt.given.get(back.of, 0)
            if receipt.child == child and (part := min(left, receipt.used.get(back.of, 0) - had)):
                receipt.given[back.of] = had + part
                back.parts.append((receipt, part))
                left -= part
        assert not left, "more goes back than was paid"

    def not_served(self, months: list[date], waived: dict, closed: set, away: dict) -> dict:
        """R1: what these months give back (again), by child, month and cause."""
        mine = sorted(((key, one) for key, one in self.charges.items() if key[1] in months), key=lambda one: one[0][0])
        return {
            (child, month, cause): fen
            for (child, month), charge in mine
            for cause, fen in charge.not_served(waived.get(child, 0), closed, away.get(child, set()))
        }

    def returns(self, months: list[date], waived: dict, closed: set, away: dict) -> tuple[dict, int]:
        """What these months give back together, and what the school bears: R1, then R2 by grade."""
        found = self.not_served(months, waived, closed, away)
        mine = {key: one for key, one in self.charges.items() if key[1] in months}
        costs = [one for month in months for one in self.costs[month]]
        grades = sorted({charge.grade for charge in mine.values()} | {grade for grade, _ in costs if grade})
        shared = sum(fen for grade, fen in costs if not grade)
        heads = [{child for (child, _), one in mine.items() if one.grade == grade} for grade in grades]
        paying = [len({who for (who, _), one in mine.items() if one.grade == grade and one.net}) for grade in grades]
        parts = share(shared, paying if any(paying) else [len(some) or not any(heads) for some in heads])
        short = 0 if grades else shared
        for grade, part in zip(grades, parts, strict=True):
            cost = part + sum(fen for of, fen in costs if of == grade)
            more, less = self._surplus(grade, mine, found, cost)
            found |= more
            short += less
        return found, short

    def _surplus(self, grade: int, mine: dict, found: dict, cost: int) -> tuple[dict, int]:
        keys = sorted((key for key, charge in mine.items() if charge.grade == grade), key=lambda key: key[0])
        had = [mine[key].given.get("surplus", 0) for key in keys]
        r1 = [sum(fen for (*whose, _), fen in found.items() if (*whose,) == key) for key in keys]
        borne = [mine[key].borne + was - now for key, was, now in zip(keys, had, r1, strict=True)]
        left = sum(borne) - cost - sum(had)
        if left <= 0:
            return {}, -left
        caps = [max(0, one - was) for one, was in zip(borne, had, strict=True)]
        shares = share(left, borne, caps)
        return {(*key, "surplus"): fen for key, fen in zip(keys, shares, strict=True) if fen}, 0
