"""Refunds by cause. The month has twenty service days and costs 200 yuan, so that a day is 10; sums are by hand."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from afterschool.errors import NoRule
from afterschool.money import ZERO, Money
from afterschool.policy import fees, load, refunds
from afterschool.policy.book import Succession
from afterschool.policy.loader import PolicyFileError
from afterschool.policy.refunds import Attendance
from afterschool.policy.rule import Case
from tests.policy.tiny import law
from tests.redoing import is_right

yuan = Money.parse
PAID = yuan("200")
MONTH = tuple(date(2026, 11, day) for day in range(2, 28) if date(2026, 11, day).isoweekday() < 6)
PRICE = """
[[price]]
unit = "month"
yuan = 200
[[part_month]]
basis = "service_days"
"""
BY_LESSON = """
[[price]]
unit = "lesson"
yuan = 5
[[charge_cap]]
per = "day"
yuan = 8
"""


def schedule(text, cause="absence", days=MONTH, fee="200", case=None, lessons=1, workdays=None):
    place = text if not isinstance(text, str) else law(text)
    case = case or Case()
    period = fees.Period(days[0], days[-1], workdays=workdays)
    rates = [(days[0], yuan(fee))]
    tariff = fees.tariff(place, case, period=period, runs_on=days, rates=rates, lessons_a_day=lessons)
    return refunds.schedule(place, days[0], cause, case, tariff)


def missing(*days, of=MONTH, **more):
    """Absent on these days of November."""
    return Attendance(of, tuple(date(2026, 11, day) for day in days), **more)


def told(refund):
    return [str(step) for step in refund.steps]


# ── 中途退出 ──

SEVENTEEN = tuple(date(2026, 10, 9) + timedelta(days) for days in range(17))


def leaving(place, served, paid="200"):
    table = schedule(place, "withdrawal", SEVENTEEN, case=Case(stage="primary", service="weekday"))
    return table.explain(yuan(paid), Attendance(SEVENTEEN, SEVENTEEN[served:]))


def test_withdrawal_gives_back_the_days_left(dalian):
    refund = leaving(dalian, 9)
    assert refund.amount == yuan("94.12")
    assert refund.cite.clause == "四.5"
    assert told(refund) == [
        "这个月已经交了 200.00 元",
        "这个月开 17 天，参加了 9 天，还剩 8 天没有用",
        "剩下的天数退给您：200.00 ÷ 17 × 8 = 94.12 元",
    ]


@pytest.mark.parametrize(("served", "amount"), [(0, "200"), (17, "0")])
def test_withdrawal_before_the_first_and_after_the_last_day(dalian, served, amount):
    assert leaving(dalian, served).amount == yuan(amount)


def test_causes_the_policies_are_silent_on(dalian, changle):
    for place, cause in ((dalian, "absence"), (dalian, "cancelled"), (changle, "withdrawal"), (changle, "absence")):
        with pytest.raises(NoRule, match="怎么退费"):
            refunds.schedule(place, MONTH[0], cause, Case(), None)


BY_TIME = """
[[price]]
unit = "term"
yuan = 450
[[billing_calendar]]
counts = "service_days"
[[refund]]
cause = "withdrawal"
gives = "percent"
percent = 60
elapsed_at_most = "1/4"
[[refund]]
cause = "withdrawal"
gives = "percent"
percent = 30
elapsed_at_most = "1/2"
inclusive = true
[[refund]]
cause = "withdrawal"
gives = "nothing"
"""


@pytest.mark.parametrize(("served", "amount"), [(0, "270"), (4, "270"), (6, "135"), (10, "135"), (11, "0"), (19, "0")])
def test_a_term_s_fee_goes_back_by_the_time_gone_by(served, amount):
    table = schedule(BY_TIME, "withdrawal", fee="450")
    refund = table.explain(yuan("450"), Attendance(MONTH, MONTH[served:]))
    assert refund.amount == table.refund(yuan("450"), Attendance(MONTH, MONTH[served:])) == yuan(amount)
    assert told(refund)[0] == "这学期已经交了 450.00 元"


def test_exactly_the_bound_of_two_bands_is_asked():
    with pytest.raises(NoRule, match="正好过了学期的4分之1算哪一档") as silence:
        schedule(BY_TIME, "withdrawal", fee="450").refund(yuan("450"), Attendance(MONTH, MONTH[5:]))
    assert silence.value.switch == "refund.inclusive"


def test_the_share_of_the_term_may_be_told_by_whoever_knows_it():
    """A month's days do not say how much of the term is gone."""
    late = Attendance(MONTH, MONTH[1:], elapsed=Fraction(3, 4))
    assert schedule(BY_TIME, "withdrawal", fee="450").refund(yuan("450"), late) == ZERO


