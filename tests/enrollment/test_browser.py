"""A guardian applies on a phone: counted taps, nothing typed, no sideways scrolling."""

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from enrollment.models import Application
from tests import cast
from tests.test_look import too_wide

pytestmark = pytest.mark.django_db(transaction=True)
MOST_TAPS = 8
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def family(haitang, term):
    """The same family, in a term that is running on the day the test runs."""
    today = timezone.localdate()
    term.began_on, term.ended_on = today.replace(month=1, day=1), today.replace(month=12, day=31)
    term.save()
    cast.make_plan(haitang, term)
    mother = cast.make_person("李敏")
    child = cast.make_student(cast.make_class(haitang, grade=3, number=2), "陈一诺", guardian=mother)
    return mother, child


@pytest.fixture
def phone(live_server, client, family, browser):
    """A phone on which the mother is signed in."""
    client.force_login(family[0])
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN")
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(live_server.url + "/enrollment/apply/")
    yield page
    context.close()


class Finger:
    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, target):
        self.taps += 1
        target.tap()


@pytest.mark.parametrize("large", [False, True])
def test_a_guardian_applies_in_a_few_taps(phone, family, large):
    finger = Finger(phone)
    if large:
        phone.evaluate("localStorage.setItem('large-type', 'on')")
        phone.reload()
    finger.tap(phone.get_by_role("link", name="报名", exact=True))
    expect(phone.get_by_text("200.00")).to_be_visible()
    assert too_wide(phone) <= 0
    finger.tap(phone.get_by_role("checkbox", name="课后托管"))
    finger.tap(phone.get_by_role("button", name="提交报名"))

    expect(phone.get_by_role("list", name="报名进度")).to_contain_text("初审")
    application = Application.objects.get()
    expect(phone.get_by_text(application.number)).to_be_visible()
    assert application.choices.get().weekdays == [1, 2, 4, 5]
    assert too_wide(phone) <= 0
    assert finger.taps <= MOST_TAPS


def test_not_now_is_one_tap(phone, family):
    finger = Finger(phone)
    yes, no = phone.get_by_role("link", name="报名", exact=True), phone.get_by_role("button", name="暂不参加")
    assert yes.bounding_box()["width"] == pytest.approx(no.bounding_box()["width"], abs=1)

    finger.tap(no)

    expect(phone.get_by_text("想参加时随时可以来报名")).to_be_visible()
    assert family[1].declines.count() == 1 and finger.taps == 1
