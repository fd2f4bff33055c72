"""The child's day as the family reads it, a change of who comes, the evening's one message."""

from datetime import time
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from afterschool.notices.models import Delivery, Notice
from afterschool.schools.models import Guardianship
from attendance.actions import (
    begin_late,
    cancel_change,
    change_pickup,
    take_roll,
    tell_families,
)
from attendance.actions.lists import issue_list
from attendance.models import Handover, PickupChange, Session, Transfer
from attendance.selectors import family_day, trail
from attendance.selectors.gate_facts import facts_of
from attendance.tasks import evening, tell_school
from attendance.told import Told
from enrollment.models import AgreementItem, Placement, Section
from enrollment.selectors import collectors_of
from tests import cast
from tests.attendance.families import father_of, name_grandma, restrict
from tests.attendance.gate import hand_over, undo
from tests.attendance.town import THURSDAY, at, build


@pytest.fixture
def child(town):
    return town.children[0]


@pytest.fixture
def by_mother(town):
    return cast.act(town.mothers[0], THURSDAY)


def roll(town):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)


def adult(child, relation):
    return next(one for one in collectors_of([child], THURSDAY)[child.pk] if one.relation == relation)


def basketball(town, child):
    """From 16:40 the child is with another teacher."""
    offering = town.offering.plan.offerings.create(
        school=town.school, name="篮球", kind="club", slot="afternoon", grades=[3], weekdays=[4],
        starts_at=time(16, 40), ends_at=time(17, 30),
    )  # fmt: skip
    section = Section.objects.create(
        school=town.school, term=town.term, offering=offering, name="篮球队", room="体育馆"
    )
    item = AgreementItem.objects.create(
        school=town.school, agreement=child.agreements.get(), offering=offering, weekdays=[4], fee_fen=0
    )
    Placement.objects.create(
        school=town.school, section=section, student=child, item=item, began_on=THURSDAY.replace(day=1)
    )
    coach = cast.make_person("周强", Role.TEACHER, town.school)
    town.put_on(coach, section, starts_at=at(16, 40))
    town.open()
    return section, coach


def line(child, now, day=THURSDAY):
    return [(one.word, one.note, one.done) for one in family_day(child, day, now).stations]


def test_the_day_is_a_line_from_the_way_to_the_collector(town, child, by_mother):
    section, coach = basketball(town, child)
    name_grandma(town, child)
    assert [word for word, *_ in line(child, at(15))] == ["课后托管", "篮球", "等待接走"]
    assert line(child, at(15, 42)) == [
        ("等待点名", "王静老师", False), ("篮球", "体育馆 · 周强老师", False), ("等待接走", "", False)
    ]  # fmt: skip

    roll(town)
    assert [word for word, *_ in line(child, at(16, 42))] == ["已签到", "在途", "等待接走"], "on the way to the hall"
    later = Session.objects.get(section=section)
    Transfer.objects.create(
        school=town.school, session=later, from_session=town.session, given_by=town.teacher, received_by=coach,
        expected=1, received=1, at=at(16, 38),
    )  # fmt: skip
    take_roll(later, exceptions={}, now=at(16, 45), by=cast.act(coach, THURSDAY))
    change_pickup(child, collector=adult(child, "奶奶"), comes_at=time(17, 45), now=at(16, 50), by=by_mother)
    assert line(child, at(16, 55)) == [
        ("已签到", "王静老师", True), ("篮球", "体育馆 · 16:38 交给周强老师", True), ("王秀兰来接", "", False)
    ]  # fmt: skip
    assert family_day(child, THURSDAY, at(16, 55)).stations[-1].at == time(17, 45)
    home = trail([child], THURSDAY, at(16, 55))[child.pk].stations
    assert [(one.word, one.done) for one in home] == [(word, done) for word, _, done in line(child, at(16, 55))]
    assert home[-1].at == time(17, 45), "home says what the page says"

    hand_over(child, adult(child, "奶奶"), now=at(17, 42), by=town.by_teacher)
    assert line(child, at(18))[-1] == ("由奶奶接走", "王秀兰 · 当面认人 · 交接人 王静", True)
    assert family_day(child, THURSDAY, at(18)).adults == ()
    assert family_day(child, THURSDAY.replace(day=14), at(18)).state is None


def test_a_child_that_is_kept_late_is_shown_with_its_keeper(town, child):
    roll(town)
    begin_late([child], day=THURSDAY, keeper=town.teacher, place="二楼阅览室", now=at(17, 50), by=town.by_leader)

    assert line(child, at(18))[1][0] == "王静陪着，在二楼阅览室"
    assert family_day(child, THURSDAY, at(18)).adults, "who comes can still be changed"