# ── 缺勤 ──

EACH_DAY = """
[[refund]]
cause = "absence"
gives = "each_day"
"""
RUN_OF_THREE = (
    PRICE
    + EACH_DAY
    + """
at_least = 3
counted = "consecutive"
inclusive = true
pays_for = "all"
"""
)


def test_each_day_away_goes_back():
    refund = schedule(PRICE + EACH_DAY).explain(PAID, missing(3, 9))
    assert refund.amount == yuan("20")
    assert told(refund) == [
        "这个月已经交了 200.00 元",
        "这个月开 20 天，没有来的有 2 天：11月3日、11月9日",
        "退 2 天的费用：10.00 × 2 = 20.00 元",
    ]


def test_a_day_that_is_no_whole_fen_is_rounded_once():
    days = MONTH[:19]
    refund = schedule(PRICE + EACH_DAY, days=days).explain(PAID, missing(3, 9, of=days))
    assert told(refund)[-1] == "退 2 天的费用：200.00 ÷ 19 × 2 = 21.05 元"


def test_a_derived_day_rate_is_rounded_where_the_notice_says_so():
    """200 over 22 workdays is 9.0909; to the jiao, downwards, 9.0."""
    text = PRICE.replace('[[part_month]]\nbasis = "service_days"', "") + EACH_DAY
    text += (
        '[[billing_calendar]]\ncounts = "statutory_workdays"\n[[rounding]]\nof = "rate"\nto = "jiao"\nhow = "down"\n'
    )
    assert schedule(text, workdays=22).refund(PAID, missing(3, 4, 5)) == yuan("27.00")


def test_a_refund_is_rounded_where_the_notice_says_so():
    text = PRICE + EACH_DAY + 'yuan = "3.33"\n[[rounding]]\nof = "refund"\nto = "yuan"\nhow = "down"\n'
    refund = schedule(text).explain(PAID, missing(3, 4))
    assert refund.amount == schedule(text).refund(PAID, missing(3, 4)) == yuan("6")
    assert told(refund)[2:] == ["退 2 天的费用：3.33 × 2 = 6.66 元", "按规定取整，退 6.00 元"]


def test_friday_and_the_next_monday_are_consecutive():
    refund = schedule(RUN_OF_THREE).explain(PAID, missing(3, 6, 9, 10))
    assert refund.amount == yuan("30")
    assert told(refund)[2:] == [
        "连续满 3 天才退，达到了",
        "退 3 天的费用（11月6日、11月9日、11月10日）：10.00 × 3 = 30.00 元",
    ]


def test_below_the_threshold_nothing_goes_back():
    refund = schedule(RUN_OF_THREE).explain(PAID, missing(3, 4, 9, 10))
    assert refund.amount == ZERO
    assert told(refund)[-1] == "没有达到退费的天数，这次不退 0.00 元"


@pytest.mark.parametrize(
    ("switches", "away", "amount"),
    [
        ('counted = "total"\ninclusive = true\npays_for = "all"', (3, 5, 9), "30"),
        ('counted = "total"\ninclusive = false\npays_for = "all"', (3, 5, 9), "0"),
        ('counted = "total"\ninclusive = false\npays_for = "all"', (3, 5, 9, 11), "40"),
        ('counted = "total"\ninclusive = true\npays_for = "beyond"', (3, 5, 9, 11), "10"),
        ('counted = "consecutive"\ninclusive = true\npays_for = "beyond"', (2, 3, 4, 5, 10, 11, 12, 13, 16), "30"),
    ],
)
def test_thresholds_in_days(switches, away, amount):
    text = f"{PRICE}{EACH_DAY}at_least = 3\n{switches}\n"
    assert schedule(text).refund(PAID, missing(*away)) == yuan(amount)


