"""A service is priced by what the policy prices it by: the plan, its page and the agreement say so."""

import pytest
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.plans.actions import save_offering
from afterschool.plans.models import Plan
from afterschool.plans.selectors import findings
from tests import cast

FREE_CARE_AND_CLUBS = """
[[applies_to]]
stages = ["primary"]
[[service_item]]
key = "custody"
label = "基础托管"
legal = "free_care"
[[service_item]]
key = "club"
label = "特色社团"
legal = "service"
club = true
[[price]]
items = ["custody"]
unit = "free"
[[price]]
items = ["club"]
unit = "lesson"
yuan = 3
[[filing]]
mode = "filed"
to = "市教育局"
[[account]]
label = "学校基本户"
"""


@pytest.fixture
def plan(haitang, term):
    cast.adopt(haitang.bureau, FREE_CARE_AND_CLUBS)
    return cast.make_plan(haitang, term, state=Plan.State.DRAFT, fee_fen=0)


@pytest.fixture
def clerk(haitang):
    return cast.make_person("周洁", Role.SCHOOL_ADMIN, haitang)


def club(plan, clerk, fee_fen):
    care = plan.offerings.get(kind="basic")
    return save_offering(
        plan, by=cast.act(clerk), name="篮球", kind="club", grades=[3], weekdays=[4], starts_at=care.starts_at,
        ends_at=care.ends_at, fee_fen=fee_fen,
    )  # fmt: skip


def about_fees(plan):
    return [finding.say for finding in findings(plan) if finding.field == "fee" and finding.level != "ok"]


def test_a_service_takes_the_unit_of_its_price(plan, clerk):
    assert club(plan, clerk, 3_00).unit == "lesson"
    assert save_offering(plan, plan.offerings.get(kind="basic"), by=cast.act(clerk), fee_fen=1).unit == "month"


def test_the_fee_is_held_against_the_price_of_its_own_item(plan, clerk):
    club(plan, clerk, 3_00)
    assert about_fees(plan) == []
    club_of_old = plan.offerings.get(kind="club")
    save_offering(plan, club_of_old, by=cast.act(clerk), fee_fen=3_01)
    plan.offerings.filter(kind="basic").update(fee_fen=1_00)
    assert about_fees(plan) == [
        "免费，不向家长收费，现填 1.00 元",
        "每课时不高于 3 元，现填 3.01 元，超 0.01 元",
    ]


def test_a_unit_other_than_the_policys_blocks_the_plan(plan, clerk):
    club(plan, clerk, 3_00)
    plan.offerings.filter(kind="club").update(unit="month")
    assert about_fees(plan) == ["每课时不高于 3 元，现按每月收费，请改为按每课时收费"]


def test_the_page_asks_for_the_fee_of_a_lesson(client, plan, clerk):
    club(plan, clerk, 3_00)
    client.force_login(clerk)
    page = client.get(reverse("plans:plan-part", args=[plan.pk, "time"])).content.decode()
    assert "每课时（元）" in page and "每月每生（元）" in page
    assert "3.00/课时" in client.get(reverse("plans:plan-detail", args=[plan.pk])).content.decode()


def test_what_the_policy_leaves_open_hides_nothing_else(haitang, term):
    cast.adopt(haitang.bureau, '[[price]]\nunit = "month"\nyuan = 100\n')
    plan = cast.make_plan(haitang, term, state=Plan.State.DRAFT, fee_fen=150_00)
    assert about_fees(plan) == ["每月每生不高于 100 元，现填 150.00 元，超 50.00 元"]
    open_ = [finding.say for finding in findings(plan) if finding.title == "政策没有写明"]
    assert len(open_) == 2 and all(say.startswith("办法没有写明") for say in open_)