def test_the_page_asks_as_much_for_a_long_day_as_for_a_short_one(town, child):
    def asked(one):
        with CaptureQueriesContext(connection) as queries:
            family_day(one, THURSDAY, at(16))
        return len(queries)

    basketball(town, child)
    name_grandma(town, child)
    name_grandma(town, child)
    assert asked(child) == asked(town.children[1]) <= 21


def test_a_change_is_on_the_gates_list_at_once_and_replaces_the_one_before(town, child, by_mother):
    grandma = name_grandma(town, child)
    father = father_of(town, child)
    change_pickup(child, comes_at=time(17, 45), now=at(12), by=by_mother)
    change = change_pickup(child, collector=adult(child, "奶奶"), comes_at=time(17, 45), now=at(12, 1), by=by_mother)

    assert PickupChange.objects.get(cancelled_at=None) == change
    assert (change.pickup_person, change.words) == (grandma, "今天由王秀兰来接，17:45 到")
    told = Notice.objects.filter(kind="pickup_changed", title__contains="王秀兰")
    assert set(told.values_list("to", flat=True)) == {town.teacher.pk, father.pk}
    assert not Delivery.objects.exists(), "the list is not given out yet: nobody is rung up"

    content = issue_list(town.school, day=THURSDAY, device="d", now=at(15, 26), by=town.by_teacher).content
    [row] = [one for one in content["children"] if one["id"] == child.pk]
    assert row["note"] == "今天由王秀兰来接，17:45 到"
    assert [one["name"] for one in row["adults"] if one["today"]] == ["王秀兰"]
    change.refresh_from_db()
    assert (change.seen_at, change.seen_by) == (at(15, 26), town.teacher)

    roll(town)
    change_pickup(child, collector=adult(child, "父亲"), now=at(17, 20), by=by_mother)
    rung = Delivery.objects.filter(notice__kind="pickup_changed", channel="wechat")
    assert [one.notice.to for one in rung] == [town.teacher], "the list was given out before: the telephone rings"


def test_whom_a_change_names_and_who_is_barred_since_is_not_awaited(town, child, by_mother, client, monkeypatch):
    """Nobody relies on an adult whom the gate will turn away; another time can still be said."""
    father_of(town, child)
    change_pickup(child, collector=adult(child, "父亲"), now=at(12), by=by_mother)
    assert line(child, at(12, 30))[-1][0] == "陈志强来接"
    restrict(town, child, "陈志强")
    assert line(child, at(13))[-1][0] == "等待接走"
    assert trail([child], THURSDAY, at(13))[child.pk].stations[-1].word == "等待接走"

    monkeypatch.setattr("django.utils.timezone.now", lambda: at(13))
    client.force_login(town.mothers[0])
    page = client.get(f"/attendance/students/{child.pk}/day/").content.decode()
    assert "学校现在不能把孩子交给这位大人" in page
    answer = client.post(
        f"/attendance/students/{child.pk}/change/",
        {"who": family_day(child, THURSDAY, at(13)).chosen, "comes_at": "18:00"},
    )
    assert answer.status_code == 302
    assert family_day(child, THURSDAY, at(13)).change.words == "18:00 到"


def test_a_change_grants_nothing(town, child, by_mother):
    father = father_of(town, child)
    stranger = cast.make_student(town.section.school_class, "别家孩子", guardian=cast.make_person("路人"))
    restrict(town, child, "陈志强")
    refused = {
        "接送名单": {"collector": adult(stranger, "母亲")},
        "学校办公室": {"collector": adult(child, "父亲")},
        "三年级及以下.*第三十一条": {"alone": True},
        "请点": {},
    }
    for words, asked in refused.items():
        with pytest.raises(RuleBroken, match=words):
            change_pickup(child, **asked, now=at(12), by=by_mother)
    with pytest.raises(RuleBroken, match="学校办公室"):
        change_pickup(child, comes_at=time(18), now=at(12), by=cast.act(father, THURSDAY))
    with pytest.raises(RuleBroken, match="监护人"):
        change_pickup(child, comes_at=time(18), now=at(12), by=town.by_teacher)
    assert not PickupChange.objects.exists() and not Notice.objects.exists()