def test_a_day_s_rate_that_the_notice_rounds_is_told():
    """120 by 18 workdays is 6.66…, down to the jiao 6.60; with half of it waived 3.30 a day."""
    down = '[[billing_calendar]]\ncounts = "statutory_workdays"\n[[rounding]]\nof = "rate"\nto = "jiao"\nhow = "down"\n'
    table = schedule(PRICE + down + EACH_DAY, fee="120", workdays=18)
    assert told(table.explain(yuan("120"), missing(2, 3)))[2:] == [
        "一天的费用：120.00 ÷ 18 = 6.67 元",
        "按规定取整，一天 6.60 元",
        "退 2 天的费用：6.60 × 2 = 13.20 元",
    ]
    assert told(table.explain(yuan("60"), missing(2, 3), off=50))[2:] == [
        "一天的费用：120.00 ÷ 18 = 6.67 元",
        "按规定取整，一天 6.60 元",
        "退 2 天的费用：6.60 × 50% × 2 = 6.60 元",
    ]


HALF_MONTH = """
[[refund]]
cause = "absence"
gives = "half_month"
at_least = 5
"""


@pytest.mark.parametrize(
    ("stacking", "away", "amount"),
    [
        ("once", range(2, 7), "100"),
        ("once", (*range(2, 7), *range(9, 14)), "100"),
        ("each", (*range(2, 7), *range(9, 14)), "200"),
        ("each", (*range(2, 7), 10, 11, 12, 13), "100"),
    ],
)
def test_half_a_month(stacking, away, amount):
    text = f'{PRICE}{HALF_MONTH}counted = "total"\ninclusive = true\nstacking = "{stacking}"\n'
    assert schedule(text).refund(PAID, missing(*away)) == yuan(amount)


def test_half_a_month_of_a_term_s_fee():
    text = '[[price]]\nunit = "term"\nyuan = 450\n' + HALF_MONTH + 'counted = "total"\ninclusive = true\n'
    notional = '[[billing_calendar]]\ncounts = "notional"\n'
    table = schedule(text + notional + "months_a_term = 5\n", fee="450")
    refund = table.explain(yuan("450"), missing(*range(2, 7)))
    assert told(refund)[-1] == "退半个月的费用：450.00 ÷ 5 ÷ 2 = 45.00 元"
    with pytest.raises(NoRule, match="一学期按几个月算"):
        schedule(text + notional + "days_a_term = 100\n", fee="450").refund(yuan("450"), missing(*range(2, 7)))


def test_half_a_month_is_the_price_s_not_a_late_comer_s():
    """Who joined for the second half and paid 100 gets the half month of 100 back, and no more."""
    text = PRICE + HALF_MONTH + 'counted = "total"\ninclusive = true\nstacking = "each"\n'
    late = missing(16, 17, 18, 19, 20, of=MONTH[10:])
    assert schedule(text).refund(yuan("100"), late) == yuan("100")


BANDS = f"""{PRICE.replace("[[part_month]]", "").replace('basis = "service_days"', "")}
[[billing_calendar]]
counts = "statutory_workdays"
[[refund]]
cause = "absence"
gives = "half_month"
at_least_share = "1/2"
counted = "total"
inclusive = true
[[refund]]
cause = "absence"
gives = "month"
none_attended = true
"""


@pytest.mark.parametrize(("away", "amount"), [(10, "0"), (11, "100"), (19, "100"), (20, "200")])
def test_half_the_month_s_workdays_and_never_there(away, amount):
    """Twenty-two statutory workdays, of which half are eleven; a child that never came gets all back."""
    refund = schedule(BANDS, workdays=22).explain(PAID, Attendance(MONTH, MONTH[:away]))
    assert refund.amount == yuan(amount)
    if away == 11:
        assert told(refund)[2] == "累计满 22 天的一半才退，达到了"


