"""What only a telephone shows: the family's taps are counted, the code renews itself, the guard's page empties itself."""

import pytest
from playwright.sync_api import expect

from afterschool.access.capabilities import Role
from attendance import codes
from attendance.actions import take_roll
from attendance.models import PickupChange
from tests import cast
from tests.attendance.families import name_grandma
from tests.attendance.phones import Phone
from tests.attendance.town import at, build
from tests.test_look import serious

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(monkeypatch):
    wall = {"now": at(16)}
    monkeypatch.setattr("django.utils.timezone.now", lambda: wall["now"])
    return wall


@pytest.fixture
def town(clock):
    bureau = cast.make_bureau()
    town = build(cast.make_school(bureau), cast.make_term(bureau), children=0)
    town.add_child("陈一诺")
    name_grandma(town, town.children[0])
    town.open()
    take_roll(town.session, exceptions={}, now=at(15, 46), by=town.by_teacher)
    return town


@pytest.fixture
def phone_of(live_server, browser):
    phones = []

    def lend(person) -> Phone:
        phones.append(Phone(browser, live_server.url, person))
        return phones[-1]

    yield lend
    for phone in phones:
        phone.context.close()


def test_a_family_changes_collector_and_time_in_three_taps_and_shows_a_code_that_renews_itself(town, clock, phone_of):
    phone, child, mother = phone_of(town.mothers[0]), town.children[0], town.mothers[0]
    phone.open("/")
    phone.tap("换人接")
    phone.tap("奶奶 王秀兰")
    expect(phone.page.get_by_role("button", name="奶奶 王秀兰", pressed=True)).to_be_visible()
    phone.tap("17:45")
    phone.sees("今天由王秀兰来接，17:45 到", "王秀兰来接")
    assert phone.taps == 3
    assert PickupChange.objects.get(cancelled_at=None).words == "今天由王秀兰来接，17:45 到"
    phone.fits()
    assert serious(phone.page) == []

    phone.tap("接送码")
    code = phone.page.locator(".code-digits")
    expect(code).to_have_text(codes.rotating_code(child.pk, mother.pk, at(16)))
    phone.fits()
    assert serious(phone.page) == []
    clock["now"] = at(16, second=30)
    phone.later(30)
    expect(code).to_have_text(codes.rotating_code(child.pk, mother.pk, at(16, second=30)))
    phone.context.set_offline(True)
    phone.later(61)
    expect(code).to_be_hidden()
    phone.sees("这个码已经过期")
    clock["now"] = at(16, 2)
    phone.context.set_offline(False)
    phone.later(6)
    expect(code).to_have_text(codes.rotating_code(child.pk, mother.pk, at(16, 2)))


def test_the_guards_open_page_finds_a_child_by_its_name_and_is_empty_in_the_evening(town, phone_of):
    phone = phone_of(cast.make_person("孙师傅", Role.GUARD, town.school))
    phone.open("/attendance/guard/")
    phone.page.get_by_label("孩子的名字").fill("一诺")
    expect(phone.page.locator("#pupils")).to_contain_text("王秀兰")
    phone.fits()
    assert serious(phone.page) == []

    phone.context.set_offline(True)
    phone.later(4 * 3600)
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.sees("今天的名单已经收起")
    expect(phone.page.locator("main")).not_to_contain_text("一诺")
