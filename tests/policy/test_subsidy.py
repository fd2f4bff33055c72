from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterschool.errors import NoRule
from afterschool.money import ZERO, Money, total
from afterschool.policy import expenses, subsidy
from afterschool.policy.rule import Case
from afterschool.policy.subsidy import Heads, Paid
from tests.policy.tiny import law

yuan = Money.parse
ON = date(2026, 11, 2)
TWO = '[{ name = "市级", percent = 40 }, { name = "县级", percent = 60 }]'
THREE = '[{ name = "省级", percent = 50 }, { name = "市级", percent = 30 }, { name = "区级", percent = 20 }]'


def granted(per="student_term", amount="100", payers=TWO, **keys):
    more = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    return law(f'[[subsidy]]\nper = "{per}"\nyuan = "{amount}"\npayers = {payers}\n{more}')


def due(place, heads):
    return subsidy.due(place, ON, Case(), heads)


def test_a_subsidy_counts_whom_it_names_and_is_split_among_its_payers():
    paid = due(granted(heads="taking_part"), Heads(enrolled=120, taking_part=87, attending=80))
    assert (paid.amount, paid.per) == (yuan("8700"), "student_term")
    assert paid.parts == (Paid("市级", yuan("3480")), Paid("县级", yuan("5220")))
    assert [str(step) for step in paid.steps] == [
        "每生每学期 100 元，参加课后服务的学生共 87 人：100.00 × 87 = 8,700.00 元",
        "市级承担 40%：8,700.00 × 40% = 3,480.00 元",
        "县级承担 60%：8,700.00 × 60% = 5,220.00 元",
    ]


@pytest.mark.parametrize(("heads", "counted"), [("enrolled", 2000), ("taking_part", 1600), ("attending", 1507)])
def test_a_subsidy_by_the_day_counts_days(heads, counted):
    """20 days of service: 100 enrolled, 80 taking part, who came 1507 times in all."""
    place = granted("student_day", "2", THREE, heads=heads)
    assert due(place, Heads(100, 80, 79, days=20, attended=1507)).amount == yuan("2") * counted


def test_the_fen_left_over_goes_to_the_largest_rest_and_then_to_the_first_payer():
    """0.03 over 50, 30, 20: 1.5, 0.9, 0.6 fen, so 1, 1, 1; 0.01 over halves is the first payer's."""
    place = granted("student_month", "0.03", THREE, heads="enrolled")
    assert [part.amount.fen for part in due(place, Heads(1, 1, 1)).parts] == [1, 1, 1]
    halves = granted("student_month", "0.01", TWO.replace("40", "50").replace("60", "50"), heads="enrolled")
    assert [part.amount.fen for part in due(halves, Heads(1, 1, 1)).parts] == [1, 0]


def test_whom_it_counts_is_asked_only_where_the_numbers_differ(changle):
    assert due(granted(), Heads(30, 30, 30)).amount == yuan("3000")
    with pytest.raises(NoRule, match="按在校、参加还是到场的人数算") as silence:
        due(granted(), Heads(30, 29, 28))
    assert silence.value.switch == "subsidy.heads"


def test_where_the_policy_knows_no_subsidy_nothing_is_due(dalian):
    assert due(dalian, Heads(30, 29, 28)) is None
    assert subsidy.off_fee(dalian, ON, Case(), net=yuan("200"), unit="month", days=20).answer == ZERO


def off(place, net, unit="term", days=20):
    return subsidy.off_fee(place, ON, Case(), net=yuan(net), unit=unit, days=days)


def test_a_deducted_subsidy_lowers_the_fee_but_never_below_nothing():
    place = granted(heads="taking_part", effect="deducted")
    assert off(place, "450").answer == yuan("100")
    assert off(place, "90").answer == yuan("90")
    assert off(place, "450").because == "财政补贴每生每学期 100 元，抵减应交的费用"
    assert off(granted("student_day", "2", effect="deducted"), "200", unit="month", days=17).answer == yuan("34")


def test_a_subsidy_kept_apart_lowers_nothing(changle):
    assert off(granted(effect="apart"), "450").answer == ZERO


def test_what_a_subsidy_does_to_the_fee_is_asked_where_the_notice_is_silent():
    with pytest.raises(NoRule, match="抵不抵减") as silence:
        off(granted(), "450")
    assert silence.value.switch == "subsidy.effect"
    assert off(granted(), "0").answer == ZERO
    with pytest.raises(NoRule, match="怎么抵减每次的收费"):
        off(granted("student_year", effect="deducted"), "200", unit="month")


def test_coloured_money_is_spent_only_where_it_is_named():
    place = law(
        '[[expense]]\nkey = "staff_stipend"\nlabel = "教师补助"\nfunds = ["fee", "subsidy"]\n'
        '[[expense]]\nkey = "water"\nlabel = "水电费"\nfunds = ["fee"]\n[[unlisted_expense]]\nallowed = false\n'
    )
    assert expenses.may_book(place, ON, category="staff_stipend", fund="subsidy").answer
    assert expenses.may_book(place, ON, category="water", fund="fee").answer
    refused = expenses.may_book(place, ON, category="water", fund="subsidy")
    assert not refused.answer and "财政补贴" in refused.because


@given(st.integers(0, 5000), st.integers(1, 20_000), st.integers(0, 100), st.integers(0, 100))
def test_the_parts_are_the_whole_and_more_heads_never_cost_less(heads, fen, first, second):
    first, second = min(first, second), max(first, second)
    percents = [first, second - first, 100 - second]
    payers = "[" + ", ".join(f'{{ name = "{at}", percent = {percent} }}' for at, percent in enumerate(percents)) + "]"
    place = granted("student_month", Money(fen).plain(), payers, heads="enrolled")
    paid, more = due(place, Heads(heads, 0, 0)), due(place, Heads(heads + 1, 0, 0))
    assert total(part.amount for part in paid.parts) == paid.amount < more.amount
    for part, percent in zip(paid.parts, percents, strict=True):
        assert abs(part.amount.fen * 100 - paid.amount.fen * percent) <= 100
