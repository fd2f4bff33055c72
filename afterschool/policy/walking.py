"""自行离校: from which grade on a child may leave without an adult. National law, and the school where it is stricter."""

from __future__ import annotations

from afterschool.policy.verdict import Verdict

# 《中小学幼儿园安全管理办法》第三十一条: children of the low grades are handed over. It draws no line between grades;
# this house draws it after the third.
LAST_LOW_GRADE = 3


def may_walk_home(grade: int, school_from: int | None = None) -> Verdict[bool]:
    """A school may draw its own line later, never earlier."""
    if grade <= LAST_LOW_GRADE:
        return Verdict(False, "三年级及以下的孩子要由大人接走，不能自行离校（《中小学幼儿园安全管理办法》第三十一条）")
    if school_from is not None and grade < school_from:
        return Verdict(False, "按学校规定，这个年级的孩子要由大人接走，不能自行离校")
    return Verdict(True, "四年级及以上可以约定自行离校")
