"""Stipends of both policies, and of tiny ones. Every amount was worked out by hand."""

from datetime import date

import pytest

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money
from afterschool.policy import rates, stipends
from afterschool.policy.book import Succession
from afterschool.policy.rule import Case
from afterschool.policy.stipends import Duty

from .tiny import law

yuan = Money.parse
AVERAGE = yuan("60")
MONDAY, TUESDAY, SATURDAY = date(2026, 10, 12), date(2026, 10, 13), date(2026, 10, 17)


def hours(much, kind="workday", day=MONDAY, **more):
    return Duty(day, much * 60, kind, **more)


def dalian_pay(dalian, *duties, **given):
    return stipends.pay(dalian, duties=duties, **{"base": yuan("40"), "city_average": AVERAGE, **given})


@pytest.mark.parametrize(
    ("day", "kind", "much", "amount"),
    [
        (date(2026, 9, 30), "workday", 2, "120.00"),
        (date(2026, 10, 10), "workday", 2, "120.00"),  # make-up Saturday
        (date(2026, 10, 4), "rest", 3, "240.00"),
        (date(2026, 10, 3), "holiday", 3, "360.00"),  # a statutory holiday on a Saturday
        (date(2026, 4, 5), "holiday", 3, "360.00"),
        (date(2026, 4, 6), "rest", 3, "240.00"),  # the substitute Monday
    ],
)
def test_dalian_pays_base_times_the_percent_of_the_day(dalian, day, kind, much, amount):
    pay = dalian_pay(dalian, hours(much, kind, day))
    assert pay.amount == yuan(amount)
    assert [cite.clause for cite in pay.cites] == ["四.7"]


@pytest.mark.parametrize(("kind", "percent"), [("workday", 150), ("rest", 200), ("holiday", 300)])
def test_dalian_percents(dalian, on, kind, percent):
    assert stipends.percent(dalian, on, kind).answer == percent


def test_a_month_adds_up_by_kind_of_day(dalian):
    pay = dalian_pay(
        dalian, hours(1, "rest", date(2026, 10, 4)), Duty(MONDAY, 50, "workday"), Duty(TUESDAY, 50, "workday")
    )
    assert [str(step) for step in pay.steps] == [
        "平时 1 小时 40 分钟，每小时 40.00 元的 150%：100 分 ÷ 60 × 40.00 × 150% = 100.00 元",
        "休息日 1 小时，每小时 40.00 元的 200%：1 × 40.00 × 200% = 80.00 元",
    ]
    assert pay.amount == yuan("180")
    assert pay.days == (
        "10 月 4 日周日（休息日）1 小时",
        "10 月 12 日周一（平时）50 分钟",
        "10 月 13 日周二（平时）50 分钟",
    )


def test_no_duty_no_pay(dalian):
    assert dalian_pay(dalian).amount == ZERO


def test_a_school_may_pay_more_than_the_percent_but_not_less(dalian):
    assert dalian_pay(dalian, hours(1), percents={"workday": 180}).amount == yuan("72")
    with pytest.raises(RuleBroken, match="平时按不低于 150%，现填 149%") as refusal:
        dalian_pay(dalian, hours(1), percents={"workday": 149})
    assert refusal.value.cite.clause == "四.7"


def test_the_base_may_not_pass_the_citys_average(dalian, on):
    assert rates.rate_allowed(dalian, on, rate=AVERAGE, city_average=AVERAGE).answer
    with pytest.raises(RuleBroken, match=r"不高于大连市教师每小时平均工资 60\.00 元，现填 60\.01 元"):
        dalian_pay(dalian, hours(1), base=AVERAGE + Money(1))
    assert not rates.rate_allowed(dalian, on, rate=ZERO, city_average=AVERAGE).answer


@pytest.mark.parametrize("given", [{"base": None, "city_average": None}, {"base": None}, {"city_average": None}])
def test_what_dalian_needs_is_asked_for(dalian, given):
    with pytest.raises(RuleBroken, match="请先填写补助基数"):
        dalian_pay(dalian, hours(1), **given)