def test_going_alone_is_agreed_for_this_day_only_from_the_grade_that_may(haitang, term):
    town = build(haitang, term, children=2, grade=4)
    town.open()
    child, other = town.children
    mother = cast.act(town.mothers[0], THURSDAY)
    change = change_pickup(child, alone=True, comes_at=time(17), now=at(12), by=mother)
    assert change.words == "今天自行离校，17:00 走"

    told = [Told(uuid4(), "release", one.pk, at(17)) for one in town.children]
    agreed = facts_of(town.school, THURSDAY, told, device="", by=town.by_teacher).agreed
    assert agreed == {child.pk: "self", other.pk: "collected"}
    cancel_change(change, now=at(12, 5), by=mother)
    assert PickupChange.objects.filter(cancelled_at=None).count() == 0
    restrict(town, child, "某人")
    with pytest.raises(RuleBroken, match="学校办公室"):
        change_pickup(child, alone=True, now=at(12), by=mother)


def test_another_time_alone_leaves_the_way_home_as_it_was_signed(haitang, term):
    """Whoever walks home walks at the other time; a bus leaves when it leaves."""
    town = build(haitang, term, children=2, grade=4)
    town.open()
    for child, mode in zip(town.children, ("self", "bus"), strict=True):
        child.applications.update(leave_mode=mode)
    walker, rider = town.children
    change = change_pickup(walker, comes_at=time(17), now=at(12), by=cast.act(town.mothers[0], THURSDAY))
    assert (change.mode, change.words) == ("self", "今天自行离校，17:00 走")
    with pytest.raises(RuleBroken, match="校车"):
        change_pickup(rider, comes_at=time(17), now=at(12), by=cast.act(town.mothers[1], THURSDAY))


def test_the_same_change_twice_is_said_once(town, child, by_mother):
    for _ in range(2):
        change_pickup(child, collector=adult(child, "母亲"), comes_at=time(17, 45), now=at(12), by=by_mother)
    assert PickupChange.objects.count() == 1
    assert Notice.objects.filter(kind="pickup_changed", to=town.teacher).count() == 1


def test_nothing_is_changed_once_the_child_has_gone_or_does_not_come(town, child, by_mother):
    third = town.children[2]
    change = change_pickup(child, comes_at=time(17, 45), now=at(12), by=by_mother)
    roll(town)
    hand_over(child, adult(child, "母亲"), now=at(17, 42), by=town.by_teacher)
    with pytest.raises(RuleBroken, match="17:42 已经由母亲接走"):
        change_pickup(child, comes_at=time(18), now=at(17, 50), by=by_mother)
    Session.objects.filter(pk=town.session.pk).update(day=THURSDAY.replace(day=16))
    with pytest.raises(RuleBroken, match="没有课后服务"):
        change_pickup(third, comes_at=time(18), now=at(12), by=cast.act(town.mothers[2], THURSDAY))
    assert PickupChange.objects.filter(cancelled_at=None).get() == change


def test_evening_tells_each_guardian_once_who_collected_and_when(town, child, monkeypatch):
    brother = town.children[1]
    father, mother = father_of(town, child), town.mothers[0]
    Guardianship.objects.create(
        school=town.school, student=brother, person=mother, relation="母亲", began_on=THURSDAY.replace(day=1)
    )
    name_grandma(town, child)
    restrict(town, child, "陈志强")
    roll(town)
    hand_over(child, adult(child, "奶奶"), now=at(17, 42), by=town.by_teacher)
    assert tell_families(town.school, day=THURSDAY) == 0, "the brother is still there"

    hand_over(brother, f"guardian:{mother.pk}", now=at(17, 50), by=town.by_teacher)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(19))
    monkeypatch.setattr(tell_school, "delay", tell_school)
    evening()
    evening()

    told = {one.to: one for one in Notice.objects.filter(kind="gone_home")}
    assert set(told) == {mother, town.mothers[1]}, "not the father, who must not know; not the third, still at school"
    assert told[mother].title == "学生01 17:42 由奶奶接走；学生02 17:50 由母亲接走"
    assert father not in told
    assert [one.channel for one in told[mother].deliveries.all()] == ["wechat"]
    undo(Handover.objects.get(student=brother), now=at(19, 5), by=town.by_leader)
    assert tell_families(town.school, day=THURSDAY) == 0


def test_evening_is_silent_of_children_that_did_not_come(town):
    take_roll(town.session, exceptions={one.pk: "absent" for one in town.children}, now=at(15, 46), by=town.by_teacher)
    assert tell_families(town.school, day=THURSDAY) == 0
