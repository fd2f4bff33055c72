import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterschool import policy
from afterschool.errors import NoRule
from afterschool.money import ZERO, Money, total
from afterschool.policy import refunds, settlement
from afterschool.policy.settlement import Group, settle
from tests.policy.conftest import IN_TERM

yuan = Money.parse


def group(charges, cost):
    return Group("三年级", [(number, yuan(net)) for number, net in enumerate(charges, 1)], yuan(cost))


@pytest.mark.parametrize(
    ("charges", "cost", "given_back", "borne"),
    [
        (["200", "200", "100", "0"], "437.50", ["25.00", "25.00", "12.50", "0"], "0"),
        (["200"] * 3, "583.33", ["5.56", "5.56", "5.55"], "0"),
        (["200"] * 3, "620.00", ["0", "0", "0"], "20.00"),
        (["200"] * 3, "600.00", ["0", "0", "0"], "0"),
        (["200", "100"], "0", ["200", "100"], "0"),
    ],
)
def test_dalian_settles_to_the_fen(dalian, on, charges, cost, given_back, borne):
    [result] = settle(dalian, on, [group(charges, cost)])
    assert [result.refunds[key] for key in range(1, len(charges) + 1)] == [yuan(one) for one in given_back]
    assert total(result.refunds.values()) == result.surplus
    assert result.borne_by_school == yuan(borne)
    assert result.cite.clause == "四.5"


def test_each_group_stands_for_itself(dalian, on):
    rich, poor = settle(dalian, on, [group(["200"], "150"), Group("六年级", [(9, yuan("200"))], yuan("250"))])
    assert (rich.refunds, rich.borne_by_school) == ({1: yuan("50")}, ZERO)
    assert (poor.refunds, poor.borne_by_school) == ({9: ZERO}, yuan("50"))


def test_a_second_round_adds_and_never_takes_back(dalian, on):
    paid = Group("g", [("a", yuan("1")), ("b", yuan("3")), ("c", yuan("3"))], yuan("6.97"))
    [first] = settle(dalian, on, [paid])
    assert list(first.refunds.values()) == [Money(1), Money(1), Money(1)]
    # In one round 0.04 would be 0, 2, 2: "a" would lose what was published.
    cheaper = Group("g", paid.charges, yuan("6.96"))
    [second] = settle(dalian, on, [cheaper], already=first.refunds)
    assert total(second.refunds.values()) == Money(1)
    assert second.published == first.refunds
    [dearer] = settle(dalian, on, [Group("g", paid.charges, yuan("6.99"))], already=first.refunds)
    assert total(dearer.refunds.values()) == ZERO
    assert dearer.borne_by_school == Money(2)


def test_where_nobody_pays_no_rule_is_needed(changle, on):
    [result] = settle(changle, on, [Group("一年级", [(1, ZERO), (2, ZERO)], yuan("300"))])
    assert (result.borne_by_school, result.cite) == (yuan("300"), None)
    with pytest.raises(NoRule, match="结余怎么退、不足由谁承担"):
        settle(changle, on, [group(["1"], "0")])


def test_senseless_groups_are_refused(dalian, on):
    for wrong in (
        Group("g", [(1, yuan("1")), (1, yuan("1"))], ZERO),
        Group("g", [(1, Money(-1))], ZERO),
        Group("g", [(1, yuan("1"))], Money(-1)),
    ):
        with pytest.raises(ValueError, match="group g"):
            settle(dalian, on, [wrong])


def test_a_family_reads_its_refund(dalian, on):
    [result] = settle(dalian, on, [group(["200"] * 3, "583.33")])
    assert [str(step) for step in settlement.explain(result, 1, yuan("200"))] == [
        "大家一共交了 600.00 元",
        "一共花了 583.33 元",
        "一共剩下，全部退还：600.00 − 583.33 = 16.67 元",
        "按各家所交的钱来分，先分到分：16.67 ÷ 600.00 × 200.00 = 5.55 元",
        "还有分不匀的零头：余数大的在前，一样大的按协议编号从前往后，每家 1 分，您有 0.01 元",
        "退给您 5.56 元",
    ]
    assert len(settlement.explain(result, 3, yuan("200"))) == 5


def test_a_family_reads_why_nothing_comes_back(dalian, on):
    [result] = settle(dalian, on, [group(["200"] * 3, "620")])
    assert [str(step) for step in settlement.explain(result, 1, yuan("200"))][2:] == [
        "不够的部分由学校承担，不向家长补收：620.00 − 600.00 = 20.00 元",
        "没有结余，这次不退也不补 0.00 元",
    ]


@given(
    st.lists(st.integers(0, 47_000), min_size=1, max_size=40),
    st.lists(st.integers(0, 1_000_000), min_size=1, max_size=4),
)
def test_rounds_keep_every_promise(nets, costs):
    """Whatever the cost turns out to be, round after round: sums to the fen, never above what was paid."""
    dalian = policy.load("dalian-2024")
    charges = list(enumerate(map(Money, nets)))
    published = dict.fromkeys(range(len(nets)), ZERO)
    for cost in costs:
        [result] = settle(dalian, IN_TERM, [Group("g", charges, Money(cost))], already=published)
        assert all(refund >= ZERO for refund in result.refunds.values())
        assert total(result.refunds.values()) == result.surplus
        published = {key: published[key] + refund for key, refund in result.refunds.items()}
        assert all(published[key] <= net for key, net in charges)
        assert total(net for _, net in charges) - total(published.values()) + result.borne_by_school == max(
            Money(cost), total(net for _, net in charges) - total(published.values())
        )


def test_withdrawal_gives_back_the_days_left(dalian, on):
    refund = refunds.on_withdrawal(dalian, on, paid=yuan("200"), served_days=9, service_days=17)
    assert refund.amount == yuan("94.12")
    assert refund.cite.clause == "四.5"
    assert [str(step) for step in refund.steps] == [
        "这个月已经交了 200.00 元",
        "这个月开 17 天，参加了 9 天，还剩 8 天没有用",
        "剩下的天数退给您：200.00 ÷ 17 × 8 = 94.12 元",
    ]


@pytest.mark.parametrize(("served", "amount"), [(0, "200"), (17, "0")])
def test_withdrawal_before_the_first_and_after_the_last_day(dalian, on, served, amount):
    refund = refunds.on_withdrawal(dalian, on, paid=yuan("200"), served_days=served, service_days=17)
    assert refund.amount == yuan(amount)


@pytest.mark.parametrize("days", [(18, 17), (-1, 17), (0, 0)])
def test_withdrawal_refuses_senseless_days(dalian, on, days):
    with pytest.raises(ValueError, match="service days"):
        refunds.on_withdrawal(dalian, on, paid=yuan("200"), served_days=days[0], service_days=days[1])


def test_causes_the_policies_are_silent_on(dalian, changle, on):
    assert refunds.rule(dalian, on, "surplus").cite.quote == "课后服务收费实行多退少不补"
    for place, cause in ((dalian, "absence"), (dalian, "cancelled"), (changle, "withdrawal"), (changle, "surplus")):
        with pytest.raises(NoRule, match="这种情况怎么退费"):
            refunds.rule(place, on, cause)