@pytest.mark.parametrize("kind", ["workday", "rest", "holiday"])
def test_changle_pays_sixty_a_lesson_on_any_day(changle, kind):
    pay = stipends.pay(changle, duties=[Duty(MONDAY, 45, kind, 1), Duty(MONDAY, 45, kind, 1)])
    assert pay.amount == yuan("120.00")
    assert str(pay.steps[0]) == "2 课时，每课时 60 元：2 × 60.00 = 120.00 元"
    assert pay.cites[0].clause == "四(四)"


def test_changle_does_not_say_how_long_a_lesson_is(changle):
    with pytest.raises(NoRule, match="一课时是多少分钟，须由") as silence:
        stipends.pay(changle, duties=[Duty(MONDAY, 90, "workday")])
    assert silence.value.switch == "lesson.minutes"


def test_basis_and_payroll(dalian, changle, on):
    assert rates.basis(dalian, on).answer == ("hour",)
    assert rates.basis(changle, on).answer == ("lesson",)
    assert rates.basis(changle, on).because == "每课时 60 元"
    assert stipends.payroll(changle, on, "own").answer == "绩效工资增量"
    assert stipends.payroll(changle, on, "outside").answer == "劳务费"
    with pytest.raises(NoRule, match="没有写明"):
        stipends.payroll(dalian, on, "own")
    assert stipends.paid_every(dalian, on).answer == "month"


LESSONS = """
[[stipend_rate]]
unit = "lesson"
yuan = 60
"""
BY_SLOT = """
[[stipend_rate]]
unit = "minute"
yuan = "0.50"
slots = ["noon"]
[[stipend_rate]]
unit = "minute"
yuan = "1.20"
slots = ["afternoon"]
"""


def test_minutes_are_paid_by_slot():
    duties = [Duty(MONDAY, 45, "workday", slot="noon"), Duty(MONDAY, 100, "workday", slot="afternoon")]
    pay = stipends.pay(law(BY_SLOT), duties=duties)
    assert pay.amount == yuan("142.50")  # 45 × 0.50 + 100 × 1.20
    assert [str(step) for step in pay.steps] == [
        "午间 45 分钟，每分钟 0.50 元：45 × 0.50 = 22.50 元",
        "下午放学后 1 小时 40 分钟，每分钟 1.20 元：100 × 1.20 = 120.00 元",
    ]
    assert rates.basis(law(BY_SLOT), MONDAY).because == "午间每分钟 0.50 元；下午放学后每分钟 1.20 元"


def test_a_slot_without_a_rate_is_asked_for():
    with pytest.raises(NoRule, match="没有写明补助标准"):
        stipends.pay(law(BY_SLOT), duties=[Duty(MONDAY, 45, "workday", slot="evening")])


def test_an_hour_is_rounded_once_for_the_month():
    policy = law('[[stipend_rate]]\nunit = "hour"\nyuan = 50')
    pay = stipends.pay(policy, duties=[Duty(MONDAY, 40, "workday"), Duty(TUESDAY, 35, "workday")])
    assert pay.amount == yuan("62.50")  # 75 ÷ 60 × 50
    assert str(pay.steps[0]) == "1 小时 15 分钟，每小时 50 元：75 分 ÷ 60 × 50.00 = 62.50 元"


def test_sessions_and_days():
    duties = [Duty(MONDAY, 60, "workday", sessions=2), Duty(MONDAY, 60, "workday"), Duty(TUESDAY, 60, "workday")]
    by_session = stipends.pay(law('[[stipend_rate]]\nunit = "session"\nyuan = 40'), duties=duties)
    by_day = stipends.pay(law('[[stipend_rate]]\nunit = "day"\nyuan = 70'), duties=duties)
    assert (by_session.amount, by_day.amount) == (yuan("160"), yuan("140"))
    assert str(by_day.steps[0]) == "2 天，每天 70 元：2 × 70.00 = 140.00 元"


ROLES = (
    LESSONS
    + """
[[stipend_role]]
role = "substitute"
label = "代班"
percent = 80
[[stipend_role]]
role = "leader"
label = "带班领导"
percent = 150
"""
)


