from datetime import time

import pytest

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import ask_leave, receive_children, take_roll
from attendance.models import Session, Transfer
from attendance.selectors import moves, room_changes
from attendance.selectors.transfers import path
from tests import cast
from tests.attendance.town import THURSDAY, at


def meeting(pk, starts, ends):
    return Session(pk=pk, starts_at=time(*starts), ends_at=time(*ends))


def steps(*sessions):
    return [(f"{at:%H:%M}", origin and origin.pk, session.pk) for at, origin, session in path(sessions)]


def test_a_child_goes_to_the_class_that_begins_last_and_back_when_it_ends():
    homework, club, early = (
        meeting(1, (15, 40), (17, 30)),
        meeting(2, (16, 30), (17, 30)),
        meeting(3, (16, 0), (16, 40)),
    )
    assert steps(homework) == [("15:40", None, 1)]
    assert steps(homework, club) == [("15:40", None, 1), ("16:30", 1, 2)]
    assert steps(homework, early) == [("15:40", None, 1), ("16:00", 1, 3), ("16:40", 3, 1)]
    assert steps(early, meeting(4, (16, 45), (17, 30))) == [("16:00", None, 3), ("16:45", 3, 4)], "a gap is no lesson"


@pytest.fixture
def balls(town):
    """All but the last child go on to basketball; 孙教练 has it."""
    town.add_child("学生04")
    session = town.club(*town.children[:3])
    town.coach = cast.make_person("孙教练", Role.TEACHER, town.school)
    town.put_on(town.coach, session.section)
    town.by_coach = cast.act(town.coach, THURSDAY)
    ask_leave(town.children[1], first_on=THURSDAY, last_on=THURSDAY, now=at(9), by=cast.act(town.mothers[1], THURSDAY))
    return session


def to_balls(town):
    [move] = room_changes(moves(town.school, THURSDAY))
    return move


def names(students):
    return [student.name for student in students]


def test_list_says_who_goes_from_whom_to_whom_and_for_whom_nobody_waits(town, balls):
    assert names(to_balls(town).students) == ["学生01", "学生03"], "one has asked for leave"
    take_roll(town.session, exceptions={town.children[2].pk: "absent"}, now=at(15, 46), by=town.by_teacher)

    move = to_balls(town)
    assert (move.at, move.origin_name, move.session, move.givers, move.takers) == (
        time(16, 30), "三(2)班", balls, "王静", "孙教练",
    )  # fmt: skip
    assert (names(move.students), names(move.away)) == (["学生01"], ["学生02", "学生03"])


def test_received_children_are_counted_and_who_is_missing_is_told_to_giver_and_leader(town, balls):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    made = receive_children(
        balls, origin=town.session, missing=[town.children[2].pk], note="水杯没带", now=at(16, 31), by=town.by_coach
    )
    assert (made.given_by, made.received_by, made.expected, made.received, made.note) == (
        town.teacher, town.coach, 2, 1, "没到：学生03；水杯没带",
    )  # fmt: skip
    assert set(Notice.objects.filter(kind="not_received").values_list("to__name", "title")) == {
        ("王静", "三(2)班 去 篮球 的 1 人没到：学生03"),
        ("赵立新", "三(2)班 去 篮球 的 1 人没到：学生03"),
    }
    assert to_balls(town).transfer == made


def test_receiver_may_say_it_again_and_another_person_is_told_who_has_them(town, balls):
    for missing in ([town.children[0].pk], []):
        receive_children(balls, origin=town.session, missing=missing, now=at(16, 31), by=town.by_coach)
    assert Transfer.objects.get().received == 2

    with pytest.raises(RuleBroken, match="孙教练 16:31 已经接收 2 人"):
        receive_children(balls, origin=town.session, now=at(16, 32), by=town.by_leader)


def test_first_way_is_from_lessons_by_the_class_teacher(town, balls):
    klass = cast.make_person("班主任", Role.CLASS_TEACHER, town.section.school_class)
    made = receive_children(town.session, origin=None, now=at(15, 40), by=town.by_teacher)
    assert (made.given_by, made.expected, made.received) == (klass, 3, 3)


@pytest.mark.parametrize("stranger", [True, False])
def test_who_was_not_expected_is_not_missing_and_nobody_comes_from_where_nobody_was(town, balls, stranger):
    wrong = {"origin": town.session, "missing": [town.children[3].pk]} if stranger else {"origin": None}
    with pytest.raises(RuleBroken):
        receive_children(balls, now=at(16, 31), by=town.by_coach, **wrong)
    assert not Transfer.objects.exists()


def test_lists_take_no_more_questions_for_more_children(town, balls, django_assert_num_queries):
    for number in range(5, 15):
        town.add_child(f"学生{number:02}")
    with django_assert_num_queries(11):
        assert len(moves(town.school, THURSDAY)) == 2
