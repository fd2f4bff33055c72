"""代收餐费 in the book: what families have in store, what they owe, and what is not passed on to the suppliers yet."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from afterschool.money import ZERO, Money, total

from .posting import AccountRef, Kind
from .saying import STUDENT


class Place(NamedTuple):
    word: str
    note: str
    amount: Money
    whose: str = ""


def places_of(stood: Mapping[AccountRef, Money]) -> Iterable[Place]:
    """Apart from the fee, and apart from each other: no family's money pays another's meal."""
    own = _families(stood)
    stored, owed = [one for one in own if one > ZERO], [one for one in own if one < ZERO]
    months = total(-one for (kind, subject), one in stood.items() if kind == Kind.MEAL and not _of_child(subject))
    yield Place("代收餐费：家长存着的", "交了还没用的餐费", total(stored), f"{len(stored)} 人")
    yield Place("代收餐费：家长还没交", "已经生成、还没到账的餐费", total(owed), f"{len(owed)} 人")
    yield Place("代收餐费：还没付供餐单位", "已经生成的餐费减去付给供餐单位的，月底据实结清", months)


def of_families(stood: Mapping[AccountRef, Money]) -> Money:
    return total(_families(stood))


def _families(stood: Mapping[AccountRef, Money]) -> list[Money]:
    return [-money for (kind, subject), money in stood.items() if kind == Kind.MEAL and _of_child(subject)]


def _of_child(subject: str) -> bool:
    return subject.startswith(STUDENT)
