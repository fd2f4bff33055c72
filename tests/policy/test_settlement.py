import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterschool import policy
from afterschool.errors import NoRule
from afterschool.money import ZERO, Money, total
from afterschool.policy import settlement
from afterschool.policy.settlement import Group, accrue, settle
from tests.policy.conftest import IN_TERM
from tests.policy.tiny import law

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
        "大家一共该交 600.00 元",
        "一共花了 583.33 元",
        "剩下的全部退给大家：600.00 − 583.33 = 16.67 元",
        "按各家该交多少来分，不到一分的先放着，您家先得：16.67 ÷ 600.00 × 200.00 = 5.55 元",
        "放着的零头凑成几个一分钱，零头大的先得，一样大的看协议编号，您家得到 0.01 元",
        "退给您：5.55 + 0.01 = 5.56 元",
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


@pytest.mark.parametrize(
    ("paying", "heads", "parts"),
    [([2, 1, 0], [3, 3, 3], [67, 33, 0]), ([0, 0], [3, 1], [75, 25]), ([0, 0], [0, 0], [50, 50])],
)
def test_what_grades_share_goes_by_paying_heads(paying, heads, parts):
    assert [part.fen for part in settlement.apportion(yuan("1"), paying, heads)] == parts


# ── other directions, shared otherwise ──


def settled(direction, groups, shared_by="net_charge", **more):
    place = law(
        f'[[settlement]]\ndirection = "{direction}"\nevery = "term"\nper = "school"\nshared_by = "{shared_by}"\n'
    )
    return settle(place, IN_TERM, groups, **more)


def test_a_shortfall_is_asked_where_the_notice_says_both_ways():
    """450 short among 200, 200, 100, 0: 180, 180, 90; the price leaves room for 150 each, and none asks who was free."""
    room = [yuan("300")] * 4
    charges = [("a", yuan("200")), ("b", yuan("200")), ("c", yuan("100")), ("d", ZERO)]
    [wide] = settled("both", [Group("g", charges, yuan("950"), room=room)])
    assert list(wide.asked.values()) == [yuan("180"), yuan("180"), yuan("90"), ZERO]
    assert (wide.borne_by_school, wide.surplus, any(wide.refunds.values())) == (ZERO, ZERO, False)
    [tight] = settled("both", [Group("g", charges, yuan("950"), room=[yuan("150")] * 4)])
    assert list(tight.asked.values()) == [yuan("150")] * 3 + [ZERO]
    assert [str(step) for step in settlement.explain(tight, "a", yuan("200"))][2:] == [
        "不够：950.00 − 500.00 = 450.00 元",
        "按规定向家长补收 450.00 元",
        "按各家该交多少来分，不到一分的先放着，您家先得：450.00 ÷ 500.00 × 200.00 = 180.00 元",
        "补收以后不能超过收费标准，少补 30.00 元",
        "请您补交：180.00 − 30.00 = 150.00 元",
    ]
    [full] = settled("both", [Group("g", charges, yuan("950"))])
    assert (any(full.asked.values()), full.borne_by_school) == (False, yuan("450"))


def test_both_ways_gives_a_surplus_back_as_well():
    [result] = settled("both", [group(["200"] * 3, "583.33")])
    assert [result.refunds[key] for key in (1, 2, 3)] == [yuan("5.56"), yuan("5.56"), yuan("5.55")]


def test_without_settlement_nothing_moves():
    for cost in ("500", "700"):
        [result] = settled("none", [group(["200"] * 3, cost)])
        assert not any(result.refunds.values()) and not any(result.asked.values())
    assert result.borne_by_school == yuan("100")
    [left] = settled("none", [group(["200"] * 3, "500")])
    assert [str(step) for step in settlement.explain(left, 1, yuan("200"))][2:] == [
        "一共剩下：600.00 − 500.00 = 100.00 元",
        "其中退还 0.00 元",
        "这次不退也不补 0.00 元",
    ]


def test_a_surplus_shared_by_days_stops_at_what_each_has_paid():
    """100 over 10, 10, 5 days would be 40, 40, 20; the second paid only 30, and 10 flow to the others, two to one."""
    charges = [("a", yuan("200")), ("b", yuan("30")), ("c", yuan("200")), ("free", ZERO)]
    [result] = settled("both", [Group("g", charges, yuan("330"), days=[10, 10, 5, 20])], shared_by="days_served")
    assert list(result.refunds.values()) == [yuan("46.67"), yuan("30"), yuan("23.33"), ZERO]
    assert [str(step) for step in settlement.explain(result, "a", yuan("200"))][3:] == [
        "按孩子参加的天数来分，不到一分的先放着，您家先得：100.00 ÷ 25 天 × 10 天 = 40.00 元",
        "别家分满以后多出来的，也按这个办法分，您有 6.67 元",
        "退给您：40.00 + 6.67 = 46.67 元",
    ]
    assert str(settlement.explain(result, "b", yuan("30"))[4]) == "退的钱不能比您家该交的还多，少退 10.00 元"


def test_what_nobody_may_take_stays_in_sight():
    """Whoever paid was never there: no days, no share."""
    [result] = settled("both", [Group("g", [("a", yuan("100"))], yuan("40"), days=[0])], shared_by="days_served")
    assert (result.surplus, result.refunds) == (yuan("60"), {"a": ZERO})
    [some] = settled(
        "both", [Group("g", [("a", yuan("10")), ("b", yuan("90"))], yuan("40"), days=[5, 0])], "days_served"
    )
    assert (some.surplus, some.refunds) == (yuan("60"), {"a": yuan("10"), "b": ZERO})


@given(
    st.lists(st.tuples(st.integers(0, 47_000), st.integers(0, 23), st.integers(0, 5_000)), min_size=1, max_size=20),
    st.integers(0, 900_000),
    st.sampled_from(["net_charge", "days_served"]),
)
def test_nobody_is_asked_above_the_price_or_given_more_than_was_paid(rows, cost, shared_by):
    charges = [(at, Money(net)) for at, (net, _, _) in enumerate(rows)]
    days, room = [served for _, served, _ in rows], [Money(more) for _, _, more in rows]
    [result] = settled("both", [Group("g", charges, Money(cost), days=days, room=room)], shared_by=shared_by)
    back, asked = total(result.refunds.values()), total(result.asked.values())
    assert all(ZERO <= result.refunds[at] <= net for at, net in charges)
    assert all(ZERO <= result.asked[at] <= more for at, more in enumerate(room))
    assert not (back and asked) and back <= result.surplus
    assert result.charged + asked + result.borne_by_school - result.surplus == Money(cost)
    if shared_by == "net_charge":
        assert back == result.surplus
    for at, net in charges:
        assert settlement.explain(result, at, net)[-1].amount in (result.refunds[at], result.asked[at])


def test_a_month_of_a_term_tells_its_sums_and_decides_nothing():
    charges = [("a", yuan("200")), ("b", yuan("100"))]
    groups = [Group("g", charges, yuan("250")), Group("h", charges, yuan("350"))]
    over, short = accrue(policy.load("dalian-2024"), IN_TERM, groups)
    assert over.cite and over.cite.clause == "四.5"
    assert (over.surplus, short.surplus) == (yuan("50"), ZERO)
    assert (over.borne_by_school, short.borne_by_school) == (ZERO, ZERO)
    assert not any(money for one in (over, short) for money in [*one.refunds.values(), *one.asked.values()])
    assert [str(step) for step in over.steps] == [
        "大家一共该交 300.00 元", "一共花了 250.00 元", "学期末和别的月份一起结算，这个月先不退也不补",
    ]  # fmt: skip
