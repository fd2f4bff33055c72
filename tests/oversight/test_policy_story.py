"""A new policy, from the file to the day it holds: read, tried, mended, compared, worked out, proposed and confirmed."""

import re

import pytest
from playwright.sync_api import expect

from afterschool.jobs.book import run_waiting
from afterschool.notices.models import Notice
from afterschool.schools.models import Adoption
from tests.test_look import serious, too_wide

from .conftest import BODY, NOTICE

WRONG = BODY.replace("yuan = 180", 'yuan = "一百八"').replace("bihai-2026", "bihai-story")
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}


@pytest.fixture(params=SIZES, ids=SIZES)
def visit(request, client, new_context, live_server, tmp_path):
    """Sign somebody in at a browser of their own; a page too wide, or with a barrier, is a fault."""

    def visit(person):
        client.force_login(person)
        context = new_context(viewport=SIZES[request.param], locale="zh-CN")
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(f"{live_server.url}/")
        return page

    return visit


def looks_right(page):
    assert too_wide(page) <= 0, page.url
    assert serious(page) == [], page.url


def test_a_policy_goes_from_a_file_to_the_day_it_holds(transactional_db, visit, county):
    page = visit(county.keeper)
    page.get_by_role("link", name="政策", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("双减政策下中小学课后服务工作实施方案")
    expect(page.get_by_text("小学、初中每月每生收费不高于200元。").first).to_be_visible()
    looks_right(page)

    # A mistyped number is shown where it stands; what was sent is mended there.
    page.get_by_role("link", name="上传新政策").click()
    page.get_by_label("政策文件", exact=True).set_input_files(
        {"name": "细则.toml", "mimeType": "text/plain", "buffer": WRONG.encode()}
    )
    page.get_by_label("通知原文，可以不传").set_input_files(
        {"name": "细则.txt", "mimeType": "text/plain", "buffer": NOTICE.encode()}
    )
    page.get_by_role("button", name="上传并检查").click()
    line = WRONG.splitlines().index('yuan = "一百八"') + 1
    expect(page.get_by_text(f"细则.toml 第 {line} 行 [[price]] yuan")).to_be_visible()
    looks_right(page)
    box = page.get_by_label("政策文件的内容")
    assert "平时按不低于百分之一百六十" in page.get_by_label("通知原文的内容").input_value()
    box.fill(box.input_value().replace('"一百八"', "180"))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("检查通过")).to_be_visible()
    looks_right(page)

    page.get_by_role("link", name="下一步：和现行的差异").click()
    expect(page.get_by_role("row", name=re.compile("180"))).to_contain_text("更严")
    looks_right(page)

    page.get_by_role("link", name="下一步：对各校的影响").click()
    page.get_by_role("button", name="开始算").click()
    expect(page.get_by_text("正在算：0 / 2 所学校")).to_be_visible()
    run_waiting()
    expect(page.get_by_role("row", name=re.compile("合计"))).to_contain_text("−40.00")
    expect(page.get_by_text("不高于 180 元，现填 200.00 元")).to_be_visible()
    looks_right(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel").click()
    assert download.value.suggested_filename == "effect-bihai-story.xlsx"

    # Not in the middle of a month; a month that has begun stays as it is.
    page.get_by_role("link", name="下一步：采用").click()
    expect(page.get_by_label("为什么采用")).to_be_visible()
    looks_right(page)
    page.get_by_label("为什么采用").fill("县里的新细则")
    for day, why in (("2026-12-15", "某个月的1日"), ("2026-10-01", "海棠路小学已经为2026年10月开了账")):
        page.get_by_label("自哪天起").fill(day)
        page.get_by_role("button", name="提请采用").click()
        expect(page.get_by_text(why)).to_be_visible()
    page.get_by_label("自哪天起").fill("2026-12-01")
    page.get_by_role("button", name="提请采用").click()
    expect(page.get_by_text("要由局里另一位来确认")).to_be_visible()
    looks_right(page)

    other = visit(county.reviewer)
    other.get_by_role("link", name=re.compile("自12月1日起采用新政策，等您确认")).click()
    expect(other.get_by_text(re.compile("1 所学校的方案不符；每月家长交的 400.00 → 360.00"))).to_be_visible()
    looks_right(other)
    other.get_by_role("button", name="确认，自 12月1日起执行").click()
    expect(other.get_by_text("各校校长已收到通知")).to_be_visible()
    expect(other.get_by_text("将执行")).to_be_visible()
    looks_right(other)
    assert Adoption.objects.get(policy="bihai-story").confirmed_by == county.reviewer
    assert Notice.objects.get(kind="policy_adopted").to == county.principal
