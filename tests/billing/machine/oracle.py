"""The same school in plain whole numbers, written without looking at the product: what it must come to."""

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

    @property
    def rest(self) -> int:
        return 0 if self.of_meals else self.fen - self.back - sum(self.used.values())


@dataclass
class Model:
    charges: dict[tuple[int, date], Charge] = field(default_factory=dict)  # by child and month
    receipts: list[Receipt] = field(default_factory=list)
    bank: dict[date, int] = field(default_factory=dict)  # by the month of the voucher
    costs: dict[date, list[tuple[int | None, int]]] = field(default_factory=dict)  # by month: grade, fen
    # By child, month, cause, and round (of a receipt: with its key): due, state, sent, paid.
    refunds: dict[tuple[int, date, str, str], list] = field(default_factory=dict)
    borne: dict[date, int] = field(default_factory=dict)

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

    def returns(self, month: date, waived: dict, closed: set, away: dict) -> tuple[dict, int]:
        """What the month gives back (again), by child and cause, and what the school bears: R1, then R2 by grade."""
        mine = self.of_month(month)
        found = {
            (child, cause): fen
            for child, charge in mine.items()
            for cause, fen in charge.not_served(waived.get(child, 0), closed, away.get(child, set()))
        }
        grades = sorted({charge.grade for charge in mine.values()} | {grade for grade, _ in self.costs[month] if grade})
        shared = sum(fen for grade, fen in self.costs[month] if not grade)
        heads = [[charge for charge in mine.values() if charge.grade == grade] for grade in grades]
        paying = [sum(charge.net > 0 for charge in some) for some in heads]
        parts = share(shared, paying if any(paying) else [len(some) or not any(heads) for some in heads])
        short = 0 if grades else shared
        for grade, part in zip(grades, parts, strict=True):
            cost = part + sum(fen for of, fen in self.costs[month] if of == grade)
            kids = [child for child, charge in mine.items() if charge.grade == grade]
            had = [mine[child].given.get("surplus", 0) for child in kids]
            r1 = [sum(fen for (whose, _), fen in found.items() if whose == child) for child in kids]
            borne = [mine[child].borne + was - now for child, was, now in zip(kids, had, r1, strict=True)]
            left = sum(borne) - cost - sum(had)
            short += max(0, -left)
            if left > 0:
                caps = [max(0, one - was) for one, was in zip(borne, had, strict=True)]
                shares = share(left, borne, caps)
                found |= {(child, "surplus"): fen for child, fen in zip(kids, shares, strict=True) if fen}
        return found, short
