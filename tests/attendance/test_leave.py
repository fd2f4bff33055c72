"""请假 for days on which the child has service, from the child's page, and taken back."""

from datetime import date

import pytest

from afterschool.errors import RuleBroken
from attendance.actions import ask_leave, cancel_leave, take_roll
from attendance.models import Leave
from attendance.selectors import family_day
from tests import cast
from tests.attendance.families import father_of, restrict
from tests.attendance.town import THURSDAY, at

from .test_family import roll

SATURDAY, SUNDAY, MONDAY = (THURSDAY.replace(day=n) for n in (17, 18, 19))


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(12))


def test_a_day_without_service_needs_no_leave(town):
    child, mother = town.children[0], cast.act(town.mothers[0], THURSDAY)
    refused = [(SATURDAY, SATURDAY, "10月17日没有"), (SATURDAY, SUNDAY, "10月17日至10月18日没有"),
               (date(2026, 10, 21), date(2026, 10, 21), "没有学生01的课后服务")]  # fmt: skip
    for first, last, words in refused:
        with pytest.raises(RuleBroken, match=words):
            ask_leave(child, first_on=first, last_on=last, now=at(12), by=mother)
    assert not Leave.objects.exists()

    leave = ask_leave(child, first_on=SATURDAY, last_on=MONDAY, now=at(12), by=mother)
    assert (leave.first_on, leave.last_on) == (SATURDAY, MONDAY), "one of its days has service"


def test_the_page_offers_the_next_days_with_service_and_takes_one_back(town, client):
    child = town.children[0]
    client.force_login(town.mothers[0])
    page = f"/attendance/students/{child.pk}/leave/"
    assert page in client.get(f"/attendance/students/{child.pk}/day/").content.decode()
    said = client.get(page).content.decode()
    assert "今天不参加" in said and "明天不参加" in said

    client.post(page, {"when": THURSDAY.isoformat()})
    leave = Leave.objects.get()
    day = client.get(f"/attendance/students/{child.pk}/day/").content.decode()
    assert "病</span>" not in day and "请假</span>" in day and "今天谁来接" not in day
    assert "在途" not in day and "还没点名" not in client.get("/").content.decode()
    assert (leave.first_on, leave.last_on) == (THURSDAY, THURSDAY)
    by_dates = {"first_on": SATURDAY.isoformat(), "last_on": SATURDAY.isoformat()}
    for asked in ({"when": SATURDAY.isoformat()}, by_dates):
        refused = client.post(page, asked)
        assert refused.status_code == 422 and refused.content.decode().count("10月17日没有") == 1
    client.post(f"/attendance/leaves/{leave.pk}/cancel/")
    leave.refresh_from_db()
    assert leave.cancelled_at


def test_who_must_not_know_where_the_child_is_reads_no_leave(town, client):
    child = town.children[0]
    ask_leave(
        child,
        first_on=THURSDAY,
        last_on=THURSDAY,
        reason="去外婆家",
        now=at(12),
        by=cast.act(town.mothers[0], THURSDAY),
    )
    father = father_of(town, child)
    client.force_login(father)
    page = f"/attendance/students/{child.pk}/leave/"
    assert "去外婆家" in client.get(page).content.decode(), "both parents, as long as nothing stands against it"

    restrict(town, child, father.name)
    for answer in (client.get(page), client.post(page, {"when": MONDAY.isoformat()})):
        said = answer.content.decode()
        assert answer.status_code == 403 and "学校办公室" in said and "外婆" not in said
    assert Leave.objects.count() == 1


def test_a_leave_to_come_is_taken_back_also_after_todays_roll(town):
    child, mother = town.children[0], cast.act(town.mothers[0], THURSDAY)
    ahead = ask_leave(child, first_on=MONDAY, last_on=MONDAY, now=at(12), by=mother)
    roll(town)
    assert cancel_leave(ahead, now=at(16), by=mother).cancelled_at


def test_only_the_day_whose_roll_is_taken_stays(town):
    child, mother = town.children[0], cast.act(town.mothers[0], THURSDAY)
    leave = ask_leave(child, first_on=THURSDAY, last_on=MONDAY, now=at(12), by=mother)
    roll(town)
    back = cancel_leave(leave, now=at(16), by=mother)
    assert (back.first_on, back.last_on, back.asked_at) == (THURSDAY.replace(day=16), MONDAY, at(12))
    today = Leave.objects.get(cancelled_at=None)
    assert (today.first_on, today.last_on) == (THURSDAY, THURSDAY)
    with pytest.raises(RuleBroken, match="已经点过名"):
        cancel_leave(today, now=at(16), by=mother)


def test_a_leave_stands_at_the_hour_of_the_service_not_of_the_roll(town):
    child = town.children[0]
    ask_leave(child, first_on=THURSDAY, last_on=THURSDAY, now=at(12), by=cast.act(town.mothers[0], THURSDAY))
    take_roll(town.session, exceptions={child.pk: "leave"}, now=at(15, 47), by=town.by_teacher)
    (only,) = family_day(child, THURSDAY, at(16)).stations
    assert (only.at, only.word) == (town.session.starts_at, "请假")
