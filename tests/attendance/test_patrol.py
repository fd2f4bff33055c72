"""巡查 and 放学批次: rooms looked into, and who leaves when."""

import re
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.plans.models import Offering
from attendance.actions import begin_batch, end_batch, patrol, take_roll
from attendance.actions.patrol import undo_patrol
from attendance.archive.books import Books
from attendance.archive.gaps import gaps
from attendance.archive.staff import patrols
from attendance.models import Batch, Incident, Patrol, Session
from attendance.papers import day_tables
from attendance.selectors.offline import list_content
from attendance.selectors.patrol import rooms, rooms_to_look_into
from enrollment.models import Section
from tests import cast
from tests.attendance.gate import hand_over
from tests.attendance.town import THURSDAY, at


@pytest.fixture
def on_thursday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(16, 10))


def add_section(town, name):
    return Section.objects.create(school=town.school, term=town.term, offering=town.offering, name=name)


def test_a_room_where_all_is_fine_takes_one_tap_in_the_list(town, client, on_thursday):
    take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    client.force_login(town.leader)
    page = client.get("/attendance/patrol/").content.decode()
    assert re.search(r"还有 <span[^>]*>1</span> 间没看", page) and "王静" in page
    client.post(f"/attendance/sessions/{town.session.pk}/patrol/")

    look = Patrol.objects.get()
    assert (look.is_fine, look.by, look.at) == (True, town.leader, at(16, 10))
    [room] = rooms(town.school, THURSDAY, at(16, 10))
    assert (room.here, room.looked) == (2, look)
    assert "都看过了" in client.get("/attendance/patrol/").content.decode()


def test_what_is_wrong_needs_a_word_and_the_latest_look_counts(town, client, on_thursday):
    client.force_login(town.leader)
    door = f"/attendance/sessions/{town.session.pk}/patrol/"
    client.post(door, {"wrong": ["headcount_wrong"], "note": " "})
    assert not Patrol.objects.exists()
    client.post(door, {"wrong": ["headcount_wrong", "unsafe"], "note": "少一人，窗开着"})
    look = Patrol.objects.get()
    assert (look.on_time, look.teacher_there, look.headcount_right, look.is_safe) == (True, True, False, False)
    papers = day_tables(town.school, THURSDAY, Session.objects.held(), Incident.objects.none())
    assert [row[0::7] for row in papers[-1].rows if row[0] == "巡查"] == [
        ["巡查", "人数不符、场所不安全：少一人，窗开着"]
    ]
    again = patrol(town.session, now=at(16, 20), by=town.by_leader)
    assert rooms(town.school, THURSDAY, at(16, 10))[0].looked == again


def test_look_that_was_noted_wrongly_is_undone_within_the_day_and_stays_on_record(town, client, on_thursday):
    first = patrol(town.session, is_safe=False, note="窗开着", now=at(16), by=town.by_leader)
    second = patrol(town.session, now=at(16, 5), by=town.by_leader)
    client.force_login(town.leader)
    client.post(f"/attendance/patrols/{second.pk}/undo/")
    assert rooms(town.school, THURSDAY, at(16, 10))[0].looked == first
    client.post(f"/attendance/patrols/{first.pk}/undo/")

    assert rooms_to_look_into(town.school, THURSDAY) == 1
    books = Books(town.school, THURSDAY, THURSDAY)
    assert [row[-2:] for row in patrols(books).sheets[0].rows] == [
        ["窗开着；16:10 由 赵立新 撤销", "赵立新"], ["16:10 由 赵立新 撤销", "赵立新"],
    ]  # fmt: skip
    assert "10月15日没有巡查记录" in " ".join(gaps(books, THURSDAY)).replace(" ", "")
    with pytest.raises(RuleBroken, match="过去"):
        undo_patrol(first, now=at(9, day=THURSDAY + timedelta(days=1)), by=town.by_leader)


