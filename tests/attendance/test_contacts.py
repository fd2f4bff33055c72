from functools import partial

import pytest

from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import ask_leave, correct_mark, note_contact, take_roll, unresolved_contacts
from attendance.after_roll import tasks
from attendance.models import ContactAttempt
from attendance.selectors import missing_children, unresolved_absences
from enrollment.models import PickupRestriction
from enrollment.selectors import guardians_to_tell
from tests import cast
from tests.attendance.town import THURSDAY, at


@pytest.fixture
def missing(town):
    """The first child was not there, the third is ill by its mother's word."""
    ask_leave(
        town.children[2], first_on=THURSDAY, last_on=THURSDAY, is_ill=True, now=at(9),
        by=cast.act(town.mothers[2], THURSDAY),
    )  # fmt: skip
    take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    return town


def call(town, result, minute, person=None):
    return note_contact(
        town.session, student=town.children[0], person=person, result=result, now=at(15, minute), by=town.by_teacher
    )


def unresolved(town, minute):
    return [one.student for one in unresolved_absences(town.school, THURSDAY, at(15, minute))]


def test_nobody_reached_in_ten_minutes_is_told_to_the_leader_once(missing):
    """A virtual clock; who asked for leave is not missing."""
    call(missing, "no_answer", 48, missing.mothers[0])
    told = {
        minute: unresolved_contacts(missing.school, day=THURSDAY, now=at(15, minute), by=missing.by_leader)
        for minute in (50, 55, 56, 57, 59)
    }
    assert told == {50: 0, 55: 0, 56: 1, 57: 0, 59: 0}
    notice = Notice.objects.get(kind="absence_unresolved")
    assert (notice.to, notice.title) == (missing.leader, "学生01 缺勤，10 分钟还没有联系上家长，请处理")


@pytest.mark.parametrize("result", ContactAttempt.RESOLVED)
def test_guardian_who_knows_settles_it(missing, result):
    call(missing, "no_answer", 47)
    assert unresolved(missing, 56) == [missing.children[0]]
    call(missing, result, 57)
    assert unresolved(missing, 58) == []
    [one] = missing_children(missing.school, THURSDAY)
    assert one.resolved and len(one.attempts) == 2


def test_guardian_who_does_not_know_either_is_told_to_the_leader_without_waiting(missing):
    call(missing, "unknown", 50)
    call(missing, "no_answer", 51)
    assert unresolved(missing, 51) == [missing.children[0]]
    unresolved_contacts(missing.school, day=THURSDAY, now=at(15, 51), by=missing.by_leader)
    assert Notice.objects.get(kind="absence_unresolved").title == "学生01 缺勤，家长也不知道孩子在哪，请马上处理"
    call(missing, "coming", 52)
    assert unresolved(missing, 57) == []


def test_leader_who_knows_that_nobody_was_reached_hears_that_a_guardian_does_not_know_either(missing):
    watch = partial(unresolved_contacts, missing.school, day=THURSDAY, by=missing.by_leader)
    assert watch(now=at(15, 56)) == 1
    call(missing, "unknown", 58)
    assert [watch(now=at(15, minute)) for minute in (58, 59)] == [1, 0]


def test_child_found_after_all_is_not_missing(missing):
    correct_mark(
        missing.session,
        student=missing.children[0],
        status="late",
        reason="后来到了",
        now=at(15, 50),
        by=missing.by_teacher,
    )
    assert unresolved(missing, 59) == []
    with pytest.raises(RuleBroken, match="没有记成缺勤或病"):
        call(missing, "reached", 59)


def test_only_a_guardian_is_called_and_never_one_who_must_not_know(missing):
    child, father = missing.children[0], cast.make_person("父亲")
    child.guardianships.create(school=child.school, person=father, relation="父亲", began_on=THURSDAY.replace(day=1))
    with pytest.raises(RuleBroken, match="不是孩子的监护人"):
        call(missing, "reached", 50, missing.mothers[1])
    assert [tie.person for tie in guardians_to_tell([child], THURSDAY, THURSDAY)[child.pk]] == [
        missing.mothers[0],
        father,
    ]
    PickupRestriction.objects.create(
        school=child.school, student=child, person=father, person_name="父亲", document="（2026）1号",
        recorded_by=missing.leader, confirmed_by=missing.teacher, began_on=THURSDAY.replace(day=1),
    )  # fmt: skip
    assert [tie.person for tie in guardians_to_tell([child], THURSDAY, THURSDAY)[child.pk]] == [missing.mothers[0]]


def test_who_is_missing_takes_no_more_questions_for_more_children(missing, django_assert_num_queries):
    for number in range(4, 24):
        missing.add_child(f"学生{number:02}")
    for child in missing.children[3:]:
        missing.session.marks.create(
            school=missing.school, student=child, status="absent", at=at(15, 50), by=missing.teacher
        )

    with django_assert_num_queries(4):
        assert len(missing_children(missing.school, THURSDAY)) == 21


def test_teacher_has_the_call_on_the_desk_until_somebody_is_reached(missing):
    def mine():
        return [task.title for task in tasks(missing.by_teacher, THURSDAY)]

    assert mine() == ["联系学生01的家长"]
    call(missing, "coming", 50)
    assert mine() == []


def test_form_sent_twice_is_one_call_and_another_answer_is_another(missing, client, monkeypatch):
    """The reply got lost on the way, or somebody went back and rang again."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(15, 50))
    client.force_login(missing.teacher)
    door = f"/attendance/sessions/{missing.session.pk}/contacts/{missing.children[0].pk}/"
    uid = client.get(door).context["form"]["uid"].value()
    assert 'type="hidden" name="uid"' in client.get(door).content.decode()
    for result in ("no_answer", "no_answer", "reached"):
        assert client.post(door, {"result": result, "uid": uid}).status_code == 302
    assert list(ContactAttempt.objects.values_list("result", flat=True)) == ["no_answer", "reached"]
