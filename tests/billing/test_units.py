"""What a month charges where the policy prices by the lesson, the day or the term, under caps, or changes on the way.

October 2026 has fifteen days of service of two lessons each: the 8th to the 30th without Wednesdays.
"""

from datetime import date

import pytest

from afterschool.errors import NoRule, RuleBroken
from billing.actions import charge_month, open_month
from billing.models import Charge, FeeMonth
from tests import cast
from tests.billing.conftest import enroll, family, seat

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
BY_LESSON = '[[price]]\nunit = "lesson"\nyuan = 3\n'
BY_TERM = '[[price]]\nunit = "term"\nyuan = 450\nnature = "fixed"\n[[part_month]]\nbasis = "service_days"\n'
CAPS = "".join(
    f'[[charge_cap]]\nper = "{per}"\nyuan = {yuan}\n' for per, yuan in (("day", 5), ("month", 60), ("term", 100))
)


@pytest.fixture
def under(town):
    """Let the school work under a policy of these rules, with one service at this fee."""

    def under(rules, unit, fee_fen):
        adoption = cast.adopt(town.bureau, rules)
        FeeMonth.objects.filter(pk=town.month.pk).update(policy=adoption.policy)
        town.month.refresh_from_db()
        town.plan.offerings.update(unit=unit, fee_fen=fee_fen)
        return adoption.policy

    return under


def charge(town, month=None):
    fee_month = open_month(town.school, month=month, by=town.clerk) if month else town.month
    charge_month(fee_month, by=town.clerk)
    return {one.student.name: one for one in fee_month.charges.select_related("student").order_by("item")}


def test_by_the_lesson(town, under):
    code = under(BY_LESSON, "lesson", 3_00)
    family(town)
    made = charge(town)["陈一诺"]
    assert (made.unit, made.gross_fen, len(made.days)) == ("lesson", 90_00, 15)
    assert made.steps == [
        "每课时收费标准 3.00 元",
        "参加 15 天，每天 2 课时，共 30 课时：3.00 × 30 = 90.00 元",
        "这个月应交 90.00 元",
    ]
    assert made.cites == [{"policy": "办法", "clause": "1", "label": "办法 1", "code": code, "quote": "原文"}]


def test_by_the_lesson_only_the_days_of_the_agreement(town, under):
    under(BY_LESSON, "lesson", 3_00)
    late = cast.make_student(cast.make_class(town.school, 3, 2), "后来的")
    enroll(late, town.plan, began_on=date(2026, 10, 29))
    assert charge(town)["后来的"].gross_fen == 2 * 2 * 3_00


def test_caps_of_day_month_and_term_count_what_was_charged_before(town, under):
    under(BY_LESSON + CAPS, "lesson", 3_00)
    family(town)
    # 5 a day are 75, of which the month's 60; then the 40 that the term leaves; then nothing.
    assert charge(town)["陈一诺"].gross_fen == 60_00
    november = charge(town, NOVEMBER)["陈一诺"]
    assert november.gross_fen == 40_00
    assert "一学期最多收 100 元，前面已收 60 元，多出的 20 元不收：60.00 − 20.00 = 40.00 元" in november.steps
    assert [cite["clause"] for cite in november.cites] == ["1", "2", "3", "4"]
    assert charge(town, DECEMBER)["陈一诺"].gross_fen == 0


def test_a_cap_holds_for_all_services_of_a_child_together(town, under):
    under(BY_LESSON + CAPS, "lesson", 1_00)
    child = family(town)
    club = town.plan.offerings.create(
        school=town.school, name="篮球", kind="club", grades=[3], weekdays=[1, 2, 4, 5], starts_at="17:30",
        ends_at="19:00", fee_fen=3_00, unit="lesson",
    )  # fmt: skip
    seat(child.agreements.get(), club, [1, 2, 4, 5], None)
    charge(town)
    # 2 a day are 30; the club's 5 a day would be 75, but the month leaves 30.
    assert list(Charge.objects.order_by("item").values_list("gross_fen", flat=True)) == [30_00, 30_00]