def test_children_who_sit_together_are_one_room(town, django_assert_num_queries):
    host = town.session
    guest = Session.objects.create(
        school=town.school, section=add_section(town, "三(1)班"), day=THURSDAY, starts_at=time(15, 40),
        ends_at=time(17, 30), merged_into=host,
    )  # fmt: skip
    assert [room.sections for room in rooms(town.school, THURSDAY, at(16, 10))] == ["三(2)班、三(1)班"]
    assert rooms_to_look_into(town.school, THURSDAY) == 1
    Session.objects.filter(pk=guest.pk).update(merged_into=None)
    patrol(host, now=at(16), by=town.by_leader)
    with CaptureQueriesContext(connection) as few:
        assert [room.session.pk for room in rooms(town.school, THURSDAY, at(16, 10))] == [host.pk, guest.pk]
    for number in range(3):
        section = add_section(town, f"更多{number}")
        Session.objects.create(
            school=town.school, section=section, day=THURSDAY, starts_at=time(15, 40), ends_at=time(17, 30)
        )
    with django_assert_num_queries(len(few)):
        rooms(town.school, THURSDAY, at(16, 10))


def test_rooms_stand_by_place_and_stay_where_they_are(town, client, on_thursday):
    """What is in one room stands together, whenever it begins; a look changes nothing of the order."""
    Section.objects.filter(pk=town.section.pk).update(room="三(2)班教室")
    for name, room, starts in (("篮球", "操场", 16), ("书法", "三(2)班教室", 16), ("足球", "操场", 15)):
        section = add_section(town, name)
        Section.objects.filter(pk=section.pk).update(room=room)
        Session.objects.create(
            school=town.school, section=section, day=THURSDAY, starts_at=time(starts, 40), ends_at=time(17, 30)
        )
    before = rooms(town.school, THURSDAY, at(16, 10))
    assert [room.sections for room in before] == ["三(2)班", "书法", "足球", "篮球"]
    client.force_login(town.leader)
    for room in before[::2]:
        client.post(f"/attendance/sessions/{room.session.pk}/patrol/")
    page = client.get("/attendance/patrol/").content.decode()
    assert re.findall(r'id="room-(\d+)"', page) == [str(room.session.pk) for room in before]
    assert re.search(r"还有 <span[^>]*>2</span> 间没看", page) and page.count("<b>未看</b>") == 2


# ---------------------------------------------------------------- 放学批次


def begin(town, name="第一批", grades=(3,), leaves_at=time(17, 40), began_on=THURSDAY, **more):
    return begin_batch(
        town.school, name=name, grades=grades, leaves_at=leaves_at, began_on=began_on, by=town.by_leader, **more
    )


def test_no_grade_leaves_with_two_batches_on_a_day(town):
    first = begin(town, grades=[1, 2, 3], place="东门")
    later = THURSDAY + timedelta(days=30)
    for grades, name, began_on in (([3, 4], "第二批", THURSDAY), ([2], "第三批", later), ([5], "第一批", THURSDAY)):
        with pytest.raises(RuleBroken):
            begin(town, name=name, grades=grades, began_on=began_on)
    with pytest.raises(RuleBroken, match="没有这个年级"):
        begin(town, name="初中", grades=[7])
    begin(town, name="第二批", grades=[4], began_on=THURSDAY)
    end_batch(first, ended_on=THURSDAY, by=town.by_leader)
    with pytest.raises(RuleBroken, match="三年级"):
        begin(town, name="新第一批", grades=[3], began_on=THURSDAY)
    begin(town, name="新第一批", grades=[3], began_on=THURSDAY + timedelta(days=1))


def test_a_batch_does_not_begin_on_a_day_on_which_its_children_have_left(town):
    """The record would name a batch for those who left before there was one."""
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    child = town.children[0]
    hand_over(child, now=at(17, 35), by=town.by_teacher)

    with pytest.raises(RuleBroken, match="10月15日已经有孩子离校") as refusal:
        begin(town)
    assert refusal.value.field == "began_on"
    begin(town, began_on=THURSDAY + timedelta(days=1))
    begin(town, name="第二批", grades=[4])


