from dataclasses import replace

import pytest

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money
from afterschool.policy import conduct, fees, waivers
from afterschool.policy.rule import Case
from tests.policy.tiny import law

yuan = Money.parse
PRIMARY = Case(stage="primary", grade=3, boarding=False, service="weekday")


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
def test_dalian_prices(dalian, on, stage, grade, boarding, service, most, clause):
    case = Case(stage=stage, grade=grade, boarding=boarding, service=service)
    highest = fees.highest(dalian, on, case)
    assert (highest.answer, highest.cite.clause) == (yuan(most), clause)
    assert fees.within_price(dalian, on, case, highest.answer).answer
    over = fees.within_price(dalian, on, case, highest.answer + Money(1))
    assert (over.answer, over.level, over.field, over.cite.clause) == (False, "breach", "fee", clause)
    assert "超 0.01 元" in over.because


def test_a_fee_above_the_price_says_by_how_much(dalian, on):
    verdict = fees.within_price(dalian, on, PRIMARY, yuan("220"))
    assert str(verdict) == "小学每月每生不高于 200 元，现填 220.00 元，超 20.00 元 · 实施方案 四.4"


def test_a_fee_below_zero_is_refused(dalian, on):
    assert not fees.within_price(dalian, on, PRIMARY, Money(-1)).answer


@pytest.mark.parametrize("service", ["saturday", "vacation"])
def test_dalian_knows_no_weekend_fee_below_senior_high(dalian, on, service):
    with pytest.raises(NoRule, match="收费标准"):
        fees.highest(dalian, on, replace(PRIMARY, service=service))


def test_changle_charges_nothing_until_the_province_says_how(changle, on):
    assert fees.within_price(changle, on, PRIMARY, ZERO).answer
    refused = fees.within_price(changle, on, PRIMARY, Money(1))
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


SPOKEN = """
[[price]]
stages = ["primary"]
unit = "lesson"
yuan = 3
nature = "{nature}"
{more}
"""


@pytest.mark.parametrize(
    ("nature", "more", "right", "wrong", "said"),
    [
        ("fixed", "", "3", "2.99", "小学每课时收 3 元，现填 2.99 元，少 0.01 元"),
        ("fixed", "", "3", "3.01", "小学每课时收 3 元，现填 3.01 元，超 0.01 元"),
        ("ceiling", "", "0.01", "3.01", "小学每课时不高于 3 元，现填 3.01 元，超 0.01 元"),
        ("base", "floats = 20", "3.60", "3.61", "现填 3.61 元，超 0.01 元"),
        ("base", "floats = 20", "2.40", "2.39", "小学每课时基准价 3 元，上下浮动不超过 20%，即 2.40 至 3.60 元"),
    ],
)
def test_a_price_is_fixed_a_ceiling_or_a_base(on, nature, more, right, wrong, said):
    held = law(SPOKEN.format(nature=nature, more=more))
    assert fees.within_price(held, on, PRIMARY, yuan(right), unit="lesson").answer
    refused = fees.within_price(held, on, PRIMARY, yuan(wrong), unit="lesson")
    assert (refused.answer, refused.level) == (False, "breach")
    assert said in refused.because


def test_an_advisory_price_only_warns(on):
    held = law(SPOKEN.format(nature="advisory", more=""))
    assert fees.within_price(held, on, PRIMARY, yuan("4"), unit="lesson").level == "warn"


def test_a_fee_by_another_unit_is_refused(on):
    refused = fees.within_price(law(SPOKEN.format(nature="ceiling", more="")), on, PRIMARY, yuan("2"), unit="month")
    assert refused.because == "小学每课时不高于 3 元，现按每月收费，请改为按每课时收费"
    assert refused.level == "breach"


def test_what_is_free_may_not_cost_anything(on):
    held = law('[[price]]\nslots = ["noon"]\nunit = "free"\n')
    noon = replace(PRIMARY, slot="noon")
    assert fees.within_price(held, on, noon, ZERO).answer
    refused = fees.within_price(held, on, noon, yuan("1"))
    assert (refused.level, refused.because) == ("breach", "免费，不向家长收费，现填 1.00 元")


def test_several_waivers_add_up_as_the_policy_says(on):
    two = '[[waiver]]\ngroup = "a"\nlabel = "甲"\npercent = 50\n[[waiver]]\ngroup = "b"\nlabel = "乙"\npercent = 30\n'
    both = [waivers.Waived("a"), waivers.Waived("b")]
    assert waivers.strongest(law(two + '[[waiver_stacking]]\ncounts = "largest"\n'), on, both).answer == 50
    assert waivers.strongest(law(two + '[[waiver_stacking]]\ncounts = "sum"\n'), on, both).answer == 80
    with pytest.raises(NoRule) as silence:
        waivers.strongest(law(two), on, both)
    assert silence.value.switch == "waiver_stacking"


@pytest.mark.parametrize(
    ("said", "payer", "amount"),
    [
        ("", "", "0"),
        ('[[waiver_funding]]\nfunded = "nobody"\n', "", "0"),
        ('[[waiver_funding]]\nfunded = "budget"\npayer = "区财政"\n', "区财政", "84.36"),
        ('[[waiver_funding]]\nfunded = "per_head"\npayer = "市财政"\nyuan = 50\n', "市财政", "50"),
    ],
)
def test_who_makes_up_for_what_is_waived(on, said, payer, amount):
    held = waivers.funding(law(said), on, yuan("84.36"))
    assert (held.payer, held.answer) == (payer, yuan(amount))
    assert waivers.funding(law(said), on, ZERO).answer == ZERO


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
