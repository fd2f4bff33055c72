"""In a real browser: a breach is told while it is typed, and the box keeps what was typed."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from afterschool.access.capabilities import Role
from tests import cast
from tests.plans.writing import write_plan


@pytest.fixture
def signed_in(client, context, live_server):
    def sign_in(person):
        client.force_login(person)
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])

    return sign_in


def test_typing_a_breach_shows_its_clause_and_mending_it_frees_the_button(page, live_server, signed_in, haitang, term):
    clerk = cast.make_person("刘主任", Role.SCHOOL_ADMIN, haitang)
    plan = write_plan(haitang, term, cast.act(clerk, date(2026, 9, 10)))
    signed_in(clerk)
    page.goto(f"{live_server.url}/plans/{plan.pk}/edit/time/")
    fee, end = page.get_by_label("每月每生（元）"), page.get_by_label("结束", exact=True)
    findings, button = page.locator("#findings"), page.locator("#file-button")
    expect(button).to_have_text("保存并报送教育局")

    fee.fill("２２０")
    end.fill("17:45")
    page.get_by_label("周三").check()

    expect(findings).to_contain_text("超 20.00 元")
    expect(findings).to_contain_text("请提前 15 分钟")
    expect(findings.locator(".alert-danger .clause").first).to_have_text(re.compile(r"实施方案 四\.[24]"))
    expect(page.locator(".checked-box", has=fee)).to_contain_text("实施方案 四.4")
    expect(button).to_have_text(re.compile("先改 3 处"))
    assert (fee.input_value(), end.input_value()) == ("２２０", "17:45")

    fee.fill("200元")
    end.fill("17:30")
    page.get_by_label("周三").uncheck()
    expect(button).to_have_text("保存并报送教育局")
    button.get_by_role("button").click()

    expect(page.get_by_text("已报送，请等教育局答复")).to_be_visible()
    plan.refresh_from_db()
    assert plan.state == "filed"


def test_enter_in_a_box_saves_and_never_files_and_a_step_keeps_what_was_typed(
    page, live_server, signed_in, haitang, term
):
    clerk = cast.make_person("刘主任", Role.SCHOOL_ADMIN, haitang)
    plan = write_plan(haitang, term, cast.act(clerk, date(2026, 9, 10)))
    signed_in(clerk)
    page.goto(f"{live_server.url}/plans/{plan.pk}/edit/school/")

    page.get_by_label("领导小组成员").fill("各年级组长、家长代表")
    page.get_by_label("领导小组成员").press("Enter")
    expect(page.get_by_text("“学校与领导小组”已保存")).to_be_visible()
    page.get_by_label("学校监督电话").fill("0411-85550199")
    page.get_by_role("button", name="人员配备").click()

    expect(page.get_by_role("heading", name="人员配备")).to_be_visible()
    plan.refresh_from_db()
    assert (plan.state, plan.members, plan.hotline) == ("draft", "各年级组长、家长代表", "0411-85550199")
