"""Who may take the child: whatever the grants, a restriction wins."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.release import Adult, Grant, Restriction, may_release, plain_name, same

DAY = date(2026, 10, 15)
NAMES = ["陈志强", "陈 志强", "李敏", "古丽米热·艾力", "古丽米热•艾力", "Wang Lan", "ｗａｎｇ ｌａｎ"]
ids = st.none() | st.integers(1, 4)
adults = st.builds(Adult, st.sampled_from(NAMES), ids, ids)
grants = st.lists(st.builds(Grant, adults, st.none() | adults), max_size=6)
days = st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n))
restrictions = st.lists(st.builds(Restriction, adults, days, st.none() | days), max_size=4)


@settings(max_examples=2000, deadline=None)
@given(grants, restrictions)
def test_no_set_of_grants_gets_past_a_restriction_that_holds(grants, restrictions):
    good = may_release(grants, restrictions, DAY)
    for restriction in restrictions:
        if restriction.began_on <= DAY and (restriction.ended_on is None or restriction.ended_on >= DAY):
            for grant in good:
                for adult in (grant.adult, grant.named_by or grant.adult):
                    assert plain_name(adult.name) != plain_name(restriction.adult.name)
                    assert adult.person_id is None or adult.person_id != restriction.adult.person_id
                    assert adult.pickup_id is None or adult.pickup_id != restriction.adult.pickup_id


@settings(max_examples=500, deadline=None)
@given(grants, grants, restrictions)
def test_a_further_grant_changes_nothing_for_the_others(grants, more, restrictions):
    assert may_release(grants + more, restrictions, DAY) == (
        may_release(grants, restrictions, DAY) + may_release(more, restrictions, DAY)
    )


@settings(max_examples=500, deadline=None)
@given(grants, restrictions, restrictions)
def test_a_further_restriction_never_opens_a_gate(grants, some, more):
    assert set(may_release(grants, some + more, DAY)) <= set(may_release(grants, some, DAY))


@given(grants)
def test_without_a_restriction_every_grant_is_good(grants):
    assert may_release(grants, [], DAY) == grants


def test_it_holds_on_its_first_and_last_day_and_not_outside():
    father = Adult("陈志强", person_id=1)
    one_day = Restriction(father, DAY, DAY)
    grant = Grant(father)

    assert may_release([grant], [one_day], DAY) == []
    assert may_release([grant], [one_day], DAY - timedelta(days=1)) == [grant]
    assert may_release([grant], [one_day], DAY + timedelta(days=1)) == [grant]
    assert may_release([grant], [replace(one_day, ended_on=None)], DAY + timedelta(days=900)) == []


def test_whom_the_restricted_father_named_is_barred_with_him():
    father = Adult("陈志强", person_id=1)
    friend = Grant(Adult("赵勇", pickup_id=7), named_by=father)
    grandma = Grant(Adult("王秀兰", pickup_id=8), named_by=Adult("李敏", person_id=2))

    assert may_release([friend, grandma], [Restriction(father, DAY)], DAY) == [grandma]


def test_another_spelling_or_another_phone_is_the_same_adult():
    assert same(Adult("古丽米热·艾力"), Adult(" 古丽米热 • 艾力"))
    assert same(Adult("陈志强", person_id=1), Adult("陈自强", person_id=1))
    assert not same(Adult("陈志强"), Adult("李敏"))
