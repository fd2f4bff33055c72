"""What one child's month comes to, in every unit, under caps and waivers, on days of several versions. By hand."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterschool import policy
from afterschool.errors import NoRule
from afterschool.money import ZERO, Money
from afterschool.policy import fees
from afterschool.policy.book import Succession
from afterschool.policy.rule import Case
from tests.policy.tiny import law

yuan = Money.parse
CHILD = Case(stage="primary", grade=3, boarding=False, service="weekday", slot="afternoon")


def october(*days):
    return tuple(date(2026, 10, day) for day in days)


# 17 days of service.
RUNS = october(9, 10, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 26, 27, 28, 29, 30)
LATE = RUNS[5:]  # 12 days
MONTH = fees.Period(date(2026, 10, 1), date(2026, 10, 31), workdays=18)

BY_MONTH = '[[price]]\nunit = "month"\nyuan = 200\n'
BY_LESSON = '[[price]]\nunit = "lesson"\nyuan = 3\n'
BY_TERM = '[[price]]\nunit = "term"\nyuan = 600\n'


def part_month(basis, more=""):
    return f'[[part_month]]\nbasis = "{basis}"\n{more}\n'


def calendar(counts, more=""):
    return f'[[billing_calendar]]\ncounts = "{counts}"\n{more}\n'


def cap(per, most):
    return f'[[charge_cap]]\nper = "{per}"\nyuan = {most}\n'


def tariff(text, rate="200", *, runs_on=RUNS, period=MONTH, rates=None, **more):
    held = law(text) if isinstance(text, str) else text
    rates = rates or [(date.min, yuan(rate))]
    return fees.tariff(held, CHILD, period=period, runs_on=runs_on, rates=rates, **more)


def said(told):
    return [str(step) for step in told.steps]


def test_a_whole_month(dalian):
    october = tariff(dalian)
    assert october.charge(RUNS) == fees.Charge(yuan("200"), ZERO, yuan("200"))
    assert said(october.explain(RUNS)) == ["每月收费标准 200.00 元", "这个月应交 200.00 元"]


def test_a_part_of_the_month_with_a_waiver_in_words(dalian):
    october = tariff(dalian)
    assert october.charge(LATE, 30) == fees.Charge(yuan("141.18"), yuan("42.36"), yuan("98.82"))
    told = october.explain(LATE, 30)
    assert said(told) == [
        "每月收费标准 200.00 元",
        "这个月开 17 天，孩子参加其中 12 天，只收这些天的：200.00 ÷ 17 × 12 = 141.18 元",
        "按学校的减免决定减免 30%，免去：141.18 × 30% = 42.36 元",
        "这个月应交：141.18 − 42.36 = 98.82 元",
    ]
    assert [cite.clause for cite in told.cites] == ["四.4", "二(三)"]


def test_a_full_waiver_leaves_nothing(dalian):
    assert tariff(dalian).charge(RUNS, 100) == fees.Charge(yuan("200"), yuan("200"), ZERO)


def test_while_nothing_may_be_charged_nothing_is(changle):
    free = tariff(changle)
    assert free.charge(LATE).gross == ZERO
    told = free.explain(LATE)
    assert said(told) == ["免费，不收费 0.00 元"] and [cite.clause for cite in told.cites] == ["四(二)"]
    assert tariff(changle, "0").charge(LATE).net == ZERO


def test_no_day_costs_nothing_and_no_other_day_can_be_served(dalian):
    assert tariff(dalian).charge(()) == fees.Charge(ZERO, ZERO, ZERO)
    with pytest.raises(ValueError, match="days of service"):
        tariff(dalian).charge(october(1))


@pytest.mark.parametrize(
    ("rules", "days", "gross"),
    [
        # ÷ 17 days of service, ÷ 18 workdays of the month, ÷ 22 fixed days: 12 of them.
        (part_month("service_days"), LATE, "141.18"),
        (part_month("service_days") + calendar("service_days"), LATE, "141.18"),
        (part_month("service_days") + calendar("statutory_workdays"), LATE, "133.33"),
        (part_month("service_days") + calendar("notional", "days_a_month = 22"), LATE, "109.09"),
        # However it is divided, all days are the whole price, and some are never more: 12 × 200 ÷ 10.
        (part_month("service_days") + calendar("notional", "days_a_month = 22"), RUNS, "200"),
        (part_month("service_days") + calendar("notional", "days_a_month = 10"), LATE, "200"),
        # Half of 17 is 8.5; half of 18 is 9, of 22 it is 11.
        (part_month("half_month") + calendar("service_days"), RUNS[:8], "100"),
        (part_month("half_month") + calendar("service_days"), RUNS[:9], "200"),
        (part_month("half_month", 'exactly_half = "half"') + calendar("statutory_workdays"), RUNS[:9], "100"),
        (part_month("half_month", 'exactly_half = "whole"') + calendar("statutory_workdays"), RUNS[:9], "200"),
        (part_month("half_month") + calendar("notional", "days_a_month = 22"), RUNS[:10], "100"),
        (part_month("whole"), RUNS[-1:], "200"),
    ],
)
def test_a_part_of_a_month(rules, days, gross):
    assert tariff(BY_MONTH + rules).charge(days).gross == yuan(gross)


@pytest.mark.parametrize(
    ("rules", "days", "switch"),
    [
        ("", LATE, "part_month"),
        (part_month("half_month"), LATE, "billing_calendar"),
        (part_month("half_month") + calendar("statutory_workdays"), RUNS[:9], "part_month.exactly_half"),
        (part_month("service_days") + calendar("notional", "days_a_term = 90"), LATE, "billing_calendar.days_a_month"),
    ],
)
def test_a_silence_about_a_part_of_a_month_is_asked_about(rules, days, switch):
    with pytest.raises(NoRule) as silence:
        tariff(BY_MONTH + rules).charge(days)
    assert silence.value.switch == switch
    assert tariff(BY_MONTH + rules).charge(RUNS).gross == yuan("200")


def test_half_a_month_in_words():
    held = tariff(BY_MONTH + part_month("half_month") + calendar("service_days"))
    assert said(held.explain(RUNS[:8]))[1] == "这个月开 17 天，孩子参加其中 8 天，按半个月收：200.00 ÷ 2 = 100.00 元"
    assert said(held.explain(LATE))[1] == "这个月开 17 天，孩子参加其中 12 天，超过半个月，按整月收 200.00 元"


def test_a_printed_day_rate_is_rounded_and_never_exceeds_the_month():
    rules = part_month("service_days") + '[[rounding]]\nof = "rate"\nto = "jiao"\nhow = "up"\n'
    held = tariff(BY_MONTH + rules)
    # 200 ÷ 17 = 11.76, to the jiao upwards 11.80; 16 days are 188.80, 17 days would be 200.60.
    assert held.charge(RUNS[:16]).gross == yuan("188.80")
    assert held.charge(RUNS).gross == yuan("200")
    assert said(held.explain(RUNS[:16]))[1:3] == [
        "每天的收费：200.00 ÷ 17 = 11.80 元",
        "这个月开 17 天，孩子参加其中 16 天，只收这些天的：11.80 × 16 = 188.80 元",
    ]


@pytest.mark.parametrize(
    ("to", "gross", "net"), [("fen", "141.18", "98.82"), ("jiao", "141.20", "98.80"), ("yuan", "141", "98")]
)
def test_charges_are_rounded_as_the_notice_says_and_a_waiver_to_the_familys_good(to, gross, net):
    held = tariff(BY_MONTH + part_month("service_days") + f'[[rounding]]\nof = "charge"\nto = "{to}"\n')
    assert held.charge(LATE, 30) == fees.Charge(yuan(gross), yuan(gross) - yuan(net), yuan(net))


def test_a_rounded_charge_says_so():
    told = tariff(BY_MONTH + part_month("service_days") + '[[rounding]]\nof = "charge"\nto = "jiao"\n').explain(LATE)
    assert said(told)[-2:] == ["收费算到角 141.20 元", "这个月应交 141.20 元"]
    assert [cite.clause for cite in told.cites] == ["1", "2", "3"]


def test_by_lesson():
    held = tariff(BY_LESSON, "3", lessons_a_day=2)
    assert held.charge(LATE).gross == yuan("72")
    assert said(held.explain(LATE)) == [
        "每课时收费标准 3.00 元",
        "参加 12 天，每天 2 课时，共 24 课时：3.00 × 24 = 72.00 元",
        "这个月应交 72.00 元",
    ]


def test_lessons_beyond_the_billable_ones_are_not_charged():
    held = tariff(BY_LESSON + "[[billable]]\nlessons_a_day = 2\n", "3", lessons_a_day=3)
    assert held.charge(LATE).gross == yuan("72")
    told = held.explain(LATE)
    assert "一天最多按 2 课时收" in told.steps[1].words and [cite.clause for cite in told.cites] == ["1", "2"]


@pytest.mark.parametrize(
    ("shorter", "lessons"),
    [("prorated", "2.5"), ("not_counted", "2"), ("whole", "3")],
)
def test_a_lesson_cut_short(shorter, lessons):
    # Three lessons of 40 minutes, and one day that ended after 100 minutes.
    rules = f'[[lesson]]\nminutes = 40\nshorter = "{shorter}"\n'
    held = tariff(BY_LESSON + rules, "4", lessons_a_day=3, minutes_a_day=120, minutes_on={RUNS[1]: 100})
    assert held.lessons_on(RUNS[0]) == 3
    assert f"{float(held.lessons_on(RUNS[1])):g}" == lessons
    assert held.charge(RUNS[:2]).gross == yuan("4").times(3) + Money(int(400 * float(lessons)))


def test_a_lesson_cut_short_of_which_the_notice_says_nothing():
    for rules, switch in (("", "lesson"), ("[[lesson]]\nminutes = 40\n", "lesson.shorter")):
        held = tariff(BY_LESSON + rules, "4", lessons_a_day=3, minutes_a_day=120, minutes_on={RUNS[1]: 100})
        assert held.charge(RUNS[:1]).gross == yuan("12")
        with pytest.raises(NoRule) as silence:
            held.charge(RUNS[:2])
        assert silence.value.switch == switch


@pytest.mark.parametrize(
    ("unit", "rate", "gross", "words"),
    [
        ("hour", "4", "72", "参加 12 天，每天 1 小时 30 分钟，共 18 小时：4.00 × 18 = 72.00 元"),
        ("day", "8", "96", "参加 12 天：8.00 × 12 = 96.00 元"),
        ("session", "10", "120", "参加 12 次：10.00 × 12 = 120.00 元"),
    ],
)
def test_by_hour_by_day_and_by_time(unit, rate, gross, words):
    held = tariff(f'[[price]]\nunit = "{unit}"\nyuan = 20\n', rate, minutes_a_day=90)
    assert held.charge(LATE).gross == yuan(gross)
    assert said(held.explain(LATE))[1] == words


def test_the_least_of_all_caps_wins_before_the_waiver():
    rules = BY_LESSON + cap("day", 5) + cap("month", 50) + cap("term", 180)
    held = tariff(rules, "3", lessons_a_day=2)
    # 6 a day become 5; 12 days are 60, so the month's 50; of the term's 180 there are 20 left after 160.
    assert held.charge(RUNS[:9]).gross == yuan("45")
    assert held.charge(LATE, 50) == fees.Charge(yuan("50"), yuan("25"), yuan("25"))
    assert held.charge(LATE, 50, yuan("160")).net == yuan("10")
    assert held.charge(LATE, 0, yuan("200")).gross == ZERO
    assert held.charge(LATE, 0, ZERO, yuan("30")).gross == yuan("20")
    told = held.explain(LATE, 50, yuan("160"))
    assert said(told) == [
        "每课时收费标准 3.00 元",
        "参加 12 天，每天 2 课时，共 24 课时：3.00 × 24 = 72.00 元",
        "一天最多收 5 元，有 12 天超过，多出的 12 元不收：72.00 − 12.00 = 60.00 元",
        "一个月最多收 50 元，多出的 10 元不收：60.00 − 10.00 = 50.00 元",
        "一学期最多收 180 元，前面已收 160 元，多出的 30 元不收：50.00 − 30.00 = 20.00 元",
        "按学校的减免决定减免 50%，免去：20.00 × 50% = 10.00 元",
        "这个月应交：20.00 − 10.00 = 10.00 元",
    ]
    assert [cite.clause for cite in told.cites] == ["1", "2", "3", "4"]


TERM = fees.Period(date(2026, 9, 1), date(2027, 1, 29), workdays=100)
# Five days in each of five months.
MONTHS = ((2026, 9), (2026, 10), (2026, 11), (2026, 12), (2027, 1))
TERM_DAYS = tuple(date(year, month, day) for year, month in MONTHS for day in (14, 15, 16, 17, 18))


@pytest.mark.parametrize(
    ("rules", "days", "gross"),
    [
        ("", TERM_DAYS, "600"),
        (part_month("service_days"), TERM_DAYS[10:], "360"),
        (part_month("service_days") + calendar("notional", "days_a_term = 90"), TERM_DAYS[10:], "100"),
        (part_month("whole"), TERM_DAYS[10:], "600"),
        # 600 for five months are 120 a month: three months; half of November and two more.
        (part_month("whole") + calendar("notional", "months_a_term = 5"), TERM_DAYS[12:], "360"),
        (part_month("half_month") + calendar("notional", "months_a_term = 5\ndays_a_month = 5"), TERM_DAYS[13:], "300"),
        # For four months 150 a month, but the whole term never costs more than the term.
        (part_month("whole") + calendar("notional", "months_a_term = 4"), TERM_DAYS[1:], "600"),
        (calendar("notional", "months_a_term = 6"), TERM_DAYS, "600"),
    ],
)
def test_by_term(rules, days, gross):
    held = tariff(BY_TERM + rules, "600", runs_on=TERM_DAYS, period=TERM)
    assert held.charge(days).gross == yuan(gross)
    assert said(held.explain(days))[-1] == f"这个学期应交 {yuan(gross)} 元"


def test_a_whole_term_in_words():
    held = tariff(BY_TERM, "600", runs_on=TERM_DAYS, period=TERM)
    assert said(held.explain(TERM_DAYS)) == ["每学期收费标准 600.00 元", "这个学期应交 600.00 元"]


def test_a_term_divided_by_months_in_words():
    rules = part_month("whole") + calendar("notional", "months_a_term = 5")
    held = tariff(BY_TERM + rules, "600", runs_on=TERM_DAYS, period=TERM)
    assert said(held.explain(TERM_DAYS[12:])) == [
        "每学期收费标准 600.00 元",
        "折成每个月：600.00 ÷ 5 = 120.00 元",
        "11 月 16 日到 11 月 18 日：这个月开 5 天，孩子参加其中 3 天，中途参加也按整月收 120.00 元",
        "12 月 14 日到 12 月 18 日：整个月 120.00 元",
        "1 月 14 日到 1 月 18 日：整个月 120.00 元",
        "这个学期应交 360.00 元",
    ]


def test_a_rate_that_changes_in_the_month_counts_by_the_day():
    rates = [(date.min, yuan("200")), (date(2026, 10, 20), yuan("180"))]
    held = tariff(BY_MONTH + part_month("service_days"), rates=rates)
    # 8 days at 200 ÷ 17, 9 days at 180 ÷ 17: 94.1176 + 95.2941.
    assert held.charge(RUNS).gross == yuan("189.41")
    assert held.charge(LATE).gross == yuan("130.59")
    assert said(held.explain(RUNS)) == [
        "每月收费标准 200.00 元",
        "10 月 20 日起每月收费标准 180.00 元",
        "10 月 9 日到 10 月 19 日：这个月开 17 天，其中 8 天：200.00 ÷ 17 × 8 = 94.12 元",
        "10 月 20 日到 10 月 30 日：这个月开 17 天，其中 9 天：180.00 ÷ 17 × 9 = 95.29 元",
        "这个月应交 189.41 元",
    ]


def test_two_policies_touch_one_month_and_each_day_is_charged_by_its_own(dalian):
    lessons = law('[[price]]\nunit = "lesson"\nyuan = 5\n', since="2026-10-20")
    both = Succession([(date.min, dalian), (date(2026, 10, 20), lessons)])
    rates = [(date.min, yuan("200")), (date(2026, 10, 20), yuan("5"))]
    held = tariff(both, rates=rates, lessons_a_day=2)
    # 8 of 17 days of the month's price, then 9 days of two lessons.
    assert held.charge(RUNS).gross == yuan("184.12")
    assert [held.unit_on(RUNS[0]), held.unit_on(RUNS[-1])] == ["month", "lesson"]
    assert [cite.policy for cite in held.explain(RUNS).cites] == ["实施方案", "办法"]


def test_a_cap_that_begins_in_the_month_holds_for_its_days():
    text = BY_LESSON + cap("month", 34) + "from = 2026-10-20\n"
    held = tariff(text, "3", lessons_a_day=2)
    # 8 days of 6 stay; of the other 9 days' 54 there may be charged 34 × 9 ÷ 17 = 18.
    assert held.charge(RUNS).gross == yuan("66")


def test_what_a_day_is_worth():
    by_month = tariff(BY_MONTH + calendar("notional", "days_a_month = 20"), lessons_a_day=2)
    assert (by_month.day_value(RUNS[0]), by_month.billing_days(RUNS[0])) == (1000, 20)
    by_lesson = tariff(BY_LESSON + cap("day", 5), "3", lessons_a_day=2)
    assert by_lesson.day_value(RUNS[0]) == 500
    assert (by_month.before_caps(RUNS), by_lesson.before_caps(RUNS)) == (20000, 8500)
    with pytest.raises(NoRule) as silence:
        tariff(BY_MONTH).day_value(RUNS[0])
    assert silence.value.switch == "billing_calendar"


@given(
    st.integers(1, 47_000),
    st.integers(0, 100),
    st.sampled_from(["service_days", "whole"]),
    st.sets(st.sampled_from(RUNS)),
    st.sampled_from(["", calendar("statutory_workdays"), calendar("notional", "days_a_month = 13")]),
)
def test_a_charge_adds_up_and_never_rounds_against_the_family(fen, off, basis, days, counted):
    held = tariff(BY_MONTH + part_month(basis) + counted, rates=[(date.min, Money(fen))])
    charge = held.charge(tuple(sorted(days)), off)
    assert charge.net + charge.waived == charge.gross <= Money(fen)
    assert charge.net.fen * 100 <= charge.gross.fen * (100 - off)


@given(st.sets(st.sampled_from(RUNS)), st.integers(1, 4), st.integers(1, 30), st.integers(1, 300), st.integers(0, 400))
def test_no_cap_is_ever_exceeded(days, lessons, a_day, a_month, before):
    held = tariff(BY_LESSON + cap("day", a_day) + cap("month", a_month) + cap("term", 350), "3", lessons_a_day=lessons)
    gross = held.charge(tuple(sorted(days)), 0, yuan(str(before))).gross
    most = min(3 * lessons * len(days), a_day * len(days), a_month, max(0, 350 - before))
    assert gross == yuan(str(most))


def test_a_silent_policy_is_not_asked_what_the_case_does_not_need():
    assert tariff(policy.load("dalian-2024"), "0").charge(LATE).gross == ZERO
    with pytest.raises(NoRule) as silence:
        tariff(BY_MONTH + 'stages = ["junior"]\n')
    assert silence.value.switch == "price"


def test_a_months_price_needs_a_month():
    with pytest.raises(ValueError, match="one month"):
        tariff(BY_MONTH, runs_on=TERM_DAYS, period=TERM)


def test_the_case_chooses_the_line_of_the_table():
    text = '[[price]]\nareas = ["urban"]\nunit = "month"\nyuan = 200\n[[price]]\nareas = ["rural"]\nunit = "day"\nyuan = 5\n'
    of = {area: fees.price(law(text), RUNS[0], replace(CHILD, area=area)).unit for area in ("urban", "rural")}
    assert of == {"urban": "month", "rural": "day"}