def test_roles_have_factors():
    duties = [
        Duty(MONDAY, 90, "workday", 2),
        Duty(TUESDAY, 90, "workday", 2, role="substitute"),
        Duty(TUESDAY, 45, "workday", 1, role="leader"),
    ]
    pay = stipends.pay(law(ROLES), duties=duties)
    assert pay.amount == yuan("306")  # 120 + 96 + 90
    assert str(pay.steps[1]) == "2 课时，每课时 60 元，代班按 80%：2 × 60.00 × 80% = 96.00 元"


def test_a_rate_may_be_for_one_role_only():
    policy = law(LESSONS.replace("yuan", 'roles = ["teacher"]\nyuan') + LESSONS.replace("60", '30\nroles = ["leader"]'))
    duties = [Duty(MONDAY, 45, "workday", 1), Duty(MONDAY, 45, "workday", 1, role="leader")]
    assert stipends.pay(policy, duties=duties).amount == yuan("90")
    with pytest.raises(NoRule, match="没有写明补助标准"):
        stipends.pay(policy, duties=[Duty(MONDAY, 45, "workday", 1, role="assistant")])


SIZES = """
[[stipend_rate]]
unit = "lesson"
yuan = 60
students_to = 40
[[stipend_rate]]
unit = "lesson"
yuan = 75
students_from = 41
"""


@pytest.mark.parametrize(("students", "amount"), [(1, "60"), (40, "60"), (41, "75"), (55, "75")])
def test_large_classes_earn_more(students, amount):
    assert stipends.pay(law(SIZES), duties=[Duty(MONDAY, 45, "workday", 1, students=students)]).amount == yuan(amount)


def test_a_class_of_unknown_size_is_asked_for():
    with pytest.raises(NoRule, match="不知道班上有多少学生") as silence:
        stipends.pay(law(SIZES), duties=[Duty(MONDAY, 45, "workday", 1)])
    assert silence.value.switch == "stipend_rate.students"


LIMITED = (
    LESSONS
    + """
[[stipend_limit]]
lessons_a_day = 2
lessons_a_week = 5
tax = "before"
"""
)


def test_lessons_beyond_the_days_and_the_weeks_limit_are_listed_and_not_paid():
    week = [Duty(date(2026, 10, day), 135, "workday", lessons) for day, lessons in ((12, 3), (13, 1), (14, 2), (15, 1))]
    pay = stipends.pay(law(LIMITED), duties=[*week, Duty(date(2026, 10, 19), 90, "workday", 2)])
    assert pay.amount == yuan("420")  # 2 + 1 + 2 in the first week, 2 in the next
    assert [str(step) for step in pay.steps] == [
        "7 课时，每课时 60 元：7 × 60.00 = 420.00 元",
        "每天最多计 2 课时、每周最多计 5 课时：10 月 12 日多出的 1 课时不计补助",
        "每天最多计 2 课时、每周最多计 5 课时：10 月 15 日多出的 1 课时不计补助",
        "补助标准是税前数，个人所得税另扣",
    ]


def test_a_week_that_began_last_month_has_its_lessons_counted():
    september = [Duty(date(2026, 9, day), 90, "workday", 2) for day in (28, 29)]
    october = [Duty(date(2026, 10, 1), 90, "holiday", 2), Duty(date(2026, 10, 5), 90, "rest", 2)]
    assert stipends.pay(law(LIMITED), duties=october).amount == yuan("240")
    assert stipends.pay(law(LIMITED), duties=october, before=september).amount == yuan("180")  # 1 of the first two


def test_minutes_are_limited_by_the_lessons_length():
    policy = law(BY_SLOT + "[[lesson]]\nminutes = 40\n[[stipend_limit]]\nlessons_a_day = 2")
    pay = stipends.pay(policy, duties=[Duty(MONDAY, 100, "workday", slot="afternoon")])
    assert pay.amount == yuan("96")  # 80 × 1.20
    assert "多出的 0.5 课时不计补助" in str(pay.steps[1])


