"""Who finds what behind the doors of the day: others get 404 and nothing changes."""

import re
from datetime import time, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from afterschool.access.capabilities import Role
from attendance.actions import take_roll
from attendance.models import DayClose, GateList, Leave, Mark, Session
from attendance.selectors import board, trail
from enrollment.models import Section
from tests import cast
from tests.attendance.gate import report_wrong_adult
from tests.attendance.town import THURSDAY, at


@pytest.fixture(autouse=True)
def thursday_afternoon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 42))


@pytest.fixture
def here(town):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return town


def test_teacher_who_is_not_on_duty_there_finds_no_roll(town, client):
    colleague = cast.make_person("周敏", Role.TEACHER, town.school)
    client.force_login(colleague)

    page = f"/attendance/sessions/{town.session.pk}/"
    assert client.get(page).status_code == 404
    assert client.post(page + "submit/", {}).status_code == 404
    assert client.get(f"/attendance/sections/{town.section.pk}/today/").status_code == 404
    assert client.post(f"{page}marks/{town.children[0].pk}/", {"status": "absent"}).status_code == 404
    assert not Mark.objects.exists()


def test_a_teacher_finds_the_rolls_of_the_days_on_duty_and_no_others(town, client):
    monday, tuesday, wednesday = (
        Session.objects.create(
            school=town.school, section=town.section, day=THURSDAY - timedelta(days=days), starts_at=time(15, 40),
            ends_at=time(17, 30), taken_at=at(15, 46), taken_by=town.teacher,
        )
        for days in (3, 2, 1)
    )  # fmt: skip
    colleague = cast.make_person("周敏", Role.TEACHER, town.school)
    for session in (monday, wednesday):
        town.put_on(colleague, town.section, day=session.day)
    town.put_on(town.teacher, town.section, day=tuesday.day)
    client.force_login(colleague)

    assert "/attendance/rolls/" in client.get("/staffing/mine/").content.decode()
    found = re.findall(r"/attendance/sessions/(\d+)/", client.get("/attendance/rolls/").content.decode())
    assert found == [str(wednesday.pk), str(monday.pk)]
    for session, status in ((monday, 200), (wednesday, 200), (tuesday, 404), (town.session, 404)):
        assert client.get(f"/attendance/sessions/{session.pk}/").status_code == status


def test_teacher_on_duty_and_leader_take_the_roll(town, client):
    for person in (town.teacher, town.leader):
        client.force_login(person)
        assert client.get(f"/attendance/sessions/{town.session.pk}/").status_code == 200
    client.post(f"/attendance/sessions/{town.session.pk}/submit/", {f"mark-{town.children[0].pk}": "absent"})

    assert Mark.objects.filter(status="absent").count() == 1
    assert Mark.objects.filter(status="present").count() == 2


def test_leader_of_another_school_finds_nothing(here, client, lanting):
    client.force_login(cast.make_person("外校领导", Role.LEADER, lanting))

    assert client.get(f"/attendance/day/?school={here.school.pk}").status_code == 404
    assert client.post("/attendance/day/close/", {"school": here.school.pk}).status_code == 404
    assert client.get(f"/attendance/sessions/{here.session.pk}/").status_code == 404
    assert client.post("/attendance/gate/paper/print/", {"section": here.section.pk}).status_code == 404
    assert client.get(f"/attendance/handover/?section={here.section.pk}").status_code == 404
    assert not DayClose.objects.exists() and not GateList.objects.exists()


def test_gate_page_holds_no_child_and_the_guard_sees_no_board(here, client):
    """It is kept on the telephone for days; children come to it by JSON and leave it at night."""
    client.force_login(cast.make_person("门卫", Role.GUARD, here.school))

    assert here.children[0].name not in client.get("/attendance/handover/").content.decode()
    assert client.get("/attendance/day/").status_code == 403


def test_guardian_asks_leave_for_her_own_child_only(town, client):
    client.force_login(town.mothers[0])

    assert client.post(f"/attendance/students/{town.children[1].pk}/leave/", {"when": "today"}).status_code == 404
    assert (
        client.post(
            f"/attendance/students/{town.children[0].pk}/leave/", {"when": THURSDAY.replace(day=16).isoformat()}
        ).status_code
        == 302
    )
    assert Leave.objects.get().first_on == THURSDAY.replace(day=16)


def test_class_teacher_sees_the_board_of_the_own_class_only(here, client):
    other = cast.make_class(here.school, grade=3, number=3)
    Section.objects.create(
        school=here.school, term=here.term, offering=here.offering, school_class=other, name="三(3)班"
    )
    for klass, seen in ((here.section.school_class, True), (other, False)):
        client.force_login(cast.make_person("班主任", Role.CLASS_TEACHER, klass))
        assert ("三(2)班" in client.get("/attendance/day/").content.decode()) is seen


def test_board_leads_to_the_days_before_but_not_to_tomorrow(here, client):
    client.force_login(here.leader)

    today = client.get("/attendance/day/").content.decode()
    past = client.get(f"/attendance/day/?day={THURSDAY.replace(day=13).isoformat()}").content.decode()

    assert ("前一天" in today, "后一天" in today) == (True, False)
    assert f"day={THURSDAY.replace(day=14).isoformat()}" in past


def test_papers_of_the_day_come_as_a_spreadsheet(here, client):
    client.force_login(here.leader)

    answer = client.get("/attendance/day.xlsx")

    assert answer.content.startswith(b"PK")


@pytest.mark.parametrize(
    "ask", [lambda town: board(town.school, THURSDAY), lambda town: trail(town.children, THURSDAY, at(17, 42))]
)
def test_reads_are_as_many_for_thirty_children_as_for_three(here, ask, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        ask(here)
    for number in range(27):
        here.add_child(f"更多{number}")
    with django_assert_num_queries(len(few)):
        ask(here)


def test_class_teachers_sheet_tells_of_no_incident(here, client):
    """Who came for which child, and in vain, is for the leaders: not for every class teacher of the school."""
    report_wrong_adult(here.children[0], now=at(17, 40), by=here.by_teacher)
    class_teacher = cast.make_person("班主任", Role.CLASS_TEACHER, cast.make_class(here.school, grade=4))
    told = {}
    for person in (here.leader, class_teacher):
        client.force_login(person)
        sheet = client.get(f"/attendance/day.xlsx?school={here.school.pk}&day={THURSDAY}")
        duties = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_name("值班记录")
        told[person] = "不在授权名单里" in str(duties.to_python())

    assert told == {here.leader: True, class_teacher: False}
