from datetime import date

import pytest

from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Delivery, Notice
from attendance.actions import ask_leave, open_day, take_roll, undo_roll, untaken_rolls
from attendance.models import Mark, Session
from attendance.selectors import State, day_book, roll
from enrollment.models import Placement
from tests import cast
from tests.attendance.gate import hand_over
from tests.attendance.town import THURSDAY, at


def statuses(town):
    return dict(Mark.objects.values_list("student", "status"))


def test_day_opens_with_the_sections_that_meet_and_only_once(town):
    assert open_day(town.school, day=THURSDAY, by=town.by_leader) == [town.session]
    wednesday = date(2026, 10, 14)
    assert open_day(town.school, day=wednesday, by=town.by_leader) == []
    make_up_saturday = date(2026, 10, 10)
    assert len(open_day(town.school, day=make_up_saturday, by=town.by_leader)) == 1


def test_child_is_unmarked_until_the_roll_is_taken(town):
    assert set(day_book(town.school, THURSDAY).states().values()) == {State.UNMARKED}


def test_child_who_did_not_choose_the_weekday_is_not_listed(town):
    item = Placement.objects.get(student=town.children[0]).item
    item.weekdays = [1, 2]
    item.save()

    assert [row.student for row in roll(town.session)] == town.children[1:]


def test_roll_marks_everybody_by_one_submit_and_tells_of_absence_only(town):
    first, second, third = town.children
    ask_leave(second, first_on=THURSDAY, last_on=THURSDAY, now=at(9), by=cast.act(town.mothers[1], THURSDAY))

    take_roll(town.session, exceptions={first.pk: "absent"}, now=at(15, 46), by=town.by_teacher)

    assert statuses(town) == {first.pk: "absent", second.pk: "leave", third.pk: "present"}
    notice = Notice.objects.get(kind="absent")
    assert notice.to == town.mothers[0]
    assert "学生01 15:46 点名缺勤" in notice.title
    assert "海棠路小学" not in notice.title, "the title goes by SMS"
    assert set(Delivery.objects.filter(notice=notice).values_list("channel", flat=True)) == {"wechat", "sms"}
    assert not Notice.objects.filter(to__in=town.mothers[1:]).exists()


def test_child_on_leave_who_came_after_all_is_marked_present(town):
    child = town.children[0]
    ask_leave(child, first_on=THURSDAY, last_on=THURSDAY, now=at(9), by=cast.act(town.mothers[0], THURSDAY))

    take_roll(town.session, exceptions={child.pk: "present"}, now=at(15, 46), by=town.by_teacher)

    assert statuses(town)[child.pk] == "present"


def test_same_roll_again_changes_nothing(town):
    for _ in range(2):
        take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(15, 46), by=town.by_teacher)

    assert Mark.objects.count() == 3
    assert Notice.objects.filter(kind="absent").count() == 1
    assert Deed.objects.filter(verb="took_roll").count() == 1


def test_same_roll_again_with_leave_changes_nothing(town):
    mother = cast.act(town.mothers[0], THURSDAY)
    ask_leave(town.children[0], first_on=THURSDAY, last_on=THURSDAY, is_ill=True, now=at(9), by=mother)
    for _ in range(2):
        take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    assert statuses(town)[town.children[0].pk] == "ill"
    assert not Notice.objects.filter(kind="ill").exists(), "it was the guardian who said so"


def test_different_second_roll_is_refused_with_who_took_the_first(town):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)

    with pytest.raises(RuleBroken, match="王静 15:46 已经点过名"):
        take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(15, 47), by=town.by_leader)

    assert set(statuses(town).values()) == {"present"}
    assert not Notice.objects.exists()


@pytest.mark.parametrize("exceptions", [{999_999: "absent"}, {"own": "asleep"}])
def test_roll_with_a_stranger_or_an_unknown_state_is_refused(town, exceptions):
    exceptions = {town.children[0].pk if key == "own" else key: status for key, status in exceptions.items()}

    with pytest.raises(RuleBroken, match="名单变了"):
        take_roll(town.session, exceptions=exceptions, now=at(15, 46), by=town.by_teacher)

    assert not Mark.objects.exists()
    assert Session.objects.get().taken_at is None