@pytest.mark.parametrize(("shorter", "amount"), [("prorated", "75"), ("not_counted", "60"), ("whole", "120")])
def test_lessons_are_told_from_minutes(shorter, amount):
    policy = law(LESSONS + f'[[lesson]]\nminutes = 40\nshorter = "{shorter}"')
    pay = stipends.pay(policy, duties=[Duty(MONDAY, 50, "workday")])
    assert pay.amount == yuan(amount)
    assert [cite.clause for cite in pay.cites] == ["1", "2"]


def test_minutes_are_told_from_lessons(dalian):
    policy = law('[[stipend_rate]]\nunit = "minute"\nyuan = 1\n[[lesson]]\nminutes = 40')
    assert stipends.pay(policy, duties=[Duty(MONDAY, None, "workday", 2)]).amount == yuan("80")
    with pytest.raises(NoRule, match="一课时是多少分钟"):
        dalian_pay(dalian, Duty(MONDAY, None, "workday", 2))


def test_a_shorter_lesson_is_not_guessed():
    policy = law(LESSONS + "[[lesson]]\nminutes = 40")
    assert stipends.pay(policy, duties=[Duty(MONDAY, 80, "workday")]).amount == yuan("120")
    with pytest.raises(NoRule, match="不足 40 分钟的课时怎么计"):
        stipends.pay(policy, duties=[Duty(MONDAY, 50, "workday")])


@pytest.mark.parametrize(
    ("nature", "own", "amount"),
    [
        ("floor", None, "60"),
        ("floor", "60", "60"),
        ("floor", "70", "70"),
        ("ceiling", "60", "60"),
        ("ceiling", "45.5", "45.50"),
    ],
)
def test_a_school_sets_its_own_rate_within_the_bound(nature, own, amount):
    policy = law(LESSONS + f'nature = "{nature}"')
    pay = stipends.pay(policy, duties=[Duty(MONDAY, 45, "workday", 1)], base=own and yuan(own))
    assert pay.amount == yuan(amount)
    assert rates.own_rate(policy, MONDAY).label == "本校补助标准（元/课时）"


@pytest.mark.parametrize(
    ("nature", "own", "said"),
    [
        ("floor", "59.99", "每课时不低于 60 元，现填 59.99 元"),
        ("ceiling", "60.01", "每课时不高于 60 元，现填 60.01 元"),
        ("ceiling", "0", "每课时不高于 60 元，现填 0.00 元"),
        ("ceiling", None, "每课时不高于 60 元，请先填写本校的补助标准"),
    ],
)
def test_a_rate_outside_the_bound_is_refused(nature, own, said):
    policy = law(LESSONS + f'nature = "{nature}"')
    with pytest.raises(RuleBroken, match=said) as refusal:
        stipends.pay(policy, duties=[Duty(MONDAY, 45, "workday", 1)], base=own and yuan(own))
    assert (refusal.value.field, refusal.value.cite.clause) == ("base", "1")


def test_where_the_rate_is_fixed_the_school_sets_none(changle, dalian, on):
    assert rates.own_rate(changle, on) is None
    refused = rates.rate_allowed(changle, on, rate=yuan("50"))
    assert refused.because == "每课时 60 元，不用学校另定标准"
    assert rates.own_rate(dalian, on).label == "补助基数（元/小时）"


def test_rates_by_kind_of_day_stand_beside_a_base():
    policy = law(
        """
[[stipend_rate]]
unit = "lesson"
yuan = 60
day_kinds = ["workday"]
[[stipend_base]]
at_most = "city_average_hourly_wage"
average_of = "某市教师每小时平均工资"
[[stipend_percent]]
day_kind = "rest"
exactly = 200
"""
    )
    given = {"base": yuan("40"), "city_average": AVERAGE}
    pay = stipends.pay(policy, duties=[Duty(MONDAY, 45, "workday", 1), Duty(SATURDAY, 90, "rest", 2)], **given)
    assert pay.amount == yuan("180")  # 60 + 1.5 × 40 × 2
    assert rates.basis(policy, MONDAY).answer == ("lesson", "hour")
    with pytest.raises(RuleBroken, match="休息日按 200%，现填 210%"):
        stipends.pay(policy, duties=[Duty(SATURDAY, 90, "rest")], percents={"rest": 210}, **given)


