"""Three invented cities, written from the guide alone: their files hold, and their sums come out by plain arithmetic."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from afterschool.policy.checking import check
from afterschool.policy.loader import parse
from afterschool.policy.trial import simulate
from tests import redoing

CITIES = Path(__file__).parent / "cities"
CODES = sorted(file.stem for file in CITIES.glob("*.toml"))
CLOSED = {"closed": "cancelled"}


def city(code):
    return parse((CITIES / f"{code}.toml").read_text(encoding="utf-8"), f"{code}.toml")


@pytest.fixture(scope="module")
def haiping():
    return city("haiping-2026")


@pytest.fixture(scope="module")
def yunxi():
    return city("yunxi-2026")


@pytest.fixture(scope="module")
def pingchuan():
    return city("pingchuan-2026")


def fen(amount):
    yuan, _, part = str(amount).partition(".")
    return int(yuan) * 100 + int(part or 0)


def amounts(rows, key="amount"):
    return [fen(row[key]) for row in rows]


def october(workdays=range(1, 6)):
    """National Day is off until the 7th, the 10th is worked."""
    days = [date(2026, 10, 1) + timedelta(n) for n in range(31)]
    return [day for day in days if day.day == 10 or (day.isoweekday() in workdays and day.day > 7)]


def on(days, **more):
    return [{"day": day.isoformat(), **more} for day in days]


def test_there_are_three():
    assert CODES == ["haiping-2026", "pingchuan-2026", "yunxi-2026"]


@pytest.mark.parametrize("code", CODES)
def test_a_city_s_file_holds(code):
    """Every quote stands in its clause, every clause has an example, and every sentence with a number in it."""
    policy = city(code)
    report = check(policy, notice=(CITIES / policy.text).read_text(encoding="utf-8"))
    assert [(case.name, case.message) for case in report.cases if not case.passed] == []
    assert [(finding.line, finding.message) for finding in report.findings] == []
    assert report.passed and report.uncovered == ()


# ── 海平：月价、法定工作日、角以下舍去 ──


def haiping_month(policy, **more):
    given = {"month": "2026-10", "school": {"stage": "primary"}, "items": [{"rate": 120}], "students": [{}]}
    return simulate(policy, given | more)


def test_october_has_eighteen_workdays(haiping):
    [charge] = haiping_month(haiping)["charges"]
    assert charge["days"] == [day.isoformat() for day in october()] and len(october()) == 18


@pytest.mark.parametrize("closed", [1, 2, 7])
def test_a_day_of_a_month_s_fee_is_cut_off_at_the_jiao(haiping, closed):
    a_day = 12000 // 18 // 10 * 10
    [refund] = haiping_month(haiping, calendar=on(october()[:closed], **CLOSED))["refunds"]
    assert fen(refund["amount"]) == a_day * closed
    assert a_day == 660 and refund["steps"][2]["sum"] == "120.00 ÷ 18"


@pytest.mark.parametrize(("away", "back"), [(8, 0), (9, 6000), (17, 6000), (18, 12000)])
def test_half_of_the_workdays_away_gives_half_a_month(haiping, away, back):
    [refund] = haiping_month(haiping, students=[{"attendance": on(october()[:away])}])["refunds"]
    assert fen(refund["amount"]) == back


@pytest.mark.parametrize("closed", [1, 5, 17])
def test_whoever_came_on_no_day_gets_all_back_however_many_were_closed(haiping, closed):
    shut, left = october()[:closed], october()[closed:]
    told = haiping_month(haiping, calendar=on(shut, **CLOSED), students=[{"attendance": on(left)}])
    assert amounts(told["refunds"]) == [660 * closed, 12000 - 660 * closed]
    sums = [step for refund in told["refunds"] for step in refund["steps"] if "sum" in step]
    assert sums and all(redoing.is_right(f"{step['sum']} = {step['amount']}") for step in sums)


@pytest.mark.parametrize("attended", [7, 1000, 12345])
def test_two_yuan_a_head_and_day_by_three_levels(haiping, attended):
    told = haiping_month(haiping, heads={"attended": attended})
    assert amounts(told["subsidies"]) == [attended * 200 * part // 100 for part in (50, 30, 20)]
    assert amounts(told["charges"], "net") == [12000]


# ── 云溪：按课时，一天、一学期封顶 ──


def club(**more):
    school = {"stage": "primary", "ownership": "public", "area": "urban"}
    item = {"item": "club", "weekdays": [1, 2, 3, 4, 5], "lessons": 2, "rate": 5}
    return {"month": "2026-10", "school": school, "items": [item], "students": [{}]} | more


@pytest.mark.parametrize("before", [0, 400, 500, 600])
def test_a_day_is_capped_and_then_the_term(yunxi, before):
    [charge] = simulate(yunxi, club(students=[{"charged_before": before}]))["charges"]
    assert fen(charge["gross"]) == min(min(2 * 500, 800) * len(october()), 60000 - before * 100)


def test_a_lesson_is_worth_half_of_the_capped_day(yunxi):
    """Of two lessons for 8 yuan one missed gives back 4, less half for the disabled."""
    missed = on(october()[:1], lessons=1)
    students = [
        {"id": "甲", "attendance": missed},
        {"id": "乙", "attendance": missed, "waivers": [{"group": "disabled"}]},
    ]
    told = simulate(yunxi, club(students=students))
    assert amounts(told["charges"], "net") == [18 * 800, 18 * 800 // 2]
    assert amounts(told["refunds"]) == [800 // 2, 800 // 2 // 2]


@pytest.mark.parametrize(("days", "lessons"), [(3, 9), (4, 10), (5, 10)])
def test_ten_lessons_a_week_are_paid(yunxi, days, lessons):
    week = [date(2026, 10, 12) + timedelta(n) for n in range(days)]
    [paid] = simulate(yunxi, {"duties": on(week, slot="afternoon", lessons=4, students=30)})["stipends"]
    assert fen(paid["amount"]) == lessons * 6000


def test_seventy_percent_of_what_was_charged_goes_to_people(yunxi):
    costs = [
        {"category": "staff_stipend", "amount": "699.99"},
        {"category": "staff_stipend", "amount": 500, "fund": "subsidy"},
    ]
    told = simulate(yunxi, club(items=[], students=[{"charged": 1000}], costs=costs))
    assert amounts(told["pools"], "spent") == [69999] and amounts(told["pools"], "whole") == [100000]
    assert [one["message"][-9:] for one in told["violations"] if one["clause"] == "六(一)"] == ["还差 0.01 元"]


def test_the_clause_that_keeps_a_day_free_is_named(yunxi):
    told = simulate(yunxi, club(month="2027-06"))
    [charge] = told["charges"]
    assert "2027-06-01" not in charge["days"] and "二(四)" in charge["clauses"]
    assert charge["steps"][0]["words"] == "6 月 1 日，六一儿童节，不开课后服务"
    assert "二(四)" not in simulate(yunxi, club(month="2026-10"))["charges"][0]["clauses"]


# ── 平川：按学期，抵减，多退少补 ──

TERM = {"first": "2026-09-01", "last": "2027-01-20"}


def term(**more):
    days = [(date(2026, 9, 7) + timedelta(n)).isoformat() for n in (0, 1, 2, 7, 8, 9)]
    return {"term": TERM, "school": {"stage": "primary"}, "items": [{"rate": 450, "days": days}]} | more


@pytest.mark.parametrize(
    ("waivers", "percent"),
    [([], 0), (["left_behind"], 30), (["hardship"], 50), (["left_behind", "hardship"], 80)],
)
def test_waivers_add_up_and_the_budget_pays_off_the_rest(pingchuan, waivers, percent):
    told = simulate(pingchuan, term(students=[{"waivers": [{"group": group} for group in waivers]}]))
    assert amounts(told["charges"], "net") == [max(0, 45000 * (100 - percent) // 100 - 10000)]


@pytest.mark.parametrize(("gone", "percent"), [(0, 60), (1, 60), (2, 60), (3, 30), (4, 30), (5, 0)])
def test_leaving_by_thirds_of_the_term(pingchuan, gone, percent):
    given = term()
    told = simulate(pingchuan, given | {"students": [{"withdrew_on": given["items"][0]["days"][gone]}]})
    assert amounts(told["refunds"]) == [(45000 - 10000) * percent // 100]


def test_a_surplus_is_shared_and_a_lack_made_up_by_the_days_served(pingchuan):
    given = term()
    days = given["items"][0]["days"]
    there = [6, 4, 2]
    students = [{"id": str(n), "charged": 300, "attendance": [{"day": day} for day in days[n:]]} for n in there]
    for cost, key in ((780, "refund"), (1020, "due")):
        costs = [{"category": "staff_stipend", "amount": cost}]
        [settled] = simulate(pingchuan, given | {"students": students, "costs": costs})["settlement"]
        assert amounts(settled["shares"], key) == [abs(900 - cost) * 100 * n // sum(there) for n in there]


def test_the_base_by_the_kind_of_day_and_by_the_post(pingchuan):
    duties = [
        {"person": "平时", "day": "2026-09-07", "minutes": 90},
        {"person": "看护", "day": "2026-09-07", "minutes": 90, "role": "supervising"},
        {"person": "节日", "day": "2026-10-01", "minutes": 90, "role": "leader"},
    ]
    told = simulate(pingchuan, {"staff": {"base": 40, "city_average": 60}, "duties": duties})
    assert amounts(told["stipends"]) == [
        4000 * 90 // 60 * of // 100 * role // 100 for of, role in ((150, 100), (150, 80), (300, 120))
    ]
