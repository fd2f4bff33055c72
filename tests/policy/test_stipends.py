from datetime import date

import pytest

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money
from afterschool.policy import stipends
from afterschool.policy.stipends import Duty

yuan = Money.parse
AVERAGE = yuan("60")


@pytest.mark.parametrize(
    ("day", "kind", "hours", "amount"),
    [
        (date(2026, 9, 30), "workday", 2, "120.00"),
        (date(2026, 10, 10), "workday", 2, "120.00"),  # make-up Saturday
        (date(2026, 10, 4), "rest", 3, "240.00"),
        (date(2026, 10, 3), "holiday", 3, "360.00"),
        (date(2026, 4, 5), "holiday", 3, "360.00"),
        (date(2026, 4, 6), "rest", 3, "240.00"),  # the substitute Monday
    ],
)
def test_dalian_pays_base_times_the_percent_of_the_day(dalian, day, kind, hours, amount):
    pay = stipends.pay(dalian, day, duties=[Duty(hours * 60, kind)], base=yuan("40"), city_average=AVERAGE)
    assert pay.amount == yuan(amount)
    assert [cite.clause for cite in pay.cites] == ["四.7"]


@pytest.mark.parametrize(("kind", "percent"), [("workday", 150), ("rest", 200), ("holiday", 300)])
def test_dalian_percents(dalian, on, kind, percent):
    assert stipends.percent(dalian, on, kind).answer == percent


def test_a_month_adds_up_by_kind_of_day(dalian, on):
    duties = [Duty(50, "workday"), Duty(50, "workday"), Duty(60, "rest")]
    pay = stipends.pay(dalian, on, duties=duties, base=yuan("40"), city_average=AVERAGE)
    assert [str(step) for step in pay.steps] == [
        "平时 1 小时 40 分钟，每小时 40.00 元的 150%：100 分 ÷ 60 × 40.00 × 150% = 100.00 元",
        "休息日 1 小时，每小时 40.00 元的 200%：1 × 40.00 × 200% = 80.00 元",
    ]
    assert pay.amount == yuan("180")


def test_no_duty_no_pay(dalian, on):
    assert stipends.pay(dalian, on, duties=[], base=yuan("40"), city_average=AVERAGE).amount == ZERO


def test_a_school_may_pay_more_than_the_percent_but_not_less(dalian, on):
    duty = [Duty(60, "workday")]
    given = {"duties": duty, "base": yuan("40"), "city_average": AVERAGE}
    assert stipends.pay(dalian, on, **given, percents={"workday": 180}).amount == yuan("72")
    with pytest.raises(RuleBroken, match="平时按不低于 150%，现填 149%") as refusal:
        stipends.pay(dalian, on, **given, percents={"workday": 149})
    assert refusal.value.cite.clause == "四.7"


def test_the_base_may_not_pass_the_citys_average(dalian, on):
    assert stipends.base_allowed(dalian, on, base=AVERAGE, city_average=AVERAGE).answer
    with pytest.raises(RuleBroken, match=r"不高于大连市教师每小时平均工资 60\.00 元，现填 60\.01 元"):
        stipends.pay(dalian, on, duties=[], base=AVERAGE + Money(1), city_average=AVERAGE)
    assert not stipends.base_allowed(dalian, on, base=ZERO, city_average=AVERAGE).answer


@pytest.mark.parametrize("given", [{}, {"base": AVERAGE}, {"city_average": AVERAGE}])
def test_what_dalian_needs_is_asked_for(dalian, on, given):
    with pytest.raises(RuleBroken, match="请先填写补助基数"):
        stipends.pay(dalian, on, duties=[Duty(60, "workday")], **given)


@pytest.mark.parametrize("kind", ["workday", "rest", "holiday"])
def test_changle_pays_sixty_a_lesson_on_any_day(changle, on, kind):
    pay = stipends.pay(changle, on, duties=[Duty(45, kind, 1), Duty(45, kind, 1)])
    assert pay.amount == yuan("120.00")
    assert str(pay.steps[0]) == "2 课时，每课时 60 元：2 × 60.00 = 120.00 元"
    assert pay.cites[0].clause == "四(四)"


def test_changle_does_not_say_how_long_a_lesson_is(changle, on):
    with pytest.raises(NoRule, match="一课时是多少分钟，须由"):
        stipends.pay(changle, on, duties=[Duty(90, "workday")])


def test_basis_and_payroll(dalian, changle, on):
    assert stipends.basis(dalian, on).answer == "hours"
    assert stipends.basis(changle, on).answer == "lessons"
    assert stipends.payroll(changle, on, "own").answer == "绩效工资增量"
    assert stipends.payroll(changle, on, "outside").answer == "劳务费"
    with pytest.raises(NoRule, match="没有写明"):
        stipends.payroll(dalian, on, "own")
    assert stipends.paid_every(dalian, on).answer == "month"
