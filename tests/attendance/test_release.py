"""C2, C3, C11: the decision at the gate as values alone. Every set of grants is tried, not drawn."""

from datetime import date, timedelta
from itertools import chain, combinations, product

import pytest

from attendance.release import CALL_OFFICE, Asked, Child, May, may_release
from enrollment.release import Adult, Grant, Restriction

DAY = date(2026, 10, 15)
MOTHER, FATHER = Adult("林晓", person_id=1), Adult("陈志强", person_id=2)
GRANDMA, UNCLE, AUNT = Adult("王秀兰", pickup_id=5), Adult("陈志远", pickup_id=6), Adult("林月", pickup_id=7)
GRANTS = [Grant(MOTHER), Grant(FATHER), Grant(GRANDMA, MOTHER), Grant(UNCLE, FATHER), Grant(AUNT, MOTHER)]
# As the office wrote it down: by account, by name alone, in other spellings, since long or for today.
BARS_FATHER = [
    Restriction(FATHER, DAY), Restriction(Adult("陈志强"), DAY - timedelta(days=400)),
    Restriction(Adult("陈 志强"), DAY, DAY), Restriction(Adult("陈志强·"), DAY - timedelta(days=1)),
]  # fmt: skip
OVER = (
    Restriction(FATHER, DAY - timedelta(days=9), DAY - timedelta(days=1)),
    Restriction(FATHER, DAY + timedelta(days=1)),
)
# How he may come: himself, under his mere name, the one he named, holders of his codes, somebody he vouches for.
HIS = [
    Grant(FATHER),
    Grant(Adult("陈志强")),
    Grant(FATHER, MOTHER),
    Grant(UNCLE, FATHER),
    Grant(Adult("周师傅"), FATHER),
]
AGES = [timedelta(0), timedelta(minutes=15), timedelta(minutes=16), timedelta(hours=4)]
HOWS = ["known", "code", "once", "call_back"]


def subsets(things):
    return list(chain.from_iterable(combinations(things, count) for count in range(len(things) + 1)))


def test_no_grant_opens_to_whom_a_restriction_bars():
    """C2: 138,240 cases, whatever else is granted, agreed, proven, called or confirmed."""
    tried = 0
    for grants, bars in product(subsets(GRANTS), subsets(BARS_FATHER)[1:]):
        for agreed, called in product(["collected", "self", "bus"], [False, True]):
            child = Child(grants, (*bars, *OVER), disputed=called, all_called=called, agreed=agreed, may_walk=True)
            for grant, how, leader in product(HIS, HOWS, [False, True]):
                asked = Asked("collected", grant, how, proven=True, leader=leader)
                assert may_release(child, asked, DAY).may is May.NO
                tried += 1
            for mode, age in product(["self", "bus"], AGES):
                assert may_release(child, Asked(mode, leader=True, list_age=age), DAY).may is May.NO
                tried += 1
    assert tried == 138_240


def test_what_a_restriction_leaves_open_waits_for_the_office_when_the_list_is_old():
    """C3: over all ages of a list and ways to be known; nobody is released on an old one."""
    for grants, restriction, how, age in product(subsets(GRANTS), BARS_FATHER, HOWS, AGES):
        child = Child(grants, (restriction,))
        answer = may_release(child, Asked("collected", Grant(MOTHER), how, proven=True, list_age=age), DAY)
        known = how in ("once", "call_back") or Grant(MOTHER) in grants
        wanted = May.NO if not known else May.HOLD if age > timedelta(minutes=15) else May.RELEASE
        assert answer.may is wanted


def test_a_restriction_of_other_days_bars_nobody():
    answer = may_release(Child(GRANTS, OVER), Asked("collected", Grant(FATHER)), DAY)
    assert answer.may is May.RELEASE


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("proven", [False, True])
def test_an_adult_nobody_named_needs_a_code_or_a_second_persons_call(how, proven):
    """C1"""
    stranger = Grant(Adult("周师傅"), MOTHER)
    answer = may_release(Child(GRANTS), Asked("collected", stranger, how, proven=proven), DAY)
    assert answer.may is (May.RELEASE if proven and how in ("once", "call_back") else May.NO)
    assert answer.because == ("" if answer.may is May.RELEASE else CALL_OFFICE)


def test_a_namesake_of_a_known_adult_is_a_stranger():
    answer = may_release(Child(GRANTS), Asked("collected", Grant(Adult(MOTHER.name))), DAY)
    assert answer.may is May.NO


@pytest.mark.parametrize(("leader", "called"), list(product([False, True], repeat=2)))
def test_a_dispute_holds_until_the_leader_is_there_and_both_were_called(leader, called):
    """C5"""
    for grant in (Grant(MOTHER), Grant(FATHER)):
        child = Child(GRANTS, disputed=True, all_called=called)
        answer = may_release(child, Asked("collected", grant, leader=leader), DAY)
        assert answer.may is (May.RELEASE if leader and called else May.HOLD)


@pytest.mark.parametrize(
    ("agreed", "mode", "may_walk"), list(product(["collected", "self", "bus"], ["self", "bus"], [False, True]))
)
def test_a_child_leaves_alone_only_as_agreed_and_from_its_grade(agreed, mode, may_walk):
    """C11"""
    answer = may_release(Child(agreed=agreed, may_walk=may_walk), Asked(mode), DAY)
    assert (answer.may is May.RELEASE) is (agreed == mode and (mode == "bus" or may_walk))


@pytest.mark.parametrize(("pace", "leader"), list(product(range(8), [False, True])))
def test_the_sixth_adult_in_ten_seconds_waits_for_the_leader(pace, leader):
    """C8"""
    answer = may_release(Child(GRANTS), Asked("collected", Grant(MOTHER), pace=pace, leader=leader), DAY)
    assert answer.may is (May.HOLD if pace >= 5 and not leader else May.RELEASE)
