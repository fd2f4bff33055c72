"""How the stipends of a month were worked out, told without telling what one person earns."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from afterschool.money import Money
from afterschool.policy.payslip import number
from afterschool.policy.terms import UNITS, duration
from staffing.models import StipendLine

from .suppression import FEWEST

MINUTES = {"workday_minutes": "平日", "rest_minutes": "休息日", "holiday_minutes": "法定节假日"}


def how_paid(lines: Sequence[StipendLine]) -> str:
    """Hours, lessons or whatever is paid, of all together, with the rate where one rate explains every line."""
    if len(lines) < FEWEST:
        return f"不足 {FEWEST} 人，不单列工时"
    counted: Counter[str] = Counter()
    for line in lines:
        counted.update({unit: Fraction(much) for unit, much in line.counted.items()})
    if set(counted) <= {"hour"}:
        return _by_hour(lines)
    told = [
        duration(int(much)) if unit == "hour" else f"{number(much)} {UNITS[unit]}" for unit, much in counted.items()
    ]
    if len(told) != 1:
        return "，".join(told)
    (unit,) = counted
    return _times(told[0], _rate(lines, [Fraction(line.counted.get(unit, 0)) for line in lines]))


def _by_hour(lines: Sequence[StipendLine]) -> str:
    minutes = {word: sum(getattr(line, field) for line in lines) for field, word in MINUTES.items()}
    served = {word: total for word, total in minutes.items() if total}
    if len(served) != 1:
        return "，".join(f"{word} {duration(total)}" for word, total in served.items())
    field = next(field for field, word in MINUTES.items() if word in served)
    return _times(duration(sum(served.values())), _rate(lines, [Fraction(getattr(line, field), 60) for line in lines]))


def _times(amount: str, rate: Money | None) -> str:
    return f"{amount} × {rate}" if rate else amount


def _rate(lines: Sequence[StipendLine], served: Sequence[Fraction]) -> Money | None:
    """The one rate for a unit served that gives each line its amount to the fen; None where there is none."""
    whole, paid = sum(served), sum(line.amount_fen for line in lines)
    if not whole:
        return None
    rate = Money(paid).times(1 / whole)
    fits = all(rate.times(count).fen == line.amount_fen for line, count in zip(lines, served, strict=True))
    return rate if fits else None
