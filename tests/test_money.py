from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money, total

families = st.lists(st.tuples(st.integers(0, 23), st.integers(0, 47_000)), min_size=1, max_size=40)


@pytest.mark.parametrize("wrong", [1.0, True, "1", None, Fraction(1)])
def test_money_is_whole_fen_only(wrong):
    with pytest.raises(TypeError):
        Money(wrong)


def test_arithmetic_stays_money():
    assert Money(150) + Money(50) - Money(30) == Money(170)
    assert -Money(5) == Money(-5)
    assert Money(20000) * 3 == 3 * Money(20000) == Money(60000)
    assert Money(1) < Money(2) and max(Money(3), Money(1)) == Money(3)
    assert bool(Money(1)) and not ZERO
    assert {Money(1): "a"}[Money(1)] == "a"
    assert total([Money(1), Money(2)]) == Money(3) and total([]) == ZERO


@pytest.mark.parametrize("wrong", [1.5, True, Money(1), Fraction(1, 2)])
def test_multiplying_takes_whole_numbers_only(wrong):
    with pytest.raises(TypeError):
        Money(100) * wrong


def test_adding_a_bare_number_is_refused():
    with pytest.raises(TypeError):
        Money(1) + 1
    with pytest.raises(TypeError):
        Money(1) < 2  # noqa: B015


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("200", 20000),
        ("１，２３４．５", 123450),
        ("¥200", 20000),
        ("￥ 200.05", 20005),
        ("200元", 20000),
        ("  1,234.50 ", 123450),
        ("\u30001234.5 元", 123450),
        ("0", 0),
        ("0.01", 1),
        ("007.10", 710),
        ("1,000,000,000", 100_000_000_000),
    ],
)
def test_parse_reads_what_people_type(text, fen):
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "请填写金额"),
        ("   ", "请填写金额"),
        ("NaN", "不是金额"),
        ("inf", "不是金额"),
        ("1e5", "不是金额"),
        ("二百", "不是金额"),
        ("²", "不是金额"),
        ("٣", "不是金额"),
        ("12,34", "不是金额"),
        ("1 234", "不是金额"),
        ("1.2.3", "不是金额"),
        ("200.", "不是金额"),
        (".5", "不是金额"),
        ("--5", "不是金额"),
        ("0x10", "不是金额"),
        ("1_000", "不是金额"),
        ("=200", "不是金额"),
        ("200\n元\n200", "不是金额"),
        ("1.234", "最多两位小数"),
        ("-5", "不能是负数"),
        ("－5", "不能是负数"),
        ("−5", "不能是负数"),
        ("¥-5", "不能是负数"),
        ("1000000001", "太大"),
        ("9" * 5000, "太大"),
    ],
)
def test_parse_refuses_the_rest_in_chinese(text, why):
    with pytest.raises(ValueError, match=why):
        Money.parse(text)


@pytest.mark.parametrize("text", ["-5", "－５", "−5.00", "-¥5", "¥-5元"])
def test_parse_reads_a_minus_where_it_is_allowed(text):
    assert Money.parse(text, negative=True) == Money(-500)


@given(st.integers(-(10**11), 10**11).map(Money))
def test_every_way_of_writing_reads_back(money):
    for text in (str(money), money.plain(), money.display()):
        assert Money.parse(text, negative=True) == money


def test_writing():
    assert str(Money(159037)) == "1,590.37"
    assert str(Money(-5)) == "-0.05"
    assert Money(-159037).display() == "−1,590.37"
    assert Money(159037).plain() == "1590.37"


@pytest.mark.parametrize(
    ("fen", "factor", "result"),
    [
        (20000, Fraction(8, 17), 9412),
        (1, Fraction(1, 2), 1),
        (3, Fraction(1, 2), 2),
        (-1, Fraction(1, 2), -1),
        (1, Fraction(499, 1000), 0),
        (4000, Fraction(3, 2), 6000),
        (7, 2, 14),
    ],
)
def test_times_rounds_half_up(fen, factor, result):
    assert Money(fen).times(factor) == Money(result)


