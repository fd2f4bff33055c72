"""The board counts down to zero, and nobody signs before; whoever is left behind is alarmed in turn (C9)."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import expect

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.plans.models import Offering
from attendance.actions import (
    begin_batch,
    begin_late,
    children_left,
    close_day,
    confirm_held,
    correct_mark,
    note_incident,
    take_events,
    take_roll,
    undo_held,
)
from attendance.desk import tasks
from attendance.models import Alarm, DayClose, GateEvent, Session
from attendance.selectors import board, day_book
from attendance.selectors.offline import list_content
from attendance.selectors.owing import owing
from attendance.tasks import watch, watch_school
from attendance.told import Told
from enrollment.models import Placement, Section
from tests import cast
from tests.attendance.gate import hand_over, undo
from tests.attendance.town import THURSDAY, at

Step = Alarm.Step


@pytest.fixture
def here(town):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return town


@pytest.fixture
def principal(here):
    return cast.make_person("校长", Role.PRINCIPAL, here.school)


@pytest.fixture
def reviewer(here):
    return cast.make_person("值班员", Role.BUREAU_REVIEWER, here.school.bureau)


def collect(town, child, when=None):
    return hand_over(child, now=when or at(17, 42), by=town.by_leader)


def keep(town, *children, when=None):
    return begin_late(
        children, day=THURSDAY, keeper=town.teacher, place="图书室", now=when or at(17, 58), by=town.by_leader
    )


def release(town, child, when, **more):
    told = Told(
        uuid4(), "release", child.pk, when, mode="collected", adult=f"guardian:{child.guardianships.get().person_id}", **more
    )  # fmt: skip
    take_events(town.school, [told], device=str(uuid4()), now=when, by=town.by_teacher)
    return GateEvent.objects.get(uid=told.uid)


def close(town, when=None):
    now = when or at(18, 20)
    still = owing(town.school, THURSDAY, now).words
    return close_day(town.school, day=THURSDAY, despite=still, now=now, by=town.by_leader)


def watched(town, when):
    """What the beat does every minute."""
    return children_left(town.school, day=THURSDAY, now=when, by=town.by_leader)


def heard(person) -> list[str]:
    return list(
        Notice.objects.filter(to=person, kind__startswith="child_").order_by("pk").values_list("kind", flat=True)
    )


# ---------------------------------------------------------------- the close


def test_each_way_of_being_accounted_for_counts_down_and_zero_can_be_signed(here):
    ill, kept, gone = here.children
    assert len(board(here.school, THURSDAY).left) == 3
    correct_mark(here.session, student=ill, status="ill", reason="发烧", now=at(16), by=here.by_teacher)
    keep(here, kept)
    with pytest.raises(RuleBroken, match="学生03（三"):
        close(here)
    collect(here, gone)

    today = board(here.school, THURSDAY)
    assert (today.left, today.can_close) == ([], True)
    signed = {"listed": 3, "present": 2, "absent": 0, "leave": 1, "handed_over": 1, "kept": 1}
    # The guardians of the one who fell ill have not been reached: the signature says so.
    assert close(here).counts == signed | {"unresolved": 1, "incidents": 0}
    collect(here, kept, at(18, 40))  # a keeper hands the child over after the signature as well
    assert board(here.school, THURSDAY).count["gone"] == 2


def test_a_handover_that_waits_for_the_leader_keeps_the_day_open(here):
    """Also of a child that is marked absent: somebody has to look which is true."""
    absent = here.children[0]
    correct_mark(here.session, student=absent, status="absent", reason="没来", now=at(15, 50), by=here.by_teacher)
    for child in here.children[1:]:
        collect(here, child)
    event = release(here, absent, at(17, 44))

    with pytest.raises(RuleBroken, match="1 次交接等您确认：学生01"):
        close(here)
    assert undo_held(event, now=at(17, 50), by=here.by_leader).outcome == "accepted"
    assert close(here).counts["handed_over"] == 2


def test_a_burst_stands_on_the_board_until_the_leader_has_looked(here, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 45))
    event = release(here, here.children[0], at(17, 44), pace=6)
    client.force_login(here.leader)

    page = client.get("/attendance/day/").content.decode()
    assert "1 次交接等您确认" in page and f"/attendance/gate/held/{event.pk}/confirm/" in page
    assert confirm_held(event, now=at(17, 46), by=here.by_leader).outcome == "accepted"
    assert board(here.school, THURSDAY).held == []


def test_every_open_child_stands_on_the_page_by_name_with_what_to_do(here, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 45))
    for number in range(4, 8):
        here.add_child(f"学生{number:02}")
    correct_mark(
        here.session, student=here.children[3], status="present", reason="到了", now=at(16), by=here.by_teacher
    )
    office = cast.make_person("孙丽", Role.SCHOOL_ADMIN, here.school)
    pages = {}
    for person in (here.leader, office):
        client.force_login(person)
        pages[person] = client.get("/attendance/day/").content.decode()
        assert all(child.name in pages[person] for child in here.children)

    phone = f"tel:{here.mothers[0].phone}"
    assert all(phone in page for page in pages.values())
    acts = ("attendance/late/?", f"?child={here.children[-1].pk}", "点名以后加入的 3 人", 'hx-trigger="every 30s"')
    assert all(said in pages[here.leader] for said in acts)
    assert "attendance/late/?" not in pages[office]
    roll = f'href="/attendance/sessions/{here.session.pk}/">{here.section.name}'
    assert roll in pages[here.leader] and roll not in pages[office]


@pytest.mark.django_db(transaction=True)
def test_the_board_asks_again_by_the_clock_and_keeps_what_was_folded_out_and_typed(
    here, live_server, page, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 42))
    client = Client()
    client.force_login(here.leader)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.clock.install()
    page.goto(f"{live_server.url}/attendance/day/")
    page.get_by_text("各班人数").click()
    page.fill("#note", "巡查正常")
    collect(here, here.children[0], at(17, 41))
    page.clock.fast_forward(31_000)

    expect(page.locator("#tally .figure")).to_have_text("2人")
    expect(page.locator("#bar")).to_contain_text("签字（还剩 2 人）")
    expect(page.locator("#counts table")).to_be_visible()
    expect(page.locator("#note")).to_have_value("巡查正常")
    expect(page.locator("#board")).not_to_contain_text(here.children[0].name)


def test_board_and_page_ask_as_much_for_a_large_school_as_for_a_small_one(here, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(18, 20))
    client.force_login(here.leader)
    asked = []
    for round_ in range(2):
        release(here, here.children[-1], at(17, 44), pace=6)
        keep(here, here.children[-2])
        watched(here, at(18, 15))
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/attendance/day/").status_code == 200
        asked.append(len(queries))
        late = [here.add_child(f"更多{round_}{number}") for number in range(6)]
        for child in late:
            correct_mark(here.session, student=child, status="present", reason="到了", now=at(16), by=here.by_teacher)
    assert asked[0] == asked[1]


def test_what_is_still_open_is_read_before_one_signs_and_told_after(here, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(18, 20))
    correct_mark(
        here.session, student=here.children[0], status="absent", reason="没来", now=at(15, 50), by=here.by_teacher
    )
    for child in here.children[1:]:
        collect(here, child)
    incident = {"day": THURSDAY, "kind": "other", "note": "窗户碎了", "now": at(16), "by": here.by_teacher}
    note_incident(here.school, **incident)
    client.force_login(here.leader)
    still, page = "1 个没到的孩子没有联系上家长、1 件异常没处理完", "/attendance/day/close/"
    assert f"还有 {still}" in client.get("/attendance/day/").content.decode()

    refused = client.post(page, {"note": "秩序良好"})
    shown = refused.content.decode()
    assert refused.status_code == 422 and "仍要签字" in shown and ">秩序良好</textarea>" in shown
    note_incident(here.school, **incident)
    assert client.post(page, {"despite": still}).status_code == 422, "another came after these words were read"
    assert not DayClose.objects.exists()

    still = still.replace("1 件", "2 件")
    signed = client.post(page, {"despite": still, "note": "秩序良好"}, follow=True).content.decode()
    assert DayClose.objects.get().note == "秩序良好"
    assert f"还有 {still}" in signed and "已签字，还有事没办完" in signed and "每个孩子都有着落了" not in signed


# ---------------------------------------------------------------- C9: the virtual clock


def test_leader_principal_and_bureau_are_alarmed_in_turn_each_once_within_a_minute(here, principal, reviewer):
    for child in here.children[1:]:
        collect(here, child)
    raised = {}
    for minute in (29, 30, 31, 44, 45, 46, 59, 60, 61, 120):
        now = at(17, 30) + timedelta(minutes=minute)
        if count := watched(here, now):
            raised[minute] = (count, list(Alarm.objects.filter(at=now).values_list("step", flat=True)))

    assert raised == {30: (1, [Step.LEADER]), 45: (1, [Step.PRINCIPAL]), 60: (1, [Step.BUREAU])}
    assert [heard(one) for one in (here.leader, principal, reviewer)] == [["child_left"]] * 3
    told = Notice.objects.get(to=reviewer)
    assert "学生01" not in told.title + told.body and here.school.phone in told.body


@pytest.mark.parametrize("settled", ["collected", "kept", "absent"])
def test_settling_the_child_ends_the_alarm_and_those_who_heard_hear_that_too(here, principal, reviewer, settled):
    for child in here.children[1:]:
        collect(here, child)
    for now in (at(18), at(18, 15)):
        watched(here, now)
    child = here.children[0]
    if settled == "collected":
        collect(here, child, at(18, 20))
    elif settled == "kept":
        keep(here, child, when=at(18, 20))
    else:
        correct_mark(here.session, student=child, status="absent", reason="没来过", now=at(18, 20), by=here.by_leader)

    assert watched(here, at(18, 30)) == 0
    assert not Alarm.objects.filter(settled_at=None).exists()
    assert [heard(one) for one in (here.leader, principal)] == [["child_left", "child_settled"]] * 2
    assert heard(reviewer) == [], "it never came so far"
    close(here, at(18, 31))
    assert watched(here, at(19, 30)) == 0


def test_a_child_that_is_back_is_alarmed_anew_and_at_once(here, principal):
    gone = [collect(here, child) for child in here.children]
    assert watched(here, at(18)) == 0
    undo(gone[0], now=at(18, 20), by=here.by_leader)

    assert watched(here, at(18, 21)) == 2, "the leader and the principal, both are long due"
    undo(gone[1], now=at(18, 22), by=here.by_leader)
    assert watched(here, at(18, 23)) == 2, "another child, another alarm"
    assert watched(here, at(18, 24)) == 0


def test_children_without_a_mark_are_alarmed_too(town):
    assert watched(town, at(17, 59)) == 0
    assert watched(town, at(18)) == 3


def test_each_child_by_its_own_end(here):
    """Its evening class, its batch; a day cut short ends when it was cut."""
    hours = {"starts_at": time(18), "ends_at": time(19, 30)}
    evening = Offering.objects.create(
        school=here.school, plan=here.offering.plan, name="晚自习", slot="evening", grades=[3], weekdays=[4], **hours
    )
    late = Section.objects.create(school=here.school, term=here.term, offering=evening, name="晚自习")
    here.add_child("晚走", section=late)
    here.open()
    take_roll(late.sessions.get(), exceptions={}, now=at(18, 5), by=here.by_leader)
    begin_batch(
        here.school, name="第二批", grades=[3], leaves_at=time(17, 45), place="东门", began_on=THURSDAY, by=here.by_leader
    )  # fmt: skip
    until = {one.student.name: one.until for one in board(here.school, THURSDAY).left}
    assert until == {"学生01": time(17, 45), "学生02": time(17, 45), "学生03": time(17, 45), "晚走": time(19, 30)}

    Session.objects.filter(section=here.section).update(
        ends_at=time(16, 30), cut_short_at=at(16), unserved="forced", stop_reason="台风"
    )
    assert {one.until for one in board(here.school, THURSDAY).left} == {time(16, 30), time(19, 30)}


def test_after_noon_the_children_go_back_to_lessons_and_nobody_collects_them(here):
    """P4: two windows a day. Who is there at noon and in the afternoon is collected in the afternoon."""
    hours = {"starts_at": time(11, 40), "ends_at": time(13, 50)}
    noon = Offering.objects.create(
        school=here.school, plan=here.offering.plan, name="午托", slot="noon", grades=[3], weekdays=[4], **hours
    )
    section = Section.objects.create(school=here.school, term=here.term, offering=noon, name="午托")
    only = here.add_child("只午托", section=section)
    both = here.children[0]
    item = both.agreements.get().items.create(school=here.school, offering=noon, weekdays=[4], fee_fen=0)
    Placement.objects.create(school=here.school, section=section, student=both, item=item, began_on=cast.LONG_AGO)
    here.open()
    assert board(here.school, THURSDAY).count["unmarked"] == 1
    take_roll(section.sessions.get(), exceptions={}, now=at(11, 45), by=here.by_leader)

    states = {child.name: state for child, state in states_of(here).items()}
    assert (states["只午托"], states["学生01"]) == ("lessons", "here")
    assert watched(here, at(15)) == 0
    names = [one["name"] for one in list_content(here.school, THURSDAY, here.by_leader, at(17))["children"]]
    assert only.name not in names and both.name in names
    for child in here.children[:3]:
        collect(here, child)
    assert close(here).counts["present"] == 4


def states_of(town):
    by_pk = {child.pk: child for child in town.children}
    return {by_pk[pk]: state for pk, state in day_book(town.school, THURSDAY).states().items()}


def test_the_beat_calls_it_and_the_desks_show_it(here, principal, reviewer, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(18, 31))
    monkeypatch.setattr(watch_school, "delay", watch_school)
    watch()

    [board_task] = tasks(cast.act(principal, THURSDAY), THURSDAY)
    [call_task] = tasks(cast.act(reviewer, THURSDAY), THURSDAY)
    assert (board_task.count, board_task.url) == (3, f"/attendance/day/?school={here.school.pk}")
    assert (call_task.count, call_task.url) == (3, f"tel:{here.school.phone}")
    assert [one.urgent for one in tasks(here.by_leader, THURSDAY) if "清零" in one.title] == [True]


def test_a_child_found_after_the_signature_is_not_forgotten(here, client, monkeypatch):
    """It was marked absent and stands there: alarmed like any other, and somebody may stay with it."""
    absent = here.children[0]
    correct_mark(here.session, student=absent, status="absent", reason="没来", now=at(15, 50), by=here.by_teacher)
    for child in here.children[1:]:
        collect(here, child)
    close(here, at(17, 50))
    correct_mark(here.session, student=absent, status="present", reason="找到了", now=at(18, 5), by=here.by_teacher)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(18, 6))
    monkeypatch.setattr(watch_school, "delay", watch_school)
    watch()

    assert heard(here.leader) == ["child_left"]
    client.force_login(here.leader)
    assert "有孩子滞留" in client.get("/attendance/day/").content.decode()
    keep(here, absent, when=at(18, 10))
    watch()
    assert heard(here.leader) == ["child_left", "child_settled"]


def test_nothing_is_opened_on_a_day_that_was_signed(here):
    for child in here.children:
        collect(here, child)
    close(here)
    with pytest.raises(Session.DoesNotExist):
        here.club(here.children[0])


def test_the_clock_asks_as_much_for_many_children_as_for_few(here):
    asked = []
    for minute in (0, 30):
        with CaptureQueriesContext(connection) as queries:
            assert watched(here, at(19, minute)) == 3 * len(here.children)
        asked.append(len(queries))
        Alarm.objects.update(settled_at=at(19, minute))
        for number in range(6):
            here.add_child(f"更多{minute}{number}")
    assert asked[0] == asked[1]


def test_two_who_watch_the_same_minute_raise_it_once(here):
    assert watched(here, at(18)) == 3
    assert watched(here, at(18)) == 0
    assert DayClose.objects.count() == 0