def test_of_several_bands_the_one_that_gives_most():
    text = PRICE + HALF_MONTH + 'counted = "total"\ninclusive = true\nstacking = "once"\n' + EACH_DAY
    table = schedule(text)
    assert table.refund(PAID, missing(2, 3, 4)) == yuan("30")
    assert table.refund(PAID, missing(2, 3, 4, 5, 6)) == yuan("100")
    assert table.refund(PAID, missing(*(day.day for day in MONTH[:12]))) == yuan("120")


# ── what the notice does not say ──

SILENT = f"{PRICE}{EACH_DAY}at_least = 3\n"


@pytest.mark.parametrize(
    ("text", "away", "switch"),
    [
        (SILENT + 'inclusive = true\npays_for = "all"\n', (3, 5, 9), "counted"),
        (SILENT + 'counted = "total"\npays_for = "all"\n', (3, 5, 9), "inclusive"),
        (SILENT + 'counted = "total"\ninclusive = true\n', (3, 5, 9, 11), "pays_for"),
        (PRICE + HALF_MONTH + 'counted = "total"\ninclusive = true\n', (*range(2, 7), *range(9, 14)), "stacking"),
        (SILENT + 'counted = "total"\ninclusive = true\npays_for = "beyond"\n', [day.day for day in MONTH], "none_attended"),
    ],
)  # fmt: skip
def test_a_silence_that_matters_is_asked_by_name(text, away, switch):
    table = schedule(text)
    for ask in (table.refund, table.explain):
        with pytest.raises(NoRule) as silence:
            ask(PAID, missing(*away))
        assert silence.value.switch == f"refund.{switch}"


@pytest.mark.parametrize(
    ("text", "away", "amount"),
    [
        (SILENT, (), "0"),
        (SILENT, (3, 5), "0"),  # below three however it is counted
        (SILENT + 'inclusive = true\npays_for = "all"\n', (3, 4, 5), "30"),  # in a row and in total
        (SILENT + 'pays_for = "all"\n', (2, 3, 4, 5), "40"),  # more than three, so that three need not suffice
        (SILENT + 'counted = "total"\npays_for = "beyond"\n', (3, 5, 9), "0"),  # nothing beyond, reached or not
        (PRICE + HALF_MONTH + 'counted = "total"\ninclusive = true\n', range(2, 7), "100"),  # reached only once
        (PRICE + EACH_DAY, [day.day for day in MONTH], "200"),  # each day back is all of them back
    ],
)
def test_a_silence_that_changes_nothing_is_not_asked(text, away, amount):
    assert schedule(text).refund(PAID, missing(*away)) == yuan(amount)


def test_a_band_that_gives_more_settles_the_silence_of_a_lesser_one():
    whole = '[[refund]]\ncause = "absence"\ngives = "month"\nat_least = 2\ncounted = "total"\ninclusive = true\n'
    assert schedule(SILENT + whole + 'stacking = "once"\n').refund(PAID, missing(3, 5, 9)) == PAID


def test_where_nothing_was_paid_nothing_is_asked():
    assert schedule(SILENT).refund(ZERO, missing(3, 5, 9)) == ZERO


# ── never more than was paid ──


def test_a_printed_day_rate_gives_back_no_more_than_was_paid():
    refund = schedule(PRICE + EACH_DAY + "yuan = 15\n").explain(PAID, Attendance(MONTH, MONTH[:18]))
    assert refund.amount == PAID
    assert told(refund)[2:] == [
        "退 18 天的费用：15.00 × 18 = 270.00 元",
        "退的钱加起来不超过您交的钱，少退 70.00 元",
        "退给您：270.00 − 70.00 = 200.00 元",
    ]


def test_what_went_back_before_is_not_given_again():
    table = schedule(PRICE + EACH_DAY)
    assert table.refund(PAID, missing(3, 9), before=yuan("195")) == yuan("5")
    assert "前面已经退过 195.00 元" in told(table.explain(PAID, missing(3, 9), before=yuan("195")))