def test_roll_of_a_day_to_come_is_refused(town):
    with pytest.raises(RuleBroken, match="还没到日子"):
        take_roll(town.session, exceptions={}, now=at(15, 46, date(2026, 10, 14)), by=town.by_teacher)

    assert not Mark.objects.exists()


def test_undone_roll_is_untaken_again_and_told_guardians_hear_of_it(town):
    take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(15, 46), by=town.by_teacher)

    undo_roll(town.session, now=at(15, 47), by=town.by_teacher)

    assert not Mark.objects.exists()
    assert Session.objects.get().taken_at is None
    assert Notice.objects.filter(to=town.mothers[0], kind="roll_undone").exists()
    assert Deed.objects.get(verb="undid_roll").facts["was"] == {
        str(child.pk): "absent" if child == town.children[0] else "present" for child in town.children
    }


def test_roll_cannot_be_undone_after_a_child_has_left(town):
    child = town.children[0]
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    hand_over(child, now=at(17, 42), by=town.by_teacher)

    with pytest.raises(RuleBroken, match="已经有孩子交接"):
        undo_roll(town.session, now=at(17, 43), by=town.by_teacher)

    assert Mark.objects.count() == 3


def test_page_offers_to_take_the_roll_back_while_it_may_be_and_then_says_why_not(town, client, monkeypatch):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    page, undo = (f"/attendance/sessions/{town.session.pk}/{rest}" for rest in ("", "undo/"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 42))
    client.force_login(town.teacher)
    assert undo in client.get(page).content.decode()

    hand_over(town.children[0], now=at(17, 42), by=town.by_teacher)
    said = client.get(page).content.decode()
    assert undo not in said and "已经有孩子交接，不能整班重点" in said and 'href="#marks"' in said
    town.school.day_closes.create(day=THURSDAY, closed_at=at(18, 20), closed_by=town.leader)
    said = client.get(page).content.decode()
    assert undo not in said and "10月15日已由 赵立新 18:20 签字结束，不能整班重点" in said and 'href="#marks"' in said
    with pytest.raises(RuleBroken, match="18:20 签字结束，不能整班重点"):
        undo_roll(town.session, now=at(18, 21), by=town.by_teacher)


def test_leave_after_the_roll_or_twice_or_in_the_past_is_refused(town):
    child, mother = town.children[0], cast.act(town.mothers[0], THURSDAY)
    with pytest.raises(RuleBroken, match="过去的日子"):
        ask_leave(child, first_on=date(2026, 10, 13), last_on=THURSDAY, now=at(9), by=mother)
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    with pytest.raises(RuleBroken, match="已经点过名"):
        ask_leave(child, first_on=THURSDAY, last_on=THURSDAY, now=at(15, 50), by=mother)
    friday = date(2026, 10, 16)
    ask_leave(child, first_on=friday, last_on=friday, now=at(16), by=mother)
    with pytest.raises(RuleBroken, match="已经请过假"):
        ask_leave(child, first_on=friday, last_on=friday, now=at(16), by=mother)

    assert child.leaves.count() == 1


def test_roll_asks_the_database_as_often_for_forty_children_as_for_three(town, django_assert_num_queries):
    for number in range(4, 41):
        town.add_child(f"学生{number:02}")
    session = Session.objects.select_related("school").get()

    with django_assert_num_queries(11):
        assert len(roll(session)) == 40


def test_next_roll_of_the_day_is_filled_in_with_what_the_first_one_found(town):
    first, second, _ = town.children
    balls = town.club(*town.children)
    take_roll(town.session, exceptions={first.pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    hand_over(second, now=at(16, 20), by=town.by_teacher)

    assert [(row.expected, row.why) for row in roll(balls)] == [
        ("absent", "三(2)班 缺勤"), ("leave", "由母亲接走"), ("present", ""),
    ]  # fmt: skip
    assert roll(balls)[0].cycle == "absent present late ill"
    take_roll(balls, exceptions={}, now=at(16, 31), by=town.by_leader)
    assert Notice.objects.filter(kind="absent").count() == 1, "they know since the first roll"


def test_child_who_comes_later_after_all_relieves_the_guardians(town):
    balls = town.club(town.children[0])
    take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(15, 46), by=town.by_teacher)

    take_roll(balls, exceptions={town.children[0].pk: "present"}, now=at(16, 31), by=town.by_leader)

    assert Notice.objects.get(kind="absence_mended").title == "学生01 已经到校"


def heard(kind="roll_late"):
    return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("to__name", flat=True))