@pytest.mark.parametrize("wrong", [0.5, True, "2"])
def test_times_refuses_what_is_not_exact(wrong):
    with pytest.raises(TypeError):
        Money(100).times(wrong)


@pytest.mark.parametrize(
    ("fen", "weights", "shares"),
    [
        (3, [1, 3, 3], [1, 1, 1]),
        (4, [1, 3, 3], [0, 2, 2]),
        (1667, [1, 1, 1], [556, 556, 555]),
        (100, [0, 1], [0, 100]),
        (-5, [1, 1], [-2, -3]),
    ],
)
def test_split_by_largest_remainder(fen, weights, shares):
    assert Money(fen).split(weights) == [Money(share) for share in shares]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [1.5], [True]])
def test_split_refuses_senseless_weights(weights):
    with pytest.raises(ValueError, match="weight"):
        Money(100).split(weights)


def test_split_capped_refuses_negative_amounts_and_unequal_lists():
    with pytest.raises(ValueError, match="zero or more"):
        Money(-1).split_capped([1], [Money(5)])
    with pytest.raises(ValueError, match="zero or more"):
        Money(1).split_capped([1], [Money(-5)])
    with pytest.raises(ValueError, match="argument"):
        Money(1).split_capped([1, 1], [Money(5)])


def test_what_a_full_share_cannot_take_flows_on():
    caps = [Money(10), Money(1000), Money(1000)]
    assert Money(300).split_capped([1, 1, 1], caps) == [Money(10), Money(145), Money(145)]


@given(st.integers(0, 10**7), st.lists(st.integers(0, 23), min_size=1, max_size=40))
def test_split_adds_up_and_stays_within_one_fen(fen, weights):
    assume(any(weights))
    shares = Money(fen).split(weights)
    assert total(shares) == Money(fen)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.fen - Fraction(fen * weight, sum(weights))) < 1


@given(st.integers(0, 2_000_000), families)
def test_split_capped_adds_up_and_holds_every_cap(fen, families):
    assume(any(weight for weight, _ in families))
    weights, caps = [w for w, _ in families], [Money(c) for _, c in families]
    shares = Money(fen).split_capped(weights, caps)
    reachable = sum(cap for weight, cap in families if weight)
    assert total(shares) == Money(min(fen, reachable))
    assert all(ZERO <= share <= cap for share, cap in zip(shares, caps, strict=True))
    assert all(share == ZERO for share, weight in zip(shares, weights, strict=True) if weight == 0)


@given(st.integers(0, 2_000_000), families, st.randoms(use_true_random=False))
def test_split_capped_favours_order_only_in_ties(fen, families, chance):
    assume(any(weight for weight, _ in families))
    order = list(range(len(families)))
    chance.shuffle(order)

    def shares(rows):
        return Money(fen).split_capped([w for w, _ in rows], [Money(c) for _, c in rows])

    straight = shares(families)
    shuffled = dict(zip(order, shares([families[i] for i in order]), strict=True))
    alike = {}
    for i, row in enumerate(families):
        assert abs(straight[i].fen - shuffled[i].fen) <= 1
        alike.setdefault(row, []).append(i)
    for row_numbers in alike.values():
        fens = [straight[i].fen for i in row_numbers]
        assert max(fens) - min(fens) <= 1
        # Of two families alike in everything, the one named first is never behind.
        assert fens == sorted(fens, reverse=True)


def test_refusals_carry_their_message_and_field():
    refusal = RuleBroken("超过上限", cite="四.4", field="fee")
    assert (str(refusal), refusal.cite, refusal.field) == ("超过上限", "四.4", "fee")
    silence = NoRule("staffing.assistant_rounding", "不足 90 人的部分是否加配教辅", policy="实施方案")
    assert silence.switch == "staffing.assistant_rounding"
    assert str(silence).startswith("实施方案没有写明不足 90 人的部分是否加配教辅")