def test_who_paid_half_gets_half_a_day_back():
    """A derived rate is what the family paid for the day; a printed one holds as printed."""
    half = yuan("100")
    refund = schedule(PRICE + EACH_DAY).explain(half, missing(3, 9), off=50)
    assert (refund.amount, told(refund)[-1]) == (yuan("10"), "退 2 天的费用：5.00 × 2 = 10.00 元")
    assert schedule(PRICE + EACH_DAY + 'yuan = "4.50"\n').refund(half, missing(3, 9), off=50) == yuan("9")


# ── lessons, closed days, prices that change ──


def test_lessons_go_back_as_they_were_paid():
    """Two lessons of 5 yuan a day under a cap of 8: each was paid with 4."""
    table = schedule(BY_LESSON + EACH_DAY.replace("each_day", "each_lesson"), fee="5", lessons=2)
    one_more = missing(3, lessons=((date(2026, 11, 9), 2),))
    refund = table.explain(yuan("160"), one_more)
    assert refund.amount == table.refund(yuan("160"), one_more) == yuan("12")
    assert told(refund)[1:3] == [
        "这个月开 20 天，没有来的有 1 天：11月3日",
        "这个月没有来的另有 1 课时：11月9日第 2 课时",
    ]


def test_lessons_on_end_run_from_day_to_day():
    """The second lesson of Friday, both of Monday: three in a row. The first of Friday would not be."""
    text = (
        BY_LESSON + '[[refund]]\ncause = "absence"\ngives = "each_lesson"\nyuan = 3\nunits = "lesson"\nat_least = 3\n'
    )
    table = schedule(text + 'counted = "consecutive"\ninclusive = true\npays_for = "all"\n', fee="5", lessons=2)
    assert table.refund(yuan("160"), missing(9, lessons=((date(2026, 11, 6), 2),))) == yuan("9")
    assert table.refund(yuan("160"), missing(9, lessons=((date(2026, 11, 6), 1),))) == ZERO


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("cancelled", "学校停课的有 2 天"),
        ("force_majeure", "因不可抗力停课的有 2 天"),
        ("under_served", "没有开成的有 2 天"),
    ],
)
def test_closed_days_go_back(cause, words):
    refund = schedule(PRICE + EACH_DAY.replace("absence", cause), cause).explain(PAID, missing(3, 9))
    assert refund.amount == yuan("20")
    assert words in told(refund)[1]


def test_each_day_goes_back_at_its_own_price():
    """Per lesson 5 yuan until the 13th, 6 from the 16th on: a day of each."""
    text = '[[price]]\nunit = "lesson"\nyuan = 6\n' + EACH_DAY
    place, rates = law(text), [(MONTH[0], yuan("5")), (date(2026, 11, 16), yuan("6"))]
    tariff = fees.tariff(place, Case(), period=fees.Period(MONTH[0], MONTH[-1]), runs_on=MONTH, rates=rates)
    refund = refunds.schedule(place, MONTH[0], "absence", Case(), tariff).explain(yuan("110"), missing(3, 17))
    assert (refund.amount, told(refund)[-1]) == (yuan("11"), "退 2 天的费用，各按当天的标准 11.00 元")


def test_a_later_rule_takes_the_place_of_an_earlier_one():
    text = PRICE + EACH_DAY + "yuan = 5\n" + EACH_DAY + "yuan = 6\nfrom = 2026-10-01\n"
    assert schedule(text).refund(PAID, missing(3)) == yuan("6")


def test_days_that_were_not_paid_for_are_no_days_to_give_back():
    with pytest.raises(ValueError, match="days paid for"):
        schedule(PRICE + EACH_DAY).refund(PAID, Attendance(MONTH[:5], MONTH[4:6]))


def test_the_route_is_asked_where_the_notice_is_silent():
    place = law(PRICE + '[[refund_route]]\nhow = "set_off"\nwithin_days = 15\n')
    assert refunds.route(place, MONTH[0], Case()).how == "set_off"
    with pytest.raises(NoRule, match="几天内退"):
        refunds.route(law(PRICE), MONTH[0], Case())


# ── what a cap left of the price ──

DECEMBER = tuple(date(2026, 12, day) for day in range(1, 32) if date(2026, 12, day).isoweekday() < 6)
FOUR_A_LESSON = '[[price]]\nunit = "lesson"\nyuan = 4\n'
CAPPED = FOUR_A_LESSON + '[[charge_cap]]\nper = "{}"\nyuan = 150\n'
LEAVING = '[[refund]]\ncause = "withdrawal"\ngives = "{}"\n'
TWO_A_DAY = "[[billable]]\nlessons_a_day = 2\n"


