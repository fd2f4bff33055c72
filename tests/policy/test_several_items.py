"""A child with several services in a trial: caps and subsidies count all of them, as month end does. Sums by hand."""

import pytest

from afterschool.money import Money
from afterschool.policy import fees, subsidy
from afterschool.policy.rule import Case
from afterschool.policy.trial import ScenarioError, read, simulate
from tests.policy.conftest import IN_TERM
from tests.policy.tiny import law

OPEN = "[[open_days]]\nweekdays = [1, 2, 3, 4, 5]\n"
BY_LESSON = f"""{OPEN}
[[price]]
unit = "lesson"
yuan = 4
nature = "fixed"
"""
CAPS = """
[[charge_cap]]
per = "month"
yuan = 150
[[charge_cap]]
per = "term"
yuan = 250
"""
DEDUCTED = """
[[subsidy]]
per = "student_month"
yuan = 30
payers = [{ name = "区财政", percent = 100 }]
heads = "taking_part"
effect = "deducted"
"""
BY_MONTH = f"""{OPEN}
[[price]]
unit = "month"
yuan = 100
"""
# September 2026 has 22 days of service, October 18: 8 yuan a day for two lessons.
TERM = {"first": "2026-09-01", "last": "2026-10-31"}


def tried(text, scenario, part="charges"):
    return simulate(law(text), scenario | {"students": [{}]})[part]


def both(rate, **more):
    return [{"key": key, "rate": rate, **more} for key in ("围棋", "合唱")]


def test_caps_of_a_month_and_a_term_count_all_services_month_by_month():
    charges = tried(BY_LESSON + CAPS, {"term": TERM, "items": both(4, lessons=2)})
    assert [(one["item"], one["first"], one["gross"]) for one in charges] == [
        ("围棋", "2026-09-01", "150.00"),
        ("合唱", "2026-09-01", "0.00"),
        ("围棋", "2026-10-01", "100.00"),
        ("合唱", "2026-10-01", "0.00"),
    ]


def test_a_subsidy_lowers_what_a_child_is_asked_once_a_month():
    charges = tried(BY_MONTH + DEDUCTED, {"month": "2026-10", "items": [*both(20), {"key": "书法", "rate": 60}]})
    assert [one["net"] for one in charges] == ["0.00", "10.00", "60.00"]
    assert "其他项目已抵 20 元" in charges[1]["steps"][-1]["words"]


def test_a_monthly_subsidy_lowers_a_month_charged_by_the_lesson():
    [charged] = tried(BY_LESSON + DEDUCTED, {"month": "2026-10", "items": [{"rate": 4}]})
    assert (charged["gross"], charged["net"]) == ("72.00", "42.00")


def test_nothing_is_taken_off_twice():
    held = law(BY_MONTH + DEDUCTED)
    for already, left in ((0, "30"), (20, "10"), (30, "0"), (99, "0")):
        off = subsidy.off_fee(
            held, IN_TERM, Case(), net=Money(10000), unit="month", days=18, already=Money(already * 100)
        )
        assert off.answer == Money.parse(left)


def test_a_rate_by_the_lesson_stands_for_itself_one_by_the_month_adds_up():
    assert tried(BY_LESSON, {"month": "2026-10", "items": both(4)}, "violations") == []
    [over] = tried(BY_MONTH, {"month": "2026-10", "items": both(60)}, "violations")
    assert "超 20.00 元" in over["message"]


def test_items_of_one_line_of_prices_add_up_though_they_are_different_items():
    keys = '[[service_item]]\nkey = "{0}"\nlabel = "{0}"\nlegal = "service"\n'
    text = BY_MONTH.replace("unit", 'items = ["go", "choir"]\nunit') + keys.format("go") + keys.format("choir")
    items = [{"key": key, "item": key, "rate": 60} for key in ("go", "choir")]
    assert "超 20.00 元" in tried(text, {"month": "2026-10", "items": items}, "violations")[0]["message"]


def test_a_service_without_a_rate_on_its_first_day_is_named():
    with pytest.raises(ScenarioError, match=r"rates\[0\]\.from：2026-10-08 就有服务"):
        tried(BY_MONTH, {"month": "2026-10", "items": [{"rates": [{"from": "2026-10-15", "rate": 60}]}]})


def test_what_may_not_be_charged_to_some_does_not_bind_others():
    held = law(BY_MONTH + '[[no_fee]]\nstages = ["primary"]\n')
    verdicts = [fees.within_price(held, IN_TERM, Case(stage=stage), Money(9000)) for stage in ("primary", "junior")]
    assert [one.answer for one in verdicts] == [False, True]


def test_a_service_that_ends_before_it_starts_is_charged_nothing_below_zero():
    backwards = {"month": "2026-10", "items": [{"rate": 3, "starts": "18:00", "ends": "17:00"}]}
    with pytest.raises(ScenarioError, match=r"items\[0\]\.starts"):
        tried(BY_LESSON.replace("lesson", "hour"), backwards)


def test_a_scenario_nested_too_deep_is_refused():
    with pytest.raises(ScenarioError, match="套得太深"):
        read("[" * 100_000)


def test_an_outside_institution_is_refused_where_the_policy_lets_none_in():
    items = [{"key": "自己的", "rate": 20}, {"key": "请来的", "rate": 0, "outsiders": True}]
    [refused] = tried(
        BY_MONTH + "[[third_party]]\nallowed = false\n", {"month": "2026-10", "items": items}, "violations"
    )
    assert (refused["about"], refused["message"]) == ("items[1].outsiders", "不得引进校外机构")
    assert tried(BY_MONTH, {"month": "2026-10", "items": items}, "violations") == []


def test_a_closed_day_of_the_second_month_gives_back_as_one_of_the_first():
    """Two lessons of 4 yuan a month; one day of each month is closed. No receipt is named: all is taken as paid."""
    back = '[[refund]]\ncause = "cancelled"\ngives = "each_day"\n'
    term = {"first": "2026-11-01", "last": "2026-12-31"}
    days = ["2026-11-09", "2026-11-10", "2026-12-08", "2026-12-09"]
    shut = [{"day": day, "closed": "cancelled"} for day in ("2026-11-10", "2026-12-09")]
    case = {"term": term, "items": [{"rate": 4, "days": days}], "students": [{}], "calendar": shut}
    assert [one["amount"] for one in tried(BY_LESSON + back, case, "refunds")] == ["4.00", "4.00"]
