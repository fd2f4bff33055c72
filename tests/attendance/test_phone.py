"""The duty teacher's and the gate's phone: counted taps in a real browser."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from attendance.actions import take_roll
from attendance.models import Handover, Incident, Mark
from attendance.selectors import roll
from enrollment.models import PickupPerson
from tests import cast
from tests.attendance.town import at, build

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
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
def phone(live_server, client, town, browser):
    """The duty teacher's phone, signed in; every tap is counted."""
    client.force_login(town.teacher)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN")
    context.add_cookies([cookie])
    yield Phone(context.new_page(), live_server.url)
    context.close()


class Phone:
    def __init__(self, page, site):
        self.page, self.site, self.taps = page, site, 0

    def open(self, path):
        self.page.goto(self.site + path)

    def tap(self, words):
        self.taps += 1
        button = self.page.get_by_role("button", name=words)
        button.or_(self.page.get_by_role("link", name=words)).first.tap()

    def fits(self):
        self.page.wait_for_load_state("load")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]


@pytest.mark.parametrize("large", [False, True])
def test_roll_of_forty_with_two_absent_takes_at_most_five_taps(phone, town, clock, large):
    town.open()
    phone.open("/staffing/mine/")
    if large:
        phone.page.evaluate("localStorage.setItem('large-type', 'on')")
        phone.page.reload()
    phone.tap("到岗")
    clock["now"] = at(15, 46)
    phone.taps = 0

    phone.tap("点名")
    expect(phone.page.locator(".child-tile")).to_have_count(40)
    phone.fits()
    phone.tap(NAMES[5])
    phone.tap(NAMES[17])
    expect(phone.page.get_by_role("button", name="提交：到 38 人")).to_be_visible()
    phone.tap("提交")

    expect(phone.page.get_by_text("到 38 · 未到 2")).to_be_visible()
    assert phone.taps <= 5
    absent = Mark.objects.filter(status="absent").values_list("student__name", flat=True)
    assert set(absent) == {NAMES[5], NAMES[17]}
    assert Mark.objects.filter(status="present").count() == 38


def test_tile_goes_round_its_states_and_the_roll_can_be_undone(phone, town, clock):
    town.open()
    clock["now"] = at(15, 46)
    phone.open(f"/attendance/sessions/{town.session.pk}/")
    for word in ("× 未到", "☆ 迟到", "病", re.compile(r"\d\d")):
        phone.tap(NAMES[3])
        expect(phone.page.get_by_role("button", name=NAMES[3])).to_contain_text(word)
    phone.tap("提交")
    phone.tap("撤销")

    expect(phone.page.get_by_text("未点名")).to_be_visible()
    assert not Mark.objects.exists()


def test_child_goes_to_an_adult_in_two_taps_and_back_by_undo(phone, town, clock):
    town.open()
    child = take_roll_now(town)
    clock["now"] = at(17, 42)
    PickupPerson.objects.create(
        school=town.school, student=child, name="王秀兰", relation="奶奶", phone="13900006021",
        named_by=town.mothers[0], began_on=cast.LONG_AGO,
    )  # fmt: skip
    phone.open("/attendance/handover/")
    phone.taps = 0

    phone.tap(child.name)
    expect(phone.page.get_by_role("heading", name=f"{child.name} 交给谁？")).to_be_visible()
    phone.fits()
    phone.tap("奶奶")

    expect(phone.page.get_by_text("由奶奶接走").last).to_be_visible()
    assert phone.taps == 2
    assert Handover.objects.get(undone_at=None).collector_name == "王秀兰"

    phone.tap("撤销")
    expect(phone.page.get_by_role("link", name=child.name)).to_be_visible()
    assert not Handover.objects.filter(undone_at=None).exists()


def test_adult_nobody_named_is_reported_and_the_child_stays(phone, town, clock):
    town.open()
    child = take_roll_now(town)
    clock["now"] = at(17, 42)
    phone.open("/attendance/handover/")

    phone.tap(child.name)
    phone.tap("都不是这几位")

    expect(phone.page.get_by_text("没有放行，已记录并通知带班领导")).to_be_visible()
    assert Incident.objects.get().student == child
    assert not Handover.objects.exists()


def take_roll_now(town):
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return roll(town.session)[0].student
