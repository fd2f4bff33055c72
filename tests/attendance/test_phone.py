"""The roll on the duty teacher's phone: counted taps in a real browser."""

from datetime import time

import pytest
from playwright.sync_api import expect

from attendance.actions import take_roll
from attendance.models import ContactAttempt, Mark, Transfer
from tests import cast
from tests.attendance.phones import Phone
from tests.attendance.town import at, build

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = [f"{family}{given}" for family in "陈林郑周何孙郭张李王" for given in ("一诺", "可欣", "浩然", "思远")]


@pytest.fixture
def clock(monkeypatch):
    """What the wall shows; tests move it."""
    wall = {"now": at(15, 40)}
    monkeypatch.setattr("django.utils.timezone.now", lambda: wall["now"])
    return wall


@pytest.fixture
def town(clock):
    bureau = cast.make_bureau()
    town = build(cast.make_school(bureau), cast.make_term(bureau), children=0)
    for name in NAMES:
        town.add_child(name)
    return town


@pytest.fixture
def phone(live_server, town, browser):
    """The duty teacher's phone, signed in; every tap is counted."""
    phone = Phone(browser, live_server.url, town.teacher)
    yield phone
    phone.context.close()


@pytest.mark.parametrize("large", [False, True])
def test_roll_of_forty_with_two_absent_takes_at_most_five_taps(phone, town, clock, large):
    town.open()
    phone.open("/staffing/mine/")
    if large:
        phone.page.evaluate("localStorage.setItem('large-type', 'on')")
        phone.page.reload()
    phone.tap("到岗")
    phone.sees("在岗")
    clock["now"] = at(15, 46)
    phone.taps = 0

    phone.tap("点名")
    expect(phone.page.locator(".child-tile")).to_have_count(40)
    phone.fits()
    phone.tap(NAMES[5])
    phone.tap(NAMES[17])
    expect(phone.page.get_by_role("button", name="提交：出勤 38 人")).to_be_visible()
    phone.tap("提交")

    expect(phone.page.get_by_text("出勤 38，缺勤 2")).to_be_visible()
    assert phone.taps <= 5
    absent = Mark.objects.filter(status="absent").values_list("student__name", flat=True)
    assert set(absent) == {NAMES[5], NAMES[17]}
    assert Mark.objects.filter(status="present").count() == 38


def test_call_is_noted_in_two_taps_and_children_who_change_rooms_are_received_in_three(phone, town, clock):
    town.open()
    club = town.club(*town.children[:5], name="合唱", starts=time(15, 40), ends=time(16, 30))
    take_roll(club, exceptions={}, now=at(15, 46), by=town.by_leader)
    take_roll(town.session, exceptions={town.children[7].pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    clock["now"] = at(16, 31)
    phone.open(f"/attendance/sessions/{town.session.pk}/")
    phone.tap("联系")
    phone.lands("联系家长")
    phone.fits()
    phone.tap("已联系上，家长知情")
    phone.sees("已落实")
    assert phone.taps == 2
    assert ContactAttempt.objects.get().person == town.mothers[7]

    phone.tap("转班")
    phone.lands("转班")
    phone.fits()
    phone.page.get_by_text(town.children[2].name, exact=True).first.tap()
    phone.page.get_by_role("button", name="收到").last.tap()
    phone.sees("应到 5，实到 4", f"没到：{town.children[2].name}")
    assert phone.taps + 2 == 5
    assert Transfer.objects.get().received == 4


def test_tile_goes_round_its_states_a_correction_takes_three_taps_and_the_roll_can_be_undone(phone, town, clock):
    town.open()
    clock["now"] = at(15, 46)
    phone.open(f"/attendance/sessions/{town.session.pk}/")
    for word in ("× 缺勤", "☆ 迟到", "病", "✓ 出勤"):
        phone.tap(NAMES[3])
        expect(phone.page.get_by_role("button", name=NAMES[3])).to_contain_text(word)
    phone.tap("提交")
    expect(phone.page.get_by_text("已点名", exact=True)).to_be_visible()
    clock["now"] = at(15, 52)
    phone.tap(NAMES[7])
    phone.lands("改考勤")
    phone.fits()
    phone.page.get_by_text("迟到", exact=True).tap()
    phone.tap("后来到了")
    expect(phone.page.get_by_role("link", name=NAMES[7])).to_contain_text("15:52 更正")
    phone.sees("出勤 → 迟到", "后来到了")
    phone.tap("撤销")

    expect(phone.page.get_by_text("未点名", exact=True)).to_be_visible()
    assert not Mark.objects.exists()