def test_two_rules_for_one_duty_are_not_chosen_between(dalian):
    both = law(LESSONS + LESSONS.replace("60", '30\nroles = ["leader"]'))
    with pytest.raises(NoRule, match="以哪一条为准"):
        stipends.pay(both, duties=[Duty(MONDAY, 45, "workday", 1, role="leader")])


def test_a_month_with_two_versions_is_paid_day_by_day(dalian):
    later = law(LESSONS, since="2026-10-13")
    both = Succession([(date(2024, 9, 1), dalian), (TUESDAY, later)])
    duties = [Duty(MONDAY, 60, "workday", 1), Duty(TUESDAY, 60, "workday", 1)]
    pay = stipends.pay(both, duties=duties, base=yuan("40"), city_average=AVERAGE)
    assert pay.amount == yuan("120")  # 40 × 150 % and 60
    assert [cite.policy for cite in pay.cites] == ["实施方案", "办法"]


def test_a_rate_may_change_within_one_policy():
    policy = law(LESSONS + LESSONS.replace("60", "66\nfrom = 2026-10-13"))
    pay = stipends.pay(policy, duties=[Duty(MONDAY, 45, "workday", 1), Duty(TUESDAY, 45, "workday", 1)])
    assert [part.amount for part in pay.parts] == [yuan("60"), yuan("66")]


def test_rural_schools_have_a_rate_of_their_own():
    policy = law(LESSONS.replace("60", '60\nareas = ["urban"]') + LESSONS.replace("60", '80\nareas = ["rural"]'))
    duty = [Duty(MONDAY, 45, "workday", 1)]
    assert stipends.pay(policy, duties=duty, case=Case(area="rural")).amount == yuan("80")
    assert rates.basis(policy, MONDAY, Case(area="rural")).because == "每课时 80 元"


def test_the_amount_is_shared_by_grade_to_the_fen(dalian):
    duties = [
        Duty(MONDAY, 50, "workday", grade=3),
        Duty(TUESDAY, 25, "workday", grade=4),
        Duty(SATURDAY, 60, "rest", grade=3),
        Duty(SATURDAY, 30, "rest", role="leader"),
    ]
    pay = dalian_pay(dalian, *duties)
    assert pay.amount == yuan("195")  # 75 ÷ 60 × 60 = 75, 90 ÷ 60 × 80 = 120
    assert pay.by_grade() == {3: yuan("130"), 4: yuan("25"), None: yuan("40")}


def test_a_stipend_may_be_paid_in_whole_yuan():
    policy = law(BY_SLOT + '[[rounding]]\nof = "stipend"\nto = "yuan"')
    pay = stipends.pay(
        policy, duties=[Duty(MONDAY, 45, "workday", slot="noon"), Duty(TUESDAY, 60, "workday", slot="noon")]
    )
    assert pay.amount == yuan("53")  # 105 × 0.50 = 52.50
    assert str(pay.steps[-1]) == "补助算到元，应发 53.00 元"
    assert [cite.clause for cite in pay.cites] == ["1", "3"]


def test_who_stands_in_is_a_teacher_where_nothing_else_is_said():
    policy = law(LESSONS.replace("yuan", 'roles = ["teacher"]\nyuan'))
    assert stipends.pay(policy, duties=[Duty(MONDAY, 45, "workday", 1, role="substitute")]).amount == yuan("60")


def test_saturdays_may_have_a_rate_of_their_own():
    policy = law(
        LESSONS.replace("60", '60\nservices = ["weekday"]') + LESSONS.replace("60", '90\nservices = ["saturday"]')
    )
    made_up = Duty(date(2026, 10, 10), 45, "workday", 1)
    duties = [Duty(MONDAY, 45, "workday", 1), made_up, Duty(SATURDAY, 45, "rest", 1)]
    assert stipends.pay(policy, duties=duties).amount == yuan("210")