def test_c12_a_roll_nobody_takes_is_told_to_the_teacher_then_the_leader_then_the_guardians_once_each(town):
    """A virtual clock, minute by minute."""
    ask_leave(town.children[2], first_on=THURSDAY, last_on=THURSDAY, now=at(9), by=cast.act(town.mothers[2], THURSDAY))
    when = {}
    for minute in range(53, 72):
        now = at(15 + minute // 60, minute % 60)
        if untaken_rolls(town.school, day=THURSDAY, now=now, by=town.by_leader):
            when[f"{15 + minute // 60}:{minute % 60:02}"] = heard() + heard("unmarked")
    assert when == {
        "15:55": ["王静"],
        "16:00": ["王静", "赵立新"],
        "16:10": ["王静", "赵立新", "学生01妈妈", "学生02妈妈"],
    }
    assert set(day_book(town.school, THURSDAY).states().values()) == {State.UNMARKED}, "nobody is present by default"

    take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(16, 15), by=town.by_teacher)

    assert heard("absence_mended") == ["学生02妈妈"], "and whoever was told of an unmarked child hears that it is there"
    assert heard("absent") == ["学生01妈妈"]


def test_a_roll_taken_late_and_undone_is_told_again(town):
    """Each of those who heard of the first one hears that it is open again."""

    def watch(*clock):
        return untaken_rolls(town.school, day=THURSDAY, now=at(*clock), by=town.by_leader)

    assert watch(16, 10) == 5
    take_roll(town.session, exceptions={}, now=at(16, 15), by=town.by_teacher)
    undo_roll(town.session, now=at(16, 20), by=town.by_teacher)

    assert [watch(16, minute) for minute in (21, 34, 35, 36, 40, 50)] == [0, 0, 1, 0, 1, 3]
    take_roll(town.session, exceptions={}, now=at(16, 55), by=town.by_teacher)
    assert Notice.objects.filter(kind="absence_mended").count() == 6, "who was told twice hears twice that it is there"


def test_a_roll_without_a_teacher_on_duty_is_told_to_the_leader_at_once(town):
    town.section.duties.all().delete()

    untaken_rolls(town.school, day=THURSDAY, now=at(15, 55), by=town.by_leader)

    assert heard() == ["赵立新"]


def test_a_child_listed_after_the_roll_is_not_present_and_not_forgotten(town):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    town.add_child("新来")

    untaken_rolls(town.school, day=THURSDAY, now=at(15, 55), by=town.by_leader)

    assert Notice.objects.get(kind="roll_late").title == "三(2)班 还有 1 个孩子没有点名，请补点"


def test_roll_written_down_the_day_after_alarms_nobody(town):
    friday = THURSDAY.replace(day=16)
    take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(9, day=friday), by=town.by_teacher)

    told = Notice.objects.get(kind="absent")
    assert told.title == "学生01 10月15日补记为缺勤"
    assert not Delivery.objects.filter(notice=told).exists()


@pytest.mark.parametrize(
    ("who", "on", "back"),
    [
        ("leader", 15, "/attendance/day/?school={}&amp;day=2026-10-15"),
        ("teacher", 15, "/"),
        ("teacher", 16, "/attendance/rolls/"),
    ],
    ids=["the board", "today's duties", "the earlier rolls"],
)
def test_way_back_leads_where_one_came_from(town, client, monkeypatch, who, on, back):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 42).replace(day=on))
    client.force_login(getattr(town, who))
    page = client.get(f"/attendance/sessions/{town.session.pk}/").content.decode()
    assert f'href="{back.format(town.school.pk)}" aria-label="返回"' in page