def test_by_the_day(town, under):
    under('[[price]]\nunit = "day"\nyuan = 10\n', "day", 8_00)
    family(town)
    assert charge(town)["陈一诺"].gross_fen == 15 * 8_00


def test_a_terms_price_is_charged_once_in_the_first_month_of_it(town, under):
    under(BY_TERM, "term", 450_00)
    family(town)
    made = charge(town)["陈一诺"]
    assert (made.unit, made.gross_fen) == ("term", 450_00)
    assert made.steps == ["每学期收费标准 450.00 元", "这个学期应交 450.00 元"]
    assert made.days[0] < date(2026, 10, 1) and made.days[-1] > DECEMBER

    late = cast.make_student(cast.make_class(town.school, 3, 2), "后来的")
    enroll(late, town.plan, began_on=date(2026, 11, 16))
    november = charge(town, NOVEMBER)
    assert set(november) == {"后来的"}
    days = len(november["后来的"].days)
    assert november["后来的"].gross_fen == round(450_00 * days / len(made.days))
    assert f"只收这些天的：450.00 ÷ {len(made.days)} × {days}" in november["后来的"].steps[1]
    assert charge(town, DECEMBER) == {}


def test_what_the_policy_makes_free_is_never_charged(town, under):
    under('[[price]]\nunit = "free"\n', "month", 0)
    family(town)
    assert charge(town) == {}
    town.plan.offerings.update(fee_fen=1_00)
    family(town, "收了钱的")
    with pytest.raises(RuleBroken, match="免费，不向家长收费"):
        charge(town)
    assert not Charge.objects.exists()


def test_a_fee_by_another_unit_than_the_policys_is_refused(town, under):
    under(BY_LESSON, "month", 200_00)
    family(town)
    with pytest.raises(RuleBroken, match="现按每月收费，请改为按每课时收费"):
        charge(town)
    assert not Charge.objects.exists()


def test_a_unit_that_was_not_published_is_refused(town, under):
    under(BY_LESSON, "lesson", 3_00)
    family(town)
    town.plan.offerings.update(unit="day")
    with pytest.raises(RuleBroken, match="每课时 3 元不是已生效实施方案公布的标准"):
        charge(town)


def test_a_policy_adopted_within_the_month_counts_from_its_day(town):
    family(town)
    cap = '[[price]]\nunit = "month"\nyuan = 200\n[[charge_cap]]\nper = "month"\nyuan = 100\n'
    newer = cast.adopt(town.bureau, cap, began_on=date(2026, 10, 20))
    made = charge(town)["陈一诺"]
    # 8 of 15 days at 200, and 7 of 15 at the cap of 100.
    assert made.gross_fen == 153_33
    assert {cite["code"] for cite in made.cites} == {"dalian-2024", newer.policy}


def test_rates_that_only_together_exceed_a_ceiling_by_the_lesson_do_not(town, under):
    under(BY_LESSON, "lesson", 3_00)
    child = family(town)
    club = town.plan.offerings.create(
        school=town.school, name="篮球", kind="club", grades=[3], weekdays=[4], starts_at="17:30", ends_at="19:00",
        fee_fen=3_00, unit="lesson",
    )  # fmt: skip
    seat(child.agreements.get(), club, [4], None)
    charge(town)
    # Four Thursdays, and the make-up Saturday.
    assert sorted(Charge.objects.values_list("gross_fen", flat=True)) == [5 * 2 * 3_00, 90_00]


def test_how_a_terms_subsidy_lowers_a_months_fee_is_not_guessed(town, under):
    payers = '[{ name = "区财政", percent = 100 }]'
    lowered = f'[[subsidy]]\nper = "student_term"\nyuan = 30\npayers = {payers}\neffect = "deducted"\n'
    under('[[price]]\nunit = "month"\nyuan = 200\n' + lowered, "month", 200_00)
    family(town)
    with pytest.raises(NoRule, match="怎么抵减每次的收费"):
        charge(town)
    assert not Charge.objects.exists()
