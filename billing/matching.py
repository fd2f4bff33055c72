"""Whose payment is this? Only what names one child beyond doubt is matched; the rest waits for a person, with a hint."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .statement_file import Line

NUMBER = re.compile(r"G\d{17}[\dX]|[GLJ]?\d{17}[\dX]|G\d{17}", re.ASCII)
CLASS = re.compile(r"([一二三四五六七八九]|初[一二三]|高[一二三])(?:年级|年)?\s*[(（]?(\d{1,2})[)）]?\s*班")
NOISE = re.compile(
    r"(?:代收|学生)?(?:[早午晚]餐|餐|伙食)费?|代收|\d{1,2}月份?|[一二三两]个月|课后服务费?|服务费|缴费|交费|学费|转账|代缴|[\s,，。:：、()（）_-]+"
)
GRADES = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
GRADES |= {f"初{n}": grade for n, grade in zip("一二三", (7, 8, 9), strict=True)}
GRADES |= {f"高{n}": grade for n, grade in zip("一二三", (10, 11, 12), strict=True)}
INTEREST = re.compile(r"利息|结息")
RETURNED = re.compile(r"退汇|退票|退回|退款|返还|冲回|冲正|不符|失败")
MEALS, SERVICE = re.compile(r"餐|伙食"), re.compile(r"课后|服务费|托管")


def is_for_meals(memo: str) -> bool | None:
    """What the payer meant it for. None: both are named, and nobody but a person can tell."""
    meals, service = bool(MEALS.search(memo)), bool(SERVICE.search(memo))
    return None if meals and service else meals


@dataclass(frozen=True)
class Child:
    """What of a child may stand in a payment."""

    pk: int
    number: str
    name: str
    grade: int
    class_number: int
    guardians: frozenset[str]


class Guess(NamedTuple):
    """`child`: beyond doubt. Otherwise `maybe` is the one to look at first, and `hint` says why it is left open."""

    child: Child | None = None
    hint: str = ""
    maybe: Child | None = None


class School:
    """The children of a school, by what a payer may write of them."""

    def __init__(self, children: Iterable[Child]):
        self.by_pk: dict[int, Child] = {}
        self.by_number: dict[str, Child] = {}
        self.by_name: dict[str, list[Child]] = defaultdict(list)
        self.by_guardian: dict[str, list[Child]] = defaultdict(list)
        for child in children:
            self.by_pk[child.pk] = self.by_number[child.number] = child
            self.by_name[child.name].append(child)
            for name in child.guardians:
                self.by_guardian[name].append(child)

    def guess(self, line: Line) -> Guess:
        named = self.named(line.memo)
        if number := NUMBER.search(line.memo):
            return self._by_number(number[0], named)
        if named:
            return self._by_name(line.memo, named)
        return Guess(hint="摘要里没有写学生")

    def by_payer(self, payer: str, settled: set[int]) -> Guess:
        """Nobody is named: perhaps the payer is the guardian of one child whose payment is still missing."""
        wards = self.by_guardian.get(payer, [])
        waiting = [child for child in wards if child.pk not in settled]
        if not wards:
            return Guess(hint="摘要里没有写学生，付款人也不是本校学生的监护人")
        if len(waiting) == 1:
            only = "" if len(wards) == 1 else f"（同名监护人有 {len(wards)} 位，其他孩子本次已到账）"
            return Guess(
                hint=f"摘要里没有写学生；付款人与 {waiting[0].name} 的监护人同名{only}，请核对", maybe=waiting[0]
            )
        names = "、".join(child.name for child in waiting or wards)
        return Guess(hint=f"摘要里没有写学生；付款人与 {names} 的监护人同名，请核对"[:200])

    def named(self, memo: str) -> list[Child]:
        """Children whose whole name stands in the memo."""
        return [child for word in self.words(memo) for child in self.by_name.get(word, [])]

    @staticmethod
    def words(memo: str) -> list[str]:
        """What is left of a memo once numbers, classes and set phrases are taken out."""
        rest = CLASS.sub(" ", NUMBER.sub(" ", memo))
        return NOISE.sub(" ", rest).split()

    def _by_number(self, number: str, named: list[Child]) -> Guess:
        child = self.by_number.get(number)
        if child is None:
            return Guess(hint=f"本校没有学籍号 {number}", maybe=named[0] if len(named) == 1 else None)
        if named and child not in named:
            return Guess(hint=f"学籍号是 {child.name} 的，姓名写的是 {named[0].name}，请核对", maybe=child)
        return Guess(child)

    def _by_name(self, memo: str, named: list[Child]) -> Guess:
        words = CLASS.search(memo)
        if words:
            place = GRADES[words[1]], int(words[2])
            here = [child for child in named if (child.grade, child.class_number) == place]
            if len(here) == 1:
                return Guess(here[0])
            why = "有同名的学生" if here else f"没有叫 {named[0].name} 的学生"
            return Guess(hint=f"{words[0]}{why}，请核对", maybe=named[0] if len(named) == 1 else None)
        if len(named) == 1:
            return Guess(named[0])
        return Guess(hint=f"学校里叫 {named[0].name} 的有 {len(named)} 人，请核对")
