"""场所检查."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from attendance import upkeep
from attendance.actions.venues import add_venue, check_venue, end_venue, mend_venue
from attendance.selectors.log import log_lines
from attendance.selectors.venues import venue_rows
from enrollment.models import Section
from tests import cast
from tests.attendance.town import THURSDAY, at


@pytest.fixture
def office(town):
    return cast.act(cast.make_person("办公室", Role.SCHOOL_ADMIN, town.school), THURSDAY)


@pytest.fixture
def yard(town, office):
    return add_venue(town.school, name="操场", every_days=30, today=THURSDAY, by=office)


def on(days: int):
    return THURSDAY + timedelta(days=days)


def row(office, today):
    [row] = venue_rows(office.reach_as([Role.SCHOOL_ADMIN]), today)
    return row


def danger(yard, office, day=0):
    return check_venue(yard, is_safe=False, found="篮球架松动", mend_by=on(day + 3), today=on(day), by=office)


def test_venue_is_looked_at_when_it_begins_and_so_many_days_after_each_look(yard, office):
    assert [row(office, on(days)).days_late for days in (0, 2)] == [0, 2]
    check = check_venue(yard, is_safe=True, today=on(2), by=office)
    assert (check.due_on, row(office, on(2)).due_on) == (on(0), on(32))
    assert [row(office, on(days)).days_late for days in (32, 35)] == [0, 3]
    check_venue(yard, is_safe=True, today=on(20), by=office)
    assert row(office, on(20)).due_on == on(50)


def test_venue_unsafe_says_what_and_by_when_and_stays_open_until_mended(yard, office):
    for words, says in (({"found": " "}, "发现了什么"), ({"found": "松动", "mend_by": on(-1)}, "改好")):
        with pytest.raises(RuleBroken, match=says):
            check_venue(yard, is_safe=False, **words, today=on(0), by=office)
    check = danger(yard, office)
    assert row(office, on(40)).open_dangers == [check]
    mend_venue(check, today=on(2), by=office)
    mend_venue(check, today=on(9), by=office)
    check.refresh_from_db()
    assert check.mended_on == on(2) and row(office, on(40)).open_dangers == []
    assert Deed.objects.filter(verb="mended_venue").count() == 1


def test_venue_found_unsafe_after_it_was_found_safe_the_same_day(yard, office):
    check_venue(yard, is_safe=True, today=on(0), by=office)
    check = danger(yard, office)
    assert row(office, on(0)).open_dangers == [check]
    with pytest.raises(RuleBroken, match="已经检查过"):
        danger(yard, office)


def test_venue_no_longer_used_reminds_nobody_and_its_name_is_free(town, yard, office):
    with pytest.raises(RuleBroken, match="已经有"):
        add_venue(town.school, name="操场", every_days=7, today=on(1), by=office)
    end_venue(yard, today=on(1), by=office)
    assert venue_rows(office.reach_as([Role.SCHOOL_ADMIN]), on(90)) == []
    with pytest.raises(RuleBroken, match="停用"):
        check_venue(yard, is_safe=True, today=on(2), by=office)
    add_venue(town.school, name="操场", every_days=7, today=on(2), by=office)


def test_venue_overdue_or_in_danger_is_on_the_desks_of_those_who_look_after_it(town, yard, office):
    def said(person, today):
        return [(task.title, task.urgent) for task in upkeep.tasks(cast.act(person, THURSDAY), today)]

    principal = cast.make_person("校长", Role.PRINCIPAL, town.school)
    assert said(town.leader, on(0)) == []
    assert said(town.leader, on(1)) == said(principal, on(1)) == [("1 个场所该查安全了", False)]
    danger(yard, office, day=1)
    assert said(principal, on(1)) == [("1 处隐患还没整改", False)]
    assert said(principal, on(5)) == [("1 处隐患还没整改", True)]
    assert said(town.teacher, on(5)) == []


def test_danger_stands_beside_the_sessions_of_its_room(town, yard, office, client):
    Section.objects.filter(pk=town.section.pk).update(room="操场")
    check = danger(yard, office)
    assert [line.danger for line in log_lines(town.school, THURSDAY, town.by_leader.reach_as([Role.LEADER]))] == [check]
    client.force_login(town.teacher)
    with time_machine.travel(at(15, 45)):
        assert "篮球架松动" in client.get(reverse("attendance:session-roll", args=[town.session.pk])).content.decode()
    mend_venue(check, today=on(0), by=office)
    assert [line.danger for line in log_lines(town.school, THURSDAY, town.by_leader.reach_as([Role.LEADER]))] == [None]


def test_venue_page_takes_one_tap_when_safe_and_says_what_is_missing(town, yard, office, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(15))
    client.force_login(town.leader)
    check, form = reverse("attendance:venue-check", args=[yard.pk]), f"venue-{yard.pk}-is_safe"
    answer = client.post(check, {form: "no"})
    assert answer.status_code == 422 and "请写明发现了什么" in answer.content.decode()
    assert client.post(check, {form: "yes"}).status_code == 302
    assert yard.checks.get().by == town.leader


def test_office_keeps_its_menu_where_teachers_have_a_phone_page(town, client):
    office_menu = 'aria-label="主菜单"'
    client.force_login(cast.make_person("校长", Role.PRINCIPAL, town.school))
    for page in ("venues", "emergency", "emergency-new", "archive"):
        assert office_menu in client.get(reverse(f"attendance:{page}")).content.decode(), page
    client.force_login(town.teacher)
    assert office_menu not in client.get(reverse("attendance:emergency")).content.decode()
