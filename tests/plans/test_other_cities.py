"""A plan under a policy that nobody programmed: what the file asks for is found while the plan is written."""

from datetime import time

import pytest
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.plans.models import Plan
from afterschool.plans.selectors import findings
from tests import cast

RULES = """
[[applies_to]]
stages = ["primary"]
[[open_days]]
weekdays = [1, 2, 3, 4, 5]
[[window]]
slots = ["afternoon"]
months = [9, 10]
starts_from = "15:30"
ends_by = "18:00"
[[window]]
slots = ["afternoon"]
months = [11, 12, 1]
ends_by = "17:30"
[[window]]
slots = ["morning"]
starts_from = "07:00"
ends_by = "08:00"
[[outside_scope]]
slots = ["noon"]
[[hours_a_day]]
minutes_at_least = 60
[[price]]
unit = "month"
yuan = 300
[[class_size]]
opens_from = 15
at_most = 45
merging = true
[[staffing]]
role = "teacher"
per = 1
of = "classes"
[[third_party]]
allowed = true
satisfaction_at_least = 80
[[filing]]
mode = "filed"
to = "市教育局"
by = "09-30"
[[filing]]
what = "price"
mode = "filed"
to = "市发展改革委"
by = "08-31"
[[disclosure]]
what = "accounts"
label = "收支情况"
every = "month"
posted_days = 7
[[account]]
label = "学校基本户"
"""


@pytest.fixture
def plan(d_bureau, haitang, term):
    cast.adopt(d_bureau, RULES)
    for grade, number in ((1, 1), (1, 2), (2, 1)):
        cast.make_class(haitang, grade, number)
    return cast.make_plan(
        haitang, term, state=Plan.State.DRAFT, weekdays=[1, 2], starts_at=time(15, 40), ends_at=time(17, 30),
        grades=[1, 2], expected=120,
    )  # fmt: skip


def told(plan, **offering):
    [own] = plan.offerings.all()
    for name, value in offering.items():
        setattr(own, name, value)
    return {(one.level, one.say) for one in findings(plan, [own]) if one.level not in ("missing", "ok")}


DUTIES = {
    ("note", "收支情况每次公示要挂满 7 天"),
    ("note", "收费标准要在 8 月 31 日前报市发展改革委备案"),
    ("note", "引进的校外机构，满意度不低于 80%"),
}


def test_what_no_plan_can_show_is_told_as_still_to_do(plan):
    assert told(plan) == DUTIES


def test_hours_of_the_winter_are_checked_too(plan):
    assert told(plan, ends_at=time(18, 0)) - DUTIES == {
        ("breach", "11、12、1 月课后服务不晚于 17:30，现填 18:00，请提前 30 分钟")
    }


def test_a_service_before_its_hour_or_too_short_is_refused(plan):
    assert told(plan, starts_at=time(15, 0), ends_at=time(15, 50)) - DUTIES == {
        ("breach", "9、10 月课后服务从 15:30 开始，现填 15:00，请推后 30 分钟"),
        ("breach", "一天不少于 1 小时，现填 50 分钟，请增加 10 分钟"),
    }


def test_early_care_has_its_own_hours(plan):
    early = {"slot": "morning", "starts_at": time(7, 0)}
    assert told(plan, **early, ends_at=time(8, 0)) == DUTIES
    assert told(plan, **early, ends_at=time(8, 10)) - DUTIES == {
        ("breach", "课后服务不晚于 08:00，现填 08:10，请提前 10 分钟")
    }


def test_what_may_not_be_counted_in_is_refused(plan):
    assert ("breach", "午间不能算作课后服务") in told(plan, slot="noon")


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (24, "满 15 人开班，8 人还差 7 人，可以和别的班合并"),  # three classes: 8 in each
        (138, "一班不超过 45 人，46 人要分成 2 个班"),
    ],
)
def test_classes_too_small_or_too_large_are_told_at_the_number(plan, expected, said):
    assert told(plan, expected=expected) - DUTIES == {("breach", said)}


def test_a_club_is_one_class(plan):
    said = {say for level, say in told(plan, kind="club", seats=46, expected=40) if level == "breach"}
    assert said == {"一班不超过 45 人，46 人要分成 2 个班"}


def test_duties_stand_on_the_page_and_never_hold_up_a_filing(client, plan):
    client.force_login(cast.make_person("教务", Role.SCHOOL_ADMIN, plan.school))
    page = client.get(reverse("plans:plan-edit", args=[plan.pk]))
    assert "满意度不低于 80%" in page.content.decode()
    assert {finding.level for finding in page.context["notes"]} == {"note"}
