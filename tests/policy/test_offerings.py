from datetime import time

import pytest

from afterschool.money import ZERO, Money
from afterschool.policy.offerings import Offering, check_offering
from afterschool.policy.rule import Case
from afterschool.policy.verdict import breaches

yuan = Money.parse


def plan(stage, grades, fee, ends="17:30", weekdays=(1, 2, 4, 5), starts="15:40", **more):
    hours = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
    case = Case(stage=stage, boarding=more.pop("boarding", False), slot=more.pop("slot", "afternoon"))
    return Offering(case, grades, weekdays, fee=yuan(fee), **hours, **more)


@pytest.mark.parametrize(
    ("offering", "fields"),
    [
        (plan("primary", [3], "210"), ["fee"]),
        (plan("junior", [7], "200"), []),
        (plan("senior", [11], "280"), []),
        (plan("senior", [12], "470"), []),
        (plan("senior", [10], "471", boarding=True), ["fee"]),
        (plan("senior", [10], "201", weekdays=[6]), ["fee"]),
        (plan("primary", [3], "200", weekdays=[3]), ["weekday"]),
        (plan("primary", [3], "200", ends="17:31"), ["ends"]),
        (plan("junior", [8], "200", ends="18:00"), []),
        (plan("junior", [9], "200", ends="19:30"), []),
        (plan("senior", [12], "470", ends="21:00"), []),
        (plan("senior", [10], "470", ends="21:31", boarding=True), ["ends"]),
        (plan("senior", [10], "200", weekdays=[6], starts="08:00", ends="16:00"), []),
        (plan("senior", [10], "200", weekdays=[7]), ["weekday"]),
    ],
)
def test_the_published_cases(dalian, on, offering, fields):
    found = breaches(check_offering(dalian, on, offering))
    assert [finding.field for finding in found] == fields
    assert all(finding.cite.clause == ("四.4" if finding.field == "fee" else "四.2") for finding in found)


def test_a_form_with_three_faults_tells_each_once(dalian, on):
    offering = plan("primary", [5, 6], "220", ends="17:45", weekdays=[1, 2, 3, 4, 5])
    assert [finding.because for finding in breaches(check_offering(dalian, on, offering))] == [
        "小学不晚于 17:30，现填 17:45，请提前 15 分钟",
        "小学每周三为全县统一教研时间，请去掉周三",
        "小学每月每生不高于 200 元，现填 220.00 元，超 20.00 元",
    ]


def test_saturday_too_long_is_still_held_against_saturdays_cap(dalian, on):
    offering = plan("senior", [10], "201", weekdays=[6], starts="08:00", ends="17:00")
    assert [finding.field for finding in breaches(check_offering(dalian, on, offering))] == ["ends", "fee"]


def test_an_offering_over_all_days_is_held_against_each_cap(dalian, on):
    offering = plan("senior", [12], "300", weekdays=[1, 6])
    [breach] = breaches(check_offering(dalian, on, offering))
    assert "周六" in breach.because


def test_a_vacation_offering_pays_saturdays_price(dalian, on):
    offering = plan("senior", [10], "201", vacation=True)
    [breach] = breaches(check_offering(dalian, on, offering))
    assert breach.because.startswith("普通高中寒暑假课后服务每月每生不高于 200 元")


def test_a_club_from_outside_may_not_cost_more(dalian, on):
    paid = plan("primary", [3], "50", outsiders=True)
    assert [finding.because for finding in breaches(check_offering(dalian, on, paid))] == [
        "引进校外资源的，不得再额外收费"
    ]
    free = plan("primary", [3], "0", outsiders=True)
    assert not breaches(check_offering(dalian, on, free))


def test_changle_offering_must_be_free(changle, on):
    assert not breaches(check_offering(changle, on, plan("primary", [1], "0")))
    [breach] = breaches(check_offering(changle, on, plan("primary", [1], "100")))
    assert breach.field == "fee"


def test_silence_is_told_as_unknown(dalian, on):
    found = check_offering(dalian, on, plan("primary", [1], "0", slot="noon"))
    assert [finding.level for finding in found if finding.level != "ok"] == ["unknown"]
    assert plan("primary", [1], "0").fee == ZERO
