"""Whose payment might this be? Every child that something speaks for, with the reason, for a person to choose."""

from collections.abc import Iterable
from dataclasses import dataclass

from .matching import CLASS, GRADES, NUMBER, Child, School

MOST = 5  # as many as a clerk takes in at one glance


@dataclass(frozen=True)
class Suggestion:
    child: Child
    reason: str


def suggest(school: School, memo: str, payer: str, paid_for: Iterable[int]) -> list[Suggestion]:
    """The likeliest first, each child once. `paid_for`: the children for whom this account has paid before."""
    found: dict[int, Suggestion] = {}
    for child, reason in _reasons(school, memo, payer, paid_for):
        found.setdefault(child.pk, Suggestion(child, reason))
    return list(found.values())[:MOST]


def _reasons(school: School, memo: str, payer: str, paid_for: Iterable[int]) -> Iterable[tuple[Child, str]]:
    yield from _by_number(school, memo)
    yield from _by_name(school, memo)
    for pk in paid_for:
        if pk in school.by_pk:
            yield school.by_pk[pk], "这个账号以前替这个孩子交过"
    for child in school.by_guardian.get(payer, ()):
        yield child, "付款人与监护人同名"
    yield from _nearly_named(school, memo)


def _by_number(school: School, memo: str) -> Iterable[tuple[Child, str]]:
    number = NUMBER.search(memo)
    if number and (child := school.by_number.get(number[0])):
        yield child, "学籍号相同"
    elif number:
        for known, child in school.by_number.items():
            if one_slip(number[0], known):
                yield child, f"学籍号只差一处：{known}"


def _by_name(school: School, memo: str) -> Iterable[tuple[Child, str]]:
    place = _place(memo)
    for child in sorted(school.named(memo), key=lambda child: (child.grade, child.class_number) != place):
        there = (child.grade, child.class_number) == place
        yield child, "班级、姓名相同" if there else "姓名相同，班级不同" if place else "姓名相同"


def _nearly_named(school: School, memo: str) -> Iterable[tuple[Child, str]]:
    """A name of that very class with one character other."""
    place, words = _place(memo), school.words(memo)
    for child in school.by_number.values() if place else ():
        if (child.grade, child.class_number) == place and any(one_slip(word, child.name) for word in words):
            yield child, "班级相同，姓名差一个字"


def _place(memo: str) -> tuple[int, int] | None:
    words = CLASS.search(memo)
    return (GRADES[words[1]], int(words[2])) if words else None


def one_slip(typed: str, meant: str) -> bool:
    """As many signs, and one of them other, or two neighbours changed about."""
    if len(typed) != len(meant) or len(typed) < 2:
        return False
    other = [place for place, (one, two) in enumerate(zip(typed, meant, strict=True)) if one != two]
    if len(other) == 2 and other[1] == other[0] + 1:
        first, second = other
        return (typed[first], typed[second]) == (meant[second], meant[first])
    return len(other) == 1
