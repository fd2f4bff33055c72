"""May this child leave like this, now? Decided from values alone: no tables, no clock.

A restriction denies over everything: a guardian's own account, everyone that adult has named, codes, calls, leaving alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from enrollment.release import Grant, Restriction

LIST_IS_OLD = timedelta(minutes=15)  # C3
MOST_AT_ONCE = 5  # C8: nobody looks at six children and six adults in ten seconds
CALL_OFFICE = "不要放行，联系办公室"


class May(Enum):
    RELEASE = "release"
    HOLD = "hold"  # a leader has to confirm it
    NO = "no"


class Answer(NamedTuple):
    may: May
    because: str = ""


class Child(NamedTuple):
    """What is known of a child today."""

    grants: Sequence[Grant] = ()  # who may collect
    restrictions: Sequence[Restriction] = ()
    disputed: bool = False
    all_called: bool = False  # every guardian who may be told was called about the dispute
    agreed: str = "collected"  # how the guardians signed that the child leaves, or said for today
    may_walk: bool = False  # by the law's line and the school's


class Asked(NamedTuple):
    """How the child is to leave, and how far the adult is known."""

    mode: str
    grant: Grant | None = None
    how: str = "known"  # "known" | "code" | "once" | "call_back"
    proven: bool = False  # the code is good; the second person's call was answered with yes
    leader: bool = False  # the leader on duty stands there
    list_age: timedelta = timedelta(0)
    pace: int = 0  # other adults served by the same device in the ten seconds before


def may_release(child: Child, asked: Asked, day: date) -> Answer:
    holding = [restriction for restriction in child.restrictions if restriction.holds(day)]
    answer = _alone(child, asked, holding) if asked.mode != "collected" else _collected(child, asked, holding)
    if answer.may is not May.RELEASE:
        return answer
    if child.disputed and not (asked.leader and child.all_called):
        return Answer(May.HOLD, "须带班领导在场，并已电话告知监护人")
    if holding and asked.list_age > LIST_IS_OLD:
        return Answer(May.HOLD, "名单已超过 15 分钟，须先联系办公室")
    if asked.pace >= MOST_AT_ONCE and not asked.leader:
        return Answer(May.HOLD, "10 秒里交接了 5 个以上的孩子，请带班领导核对")
    return answer


def _alone(child: Child, asked: Asked, holding: Sequence[Restriction]) -> Answer:
    if holding:
        return Answer(May.NO, CALL_OFFICE)
    if asked.mode != child.agreed:
        return Answer(May.NO, "协议里没有约定这样离校，要有大人来接")
    if asked.mode == "self" and not child.may_walk:
        return Answer(May.NO, "这个年级的孩子要由大人接走，不能自行离校")
    return Answer(May.RELEASE)


def _collected(child: Child, asked: Asked, holding: Sequence[Restriction]) -> Answer:
    grant = asked.grant
    if grant is None or any(restriction.bars(grant) for restriction in holding):
        return Answer(May.NO, CALL_OFFICE)
    if asked.how == "known":
        known = any(_is(grant, one) for one in child.grants)
    else:
        known = asked.proven and (asked.how != "code" or any(_is(grant, one) for one in child.grants))
    return Answer(May.RELEASE) if known else Answer(May.NO, CALL_OFFICE)


def _is(one: Grant, other: Grant) -> bool:
    """The very adult, and not somebody of the same name."""
    if one.adult.person_id is None and one.adult.pickup_id is None:
        return False
    return (one.adult.person_id, one.adult.pickup_id) == (other.adult.person_id, other.adult.pickup_id)