def test_a_batch_is_not_taken_from_those_who_have_left_with_it(town, client):
    batch = begin(town)
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    hand_over(town.children[0], now=at(17, 41), by=town.by_teacher)
    client.force_login(cast.make_person("孙丽", Role.SCHOOL_ADMIN, town.school))
    page = client.post(f"/attendance/batches/{batch.pk}/end/", {"ended_on": "2026-10-14"}, follow=True)

    assert "10月15日已经有孩子按“第一批”离校" in page.content.decode()
    batch.refresh_from_db()
    assert batch.ended_on is None
    assert end_batch(batch, ended_on=THURSDAY, by=town.by_leader).ended_on == THURSDAY


def test_a_batch_before_its_classes_end_is_read_twice(town, client, on_thursday):
    client.force_login(cast.make_person("孙丽", Role.SCHOOL_ADMIN, town.school))
    form = {"name": "第一批", "grades": [3], "leaves_at": "17:20", "began_on": "2026-10-15"}
    refused = client.post("/attendance/batches/create/", form)
    words = "课后托管 17:30 才结束"
    assert refused.status_code == 422 and f'value="{words}"' in refused.content.decode()
    assert not Batch.objects.exists()
    client.post("/attendance/batches/create/", {**form, "despite": words})
    assert Batch.objects.get().leaves_at == time(17, 20)


def test_a_batch_that_never_began_is_gone(town):
    batch = begin(town, began_on=THURSDAY + timedelta(days=5))
    end_batch(batch, ended_on=THURSDAY, by=town.by_leader)
    assert not Batch.objects.exists()


def test_the_gates_list_and_the_board_follow_the_batch(town, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 20))
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    begin(town, place="东门")
    content = list_content(town.school, THURSDAY, town.by_leader, at(17, 20))

    assert {(child["leaves_at"], child["batch"]) for child in content["children"]} == {("17:40", "第一批")}
    client.force_login(town.leader)
    assert "第一批 东门" in client.get("/attendance/day/").content.decode()


def test_office_keeps_the_batches(town, client, on_thursday):
    client.force_login(cast.make_person("孙丽", Role.SCHOOL_ADMIN, town.school))
    form = {"name": "第一批", "grades": [1, 2], "leaves_at": "17:30", "place": "东门", "began_on": "2026-10-15"}
    assert client.post("/attendance/batches/create/", form).status_code == 302
    refused = client.post("/attendance/batches/create/", {**form, "name": "又一批"})
    assert refused.status_code == 422 and "一个年级一天只走一批" in refused.content.decode()
    batch = Batch.objects.get()
    assert "三年级、四年级" in client.get("/attendance/batches/").content.decode()
    client.post(f"/attendance/batches/{batch.pk}/end/", {"ended_on": "2026-10-16"})
    batch.refresh_from_db()
    assert batch.ended_on == date(2026, 10, 16)


def test_room_is_counted_without_those_who_went_on_or_went_home(town):
    """Two of three are at basketball from 16:30, where one is absent; the third goes home at 17:00."""
    club = town.club(*town.children[:2])
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_leader)

    def counted(moment):
        return {room.session.pk: (room.here, room.now) for room in rooms(town.school, THURSDAY, moment)}

    assert counted(at(16, 10)) == {town.session.pk: (3, 3), club.pk: (0, 0)}
    assert counted(at(16, 31)) == {town.session.pk: (3, 1), club.pk: (0, 2)}
    take_roll(club, exceptions={town.children[0].pk: "absent"}, now=at(16, 35), by=town.by_leader)
    hand_over(town.children[2], now=at(17), by=town.by_leader)
    assert counted(at(17, 1)) == {town.session.pk: (3, 0), club.pk: (1, 1)}


def test_room_at_noon_is_counted_until_its_children_go_back_to_their_lessons(town):
    noon = town.club(*town.children, name="午托", starts=time(12), ends=time(13))
    Offering.objects.filter(pk=noon.section.offering_id).update(slot="noon")
    take_roll(noon, exceptions={}, now=at(12, 5), by=town.by_leader)

    def counted(moment):
        return [room.now for room in rooms(town.school, THURSDAY, moment) if room.session == noon]

    assert [counted(at(*clock)) for clock in ((11, 58), (12, 10), (13, 1))] == [[3], [3], [0]]