def after_a_week(text, paid, lessons=2, **more):
    """The last 16 of 23 days are not served."""
    table = schedule(text, "withdrawal", DECEMBER, fee="4", lessons=lessons)
    missed = Attendance(DECEMBER, DECEMBER[7:])
    refund = table.explain(yuan(paid), missed, **more)
    assert table.refund(yuan(paid), missed, **more) == refund.amount
    return str(refund.amount), refund.steps[-1].sum


@pytest.mark.parametrize("per", ["month", "term"])
@pytest.mark.parametrize(
    ("gives", "sum_"), [("each_lesson", "150.00 ÷ 46 × 32"), ("each_day", "150.00 ÷ 23 × 16"), ("remaining_days", "150.00 ÷ 23 × 16")]
)  # fmt: skip
def test_under_a_cap_a_day_or_a_lesson_is_its_share_of_what_was_charged(per, gives, sum_):
    """46 lessons of 4 yuan are 184, and 150 were charged: not 128 of them go back for 32 lessons."""
    assert after_a_week(CAPPED.format(per) + LEAVING.format(gives), "150") == ("104.35", sum_)


def test_under_a_cap_a_waiver_is_taken_off_once():
    text = CAPPED.format("month") + LEAVING.format("each_lesson")
    assert after_a_week(text, "75", off=50) == ("52.17", "75.00 ÷ 46 × 32")


def test_a_cap_that_took_nothing_and_a_printed_rate_leave_the_rate():
    text = CAPPED.format("month").replace("150", "184") + LEAVING.format("each_lesson")
    assert after_a_week(text, "184") == ("128.00", "4.00 × 32")
    assert after_a_week(text, "92", off=50) == ("64.00", "2.00 × 32")
    printed = CAPPED.format("month") + LEAVING.format("each_lesson") + "yuan = 3\n"
    assert after_a_week(printed, "150") == ("96.00", "3.00 × 32")
    assert after_a_week(printed.replace("3\n", "5\n"), "150") == ("150.00", "160.00 − 10.00")


def test_only_lessons_that_were_paid_go_back():
    text = TWO_A_DAY + LEAVING.format("each_lesson")
    assert after_a_week(FOUR_A_LESSON + text, "184", lessons=3) == ("128.00", "4.00 × 32")
    assert after_a_week(CAPPED.format("month") + text, "150", lessons=3) == ("104.35", "150.00 ÷ 46 × 32")
    table = schedule(FOUR_A_LESSON + text, "withdrawal", DECEMBER, fee="4", lessons=3)
    assert table.refund(yuan("184"), Attendance(DECEMBER, (), ((DECEMBER[0], 3),))) == ZERO


def test_a_lesson_of_a_capped_day_is_told_from_the_day():
    text = FOUR_A_LESSON + '[[charge_cap]]\nper = "day"\nyuan = 10\n' + LEAVING.format("each_lesson")
    assert after_a_week(text, "230", lessons=3) == ("160.00", "10.00 ÷ 3 × 48")


def test_an_absence_counts_the_closed_days_that_were_paid_for():
    """Three of 23 days were closed: a lesson is still one of the 46 charged."""
    table = schedule(CAPPED.format("month") + EACH_DAY, days=DECEMBER, fee="4", lessons=2)
    missed = Attendance(DECEMBER[3:], DECEMBER[5:7], closed=DECEMBER[:3])
    assert table.explain(yuan("150"), missed).steps[-1].sum == "150.00 ÷ 23 × 2"
    assert table.refund(yuan("150"), missed) == yuan("13.04")


# ── properties ──

GIVES = {
    "each_day": ["", "yuan = 15\n"],
    "half_month": [""],
    "month": [""],
    "percent": ["percent = 30\n"],
    "remaining_days": [""],
}
THRESHOLDS = ["", "at_least = 3\n", "at_least = 5\n", 'at_least_share = "1/2"\n']


