"""Under policy C nothing begins before the bureau says yes: returned with a reason, mended, approved."""

import re
from datetime import date, time

import pytest
from playwright.sync_api import expect

from afterschool.access.capabilities import Role
from tests import cast
from tests.plans.writing import write_plan

from .town import with_password

pytestmark = pytest.mark.slow
REASON = "应急预案没有写明谁在十分钟内报告，请写到人。"


def test_approval(stage, wall):
    wall.put(date(2026, 8, 20), "09:00")
    bureau = cast.make_bureau("长乐区教育局", "changle-2021")
    school, term = cast.make_school(bureau, "吴航小学"), cast.make_term(bureau)
    office = with_password("林主任", Role.SCHOOL_ADMIN, school)
    _write(school, term, office)

    clerk = stage.desk(password_of=office.phone)
    _file(clerk)
    clerk.sees("已报送，请等教育局答复")
    reviewer = stage.desk(password_of=with_password("韩科长", Role.BUREAU_REVIEWER, bureau).phone)
    _returns_it(reviewer)
    _mends_it(wall, clerk)
    reviewer.go("/plans/review/")
    reviewer.press("去答复")
    reviewer.press("审核同意，方案生效")
    reviewer.sees("吴航小学：审核同意")
    reviewer.shot("approved")


def _write(school, term, office):
    return write_plan(
        school, term, cast.act(office, date(2026, 8, 20)), fee_fen=0, weekdays=(1, 2, 3, 4, 5), ends_at=time(18, 0)
    )


def _file(clerk):
    clerk.go("/plans/")
    clerk.press(re.compile("第 1 版"))
    clerk.press("保存并报送教育局")


def _returns_it(reviewer):
    reviewer.go("/plans/review/")
    reviewer.press("去答复")
    reviewer.press("退回修改")
    reviewer.sees("退回要写明理由，学校才知道改哪里")
    reviewer.shot("no-return-without-a-reason")
    reviewer.fill({"退回要写理由": REASON})
    reviewer.press("退回修改")
    reviewer.sees("吴航小学：退回修改")


def _mends_it(wall, clerk):
    wall.put(date(2026, 8, 21), "09:00")
    clerk.go("/plans/")
    clerk.press(re.compile("第 1 版"))
    clerk.sees("教育局退回修改", REASON)
    clerk.press("供餐与安全", exact=True)
    expect(clerk.page.get_by_role("heading", name="供餐与安全", exact=True)).to_be_visible()
    clerk.fill({"应急预案": "先救治并通知家长；带班领导十分钟内报告校长。"})
    clerk.shot("returned-plan-mended")
    clerk.press("保存并报送教育局")
    clerk.sees("已报送，请等教育局答复")
