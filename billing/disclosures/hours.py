"""How the stipends of a month were worked out, told without telling what one person earns."""

from collections.abc import Sequence
from fractions import Fraction

from afterschool.money import Money
from afterschool.policy.terms import duration
from staffing.models import StipendLine

from .suppression import FEWEST

MINUTES = {"workday_minutes": "平日", "rest_minutes": "休息日", "holiday_minutes": "法定节假日"}


def how_paid(lines: Sequence[StipendLine]) -> str:
    """Hours or lessons of all, with the rate where one rate explains every line."""
    if len(lines) < FEWEST:
        return f"不足 {FEWEST} 人，不单列工时"
    if lessons := sum(line.lessons for line in lines):
        return _times(f"{lessons} 课时", _rate(lines, [line.lessons for line in lines], 1))
    minutes = {word: sum(getattr(line, field) for line in lines) for field, word in MINUTES.items()}
    served = {word: total for word, total in minutes.items() if total}
    if len(served) != 1:
        return "，".join(f"{word} {duration(total)}" for word, total in served.items())
    field = next(field for field, word in MINUTES.items() if word in served)
    rate = _rate(lines, [getattr(line, field) for line in lines], 60)
    return _times(duration(sum(served.values())), rate)


def _times(amount: str, rate: Money | None) -> str:
    return f"{amount} × {rate}" if rate else amount


def _rate(lines: Sequence[StipendLine], served: Sequence[int], unit: int) -> Money | None:
    """The one rate for a unit served that gives each line its amount to the fen; None where there is none."""
    whole, paid = sum(served), sum(line.amount_fen for line in lines)
    if not whole:
        return None
    rate = Money(paid).times(Fraction(unit, whole))
    fits = all(
        rate.times(Fraction(count, unit)).fen == line.amount_fen for line, count in zip(lines, served, strict=True)
    )
    return rate if fits else None
