import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterschool import policy
from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money
from afterschool.policy import conduct, fees, waivers
from tests.policy.conftest import IN_TERM

yuan = Money.parse
PRIMARY = {"stage": "primary", "grade": 3}


@pytest.mark.parametrize(
    ("stage", "grade", "boarding", "service", "most", "clause"),
    [
        *[("primary", grade, False, "weekday", "200", "四.4") for grade in range(1, 7)],
        *[("junior", grade, False, "weekday", "200", "四.4") for grade in (7, 8, 9)],
        ("junior", 7, True, "weekday", "200", "四.4"),
        ("senior", 10, False, "weekday", "280", "四.4"),
        ("senior", 11, False, "weekday", "280", "四.4"),
        ("senior", 12, False, "weekday", "470", "四.4"),
        *[("senior", grade, True, "weekday", "470", "四.4") for grade in (10, 11, 12)],
        *[("senior", grade, False, "saturday", "200", "四.4") for grade in (10, 11, 12)],
        ("senior", 10, True, "vacation", "200", "四.2"),
    ],
)
def test_dalian_caps(dalian, on, stage, grade, boarding, service, most, clause):
    whom = {"stage": stage, "grade": grade, "boarding": boarding, "service": service}
    cap = fees.cap(dalian, on, **whom)
    assert (cap.answer, cap.cite.clause) == (yuan(most), clause)
    assert fees.within_cap(dalian, on, **whom, fee=cap.answer).answer
    over = fees.within_cap(dalian, on, **whom, fee=cap.answer + Money(1))
    assert (over.answer, over.level, over.field, over.cite.clause) == (False, "breach", "fee", clause)
    assert "超 0.01 元" in over.because


def test_a_fee_above_the_cap_says_by_how_much(dalian, on):
    verdict = fees.within_cap(dalian, on, **PRIMARY, fee=yuan("220"))
    assert str(verdict) == "小学每月每生不高于 200 元，现填 220.00 元，超 20.00 元 · 实施方案 四.4"


def test_a_fee_below_zero_is_refused(dalian, on):
    assert not fees.within_cap(dalian, on, **PRIMARY, fee=Money(-1)).answer


@pytest.mark.parametrize("service", ["saturday", "vacation"])
def test_dalian_knows_no_weekend_fee_below_senior_high(dalian, on, service):
    with pytest.raises(NoRule, match="每月每生收费上限"):
        fees.cap(dalian, on, **PRIMARY, service=service)


def test_changle_charges_nothing_until_the_province_says_how(changle, on):
    assert fees.within_cap(changle, on, **PRIMARY, fee=ZERO).answer
    refused = fees.within_cap(changle, on, **PRIMARY, fee=Money(1))
    assert (refused.answer, refused.level, refused.cite.clause) == (False, "breach", "四(二)")
    assert "待政策明确后可按规定适当收取服务性费用" in refused.cite.quote


def test_outside_teaching_never_adds_a_fee(dalian, changle, on):
    assert fees.extra_for_outsiders(dalian, on).cite.clause == "四.4"
    assert not fees.extra_for_outsiders(dalian, on).answer
    assert not fees.extra_for_outsiders(changle, on).answer


def test_who_agrees_and_which_account(dalian, changle, on):
    assert fees.needs_committee(dalian, on).answer
    assert not fees.needs_committee(changle, on).answer
    assert fees.account(dalian, on).answer == "学校基本户"
    assert [item.key for item in fees.collected_apart(changle, on)] == ["meals"]
    assert fees.collected_apart(dalian, on) == []


def test_charge_for_a_whole_month(dalian, on):
    charge = fees.charge(dalian, on, monthly_fee=yuan("200"), days_in_force=17, service_days=17)
    assert (charge.gross, charge.waived, charge.net) == (yuan("200"), ZERO, yuan("200"))
    assert [str(step) for step in charge.steps] == ["每月收费标准 200.00 元", "这个月应交 200.00 元"]


def test_charge_for_a_part_of_the_month_with_a_waiver_in_words(dalian, on):
    hardship = waivers.Waived("hardship", 30)
    charge = fees.charge(dalian, on, monthly_fee=yuan("200"), days_in_force=12, service_days=17, waived=[hardship])
    assert (charge.gross, charge.waived, charge.net) == (yuan("141.18"), yuan("42.36"), yuan("98.82"))
    assert [str(step) for step in charge.steps] == [
        "每月收费标准 200.00 元",
        "这个月开 17 天，孩子参加其中 12 天，只收这些天的：200.00 ÷ 17 × 12 = 141.18 元",
        "按学校的减免决定减免 30%，免去：141.18 × 30% = 42.36 元",
        "这个月应交：141.18 − 42.36 = 98.82 元",
    ]
    assert [cite.clause for cite in charge.cites] == ["二(三)", "四.4"]