@st.composite
def policies(draw):
    gives = draw(st.sampled_from(sorted(GIVES)))
    text = f'{PRICE}[[refund]]\ncause = "absence"\ngives = "{gives}"\n' + draw(st.sampled_from(GIVES[gives]))
    threshold = draw(st.sampled_from(THRESHOLDS))
    text += threshold
    switches = {"counted": ['"total"', '"consecutive"'], "inclusive": ["true", "false"]} if threshold else {}
    if threshold and gives == "each_day":
        switches["pays_for"] = ['"all"', '"beyond"']
    elif threshold and gives != "remaining_days":
        switches["stacking"] = ['"once"', '"each"']
    for switch, ways in switches.items():
        text += f"{switch} = {draw(st.sampled_from(ways))}\n"
    return schedule(text)


@given(policies(), st.sets(st.sampled_from(MONTH), max_size=19), st.sampled_from(MONTH), st.integers(0, 30_000))
def test_no_refund_is_below_zero_above_what_was_paid_or_less_for_more_days(table, away, day, paid):
    more = away | {day}
    assume(len(more) < len(MONTH))
    fewer, more_ = (Attendance(MONTH, tuple(sorted(days))) for days in (away, more))
    refund, grown = (table.refund(Money(paid), missed) for missed in (fewer, more_))
    assert ZERO <= refund <= grown <= Money(paid)
    assert table.explain(Money(paid), fewer).amount == refund
    assert all(is_right(step.sum + f" = {step.amount}") for step in table.explain(Money(paid), more_).steps if step.sum)
    assert table.refund(Money(paid), fewer, before=Money(paid // 2)) <= Money(paid - paid // 2)


@given(st.sets(st.sampled_from(MONTH), max_size=20))
def test_the_memory_of_a_schedule_changes_no_answer(away):
    missed = Attendance(MONTH, tuple(sorted(away)))
    shared = schedule(RUN_OF_THREE + '[[refund]]\ncause = "absence"\ngives = "month"\nnone_attended = true\n')
    for other in (MONTH[:3], MONTH[5:9], tuple(sorted(away))):
        shared.refund(PAID, Attendance(MONTH, other))
    assert shared.refund(PAID, missed) == shared.explain(PAID, missed).amount


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (EACH_DAY + "at_least = 0\n", "at_least 要大于 0"),
        (EACH_DAY.replace("each_day", "surplus"), "一起写"),
        (EACH_DAY.replace("absence", "surplus"), "一起写"),
    ],
)
def test_a_rule_that_says_nothing_sensible_is_refused(wrong, said):
    with pytest.raises(PolicyFileError, match=said):
        law(PRICE + wrong)


def test_dalian_needs_no_price_to_say_that_absence_is_not_named():
    with pytest.raises(NoRule, match="缺勤怎么退费"):
        refunds.schedule(load("dalian-2024"), MONTH[0], "absence", Case(), None)


# ── 中途改了办法 ──

FIVE_THEN_TEN = f"""{PRICE}
[[refund]]
cause = "absence"
gives = "each_day"
yuan = 5
until = 2026-11-15
[[refund]]
from = 2026-11-16
cause = "absence"
gives = "each_day"
yuan = 10
"""


def test_days_missed_go_back_by_the_rules_of_their_own_time():
    table = schedule(FIVE_THEN_TEN)
    assert table.refund(PAID, missing(3, 4)) == yuan("10")
    assert table.refund(PAID, missing(17, 18)) == table.explain(PAID, missing(17, 18)).amount == yuan("20")
    with pytest.raises(NoRule, match="中间变了") as asked:
        table.refund(PAID, missing(13, 16))
    assert asked.value.switch == "refund.from"


SINCE = ("2025-09-01", "2026-11-16")


def test_a_document_that_says_the_same_anew_changes_nothing():
    old, new = (law(f"{PRICE}[[refund]]\ncause = 'absence'\ngives = 'each_day'\nyuan = 5\n", day) for day in SINCE)
    place = Succession([(date(2025, 9, 1), old), (date(2026, 11, 16), new)])
    assert schedule(place).refund(PAID, missing(13, 16)) == yuan("10")