def test_the_registered_poor_pay_nothing_and_are_not_named(dalian, on):
    poor = waivers.Waived("registered_poor")
    charge = fees.charge(dalian, on, monthly_fee=yuan("200"), days_in_force=17, service_days=17, waived=[poor])
    assert charge.net == ZERO
    assert str(charge.steps[1]) == "按学校的减免决定减免 100%，免去：200.00 × 100% = 200.00 元"


def test_a_free_month_in_changle_needs_no_part_month_rule(changle, on):
    assert fees.charge(changle, on, monthly_fee=ZERO, days_in_force=3, service_days=20).net == ZERO


@pytest.mark.parametrize("days", [(18, 17), (-1, 17), (0, 0)])
def test_charge_refuses_senseless_days(dalian, on, days):
    with pytest.raises(ValueError, match="service days"):
        fees.charge(dalian, on, monthly_fee=yuan("200"), days_in_force=days[0], service_days=days[1])


@given(st.integers(0, 47_000), st.integers(1, 100), st.integers(1, 23), st.data())
def test_a_charge_adds_up_and_never_rounds_against_the_family(fen, percent, service_days, data):
    days = data.draw(st.integers(0, service_days))
    charge = fees.charge(
        policy.load("dalian-2024"),
        IN_TERM,
        monthly_fee=Money(fen),
        days_in_force=days,
        service_days=service_days,
        waived=[waivers.Waived("hardship", percent)],
    )
    assert charge.net + charge.waived == charge.gross <= Money(fen)
    assert charge.net.fen * 100 <= charge.gross.fen * (100 - percent)


def test_a_decided_waiver_needs_its_decision(dalian, changle, on):
    for place in (dalian, changle):
        with pytest.raises(RuleBroken, match="请填写减免比例"):
            waivers.percent(place, on, waivers.Waived("hardship"))
    for percent in (0, 101):
        with pytest.raises(RuleBroken, match="1% 到 100%"):
            waivers.percent(dalian, on, waivers.Waived("hardship", percent))
    assert waivers.percent(dalian, on, waivers.Waived("hardship", 50)).answer == 50


def test_waivers_a_policy_does_not_know_are_not_guessed(changle, on):
    with pytest.raises(NoRule, match="这类学生怎么减免"):
        waivers.percent(changle, on, waivers.Waived("registered_poor"))


def test_a_full_waiver_settles_all_and_lesser_ones_are_asked_about(dalian, on):
    half = waivers.Waived("hardship", 50)
    assert waivers.strongest(dalian, on, [half, waivers.Waived("registered_poor")]).answer == 100
    with pytest.raises(NoRule, match="几种减免时怎么合并"):
        waivers.strongest(dalian, on, [half, half])
    assert waivers.strongest(dalian, on, []).answer == 0


def test_waiver_groups(dalian, changle, on):
    assert [(one.group, one.percent) for one in waivers.groups(dalian, on)] == [
        ("registered_poor", 100),
        ("hardship", None),
    ]
    assert [(one.group, one.percent) for one in waivers.groups(changle, on)] == [("hardship", None)]


def test_prohibitions_and_obligations_are_listed(dalian, changle, on):
    assert "collected_by_others" in {one.key for one in conduct.prohibitions(dalian, on)}
    assert "new_lessons" in {one.key for one in conduct.prohibitions(changle, on)}
    assert conduct.obligation(dalian, on, "absence_told").cite.clause == "五(二)3"
    assert conduct.obligation(dalian, on, "handover").cite.clause == "五(二)2"
    assert not conduct.obligation(dalian, on, "meal_samples").answer
    assert "gate_log" in {one.key for one in conduct.obligations(changle, on)}


def test_outsiders(dalian, changle, on):
    assert conduct.outsiders_allowed(dalian, on).answer and conduct.outsiders_allowed(changle, on).answer
    assert conduct.outsiders_from_directory(changle, on).answer
    assert not conduct.outsiders_from_directory(dalian, on).answer
