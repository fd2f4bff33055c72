"""What may be paid out of which money, and how much of it for people and for management."""

import pytest

from afterschool.money import ZERO, Money
from afterschool.policy import expenses

from .tiny import law

yuan = Money.parse
POOLS = """
[[pool]]
key = "staff"
of = "fees"
categories = ["staff_stipend", "outside_pay"]
percent_at_least = 70
[[pool]]
key = "management"
of = "income"
categories = ["management_fee"]
percent_at_most = 5
"""


def use(on, staff, management, outside="0", fees="10000.01", income="12000"):
    by_category = {"staff_stipend": yuan(staff), "outside_pay": yuan(outside), "management_fee": yuan(management)}
    money = {"fees": yuan(fees), "income": yuan(income), "spending": yuan("9000")}
    return expenses.pools(law(POOLS), on, **money, by_category=by_category)


def test_what_is_kept_within_the_limits_is_told_with_what_is_left(on):
    staff, management = use(on, "6000.01", "150.50", outside="1000")
    assert (staff.least, staff.used, staff.open) == (yuan("7000.01"), yuan("7000.01"), None)  # 7000.007 counts up
    assert (management.most, management.open) == (yuan("600"), yuan("449.50"))
    assert [pool.verdict().answer for pool in (staff, management)] == [True, True]
    assert management.verdict().because == "管理支出用了 150.50 元，还可以用 449.50 元"
    assert [str(step) for step in management.steps] == [
        "管理支出不多于全部收入的 5%：12,000.00 × 5% = 600.00 元",
        "管理支出已经用了 150.50 元",
    ]


def test_too_little_for_people_and_too_much_for_management(on):
    staff, management = (pool.verdict() for pool in use(on, "7000", "600.01"))
    assert staff.because == "人员支出不少于 7,000.01 元，只用了 7,000.00 元，还差 0.01 元"
    assert management.because == "管理支出不多于 600.00 元，已经用了 600.01 元，超 0.01 元"
    assert {(one.level, one.field) for one in (staff, management)} == {("breach", "category")}
    assert (staff.cite.clause, management.cite.clause) == ("1", "2")


def test_a_share_of_what_was_spent(on):
    policy = law(
        '[[pool]]\nkey = "staff"\nof = "spending"\ncategories = ["staff_stipend"]\npercent_at_least = 80\nweight = "warn"'
    )
    money = {"fees": ZERO, "income": ZERO, "spending": yuan("1000")}
    [pool] = expenses.pools(policy, on, **money, by_category={"staff_stipend": yuan("799.99")})
    assert (pool.least, pool.verdict().level) == (yuan("800"), "warn")


@pytest.mark.parametrize(("of", "used"), [("fees", "70"), ("income", "100"), ("spending", "100")])
def test_of_the_fees_counts_only_what_the_fees_paid(on, of, used):
    policy = law(f'[[pool]]\nkey = "staff"\nof = "{of}"\ncategories = ["staff_stipend"]\npercent_at_least = 80\n')
    money = {"fees": yuan("100"), "income": yuan("100"), "spending": yuan("100")}
    spent, from_fees = {"staff_stipend": yuan("100")}, {"staff_stipend": yuan("70")}
    [pool] = expenses.pools(policy, on, **money, by_category=spent, from_fees=from_fees)
    assert (pool.used, pool.verdict().answer) == (yuan(used), of != "fees")


def test_no_pool_no_limit(dalian, on):
    assert expenses.pools(dalian, on, fees=ZERO, income=ZERO, spending=ZERO, by_category={}) == []


LISTED = """
[[expense]]
key = "water"
label = "水费"
funds = ["fee", "subsidy"]
[[unlisted_expense]]
allowed = false
[[unlisted_expense]]
allowed = true
funds = ["subsidy"]
"""


@pytest.mark.parametrize(
    ("category", "fund", "allowed", "clause"),
    [("water", "fee", True, "1"), ("venue", "fee", False, "2"), ("venue", "subsidy", True, "3")],
)
def test_what_is_not_listed_may_depend_on_the_fund(on, category, fund, allowed, clause):
    verdict = expenses.may_book(law(LISTED), on, category=category, fund=fund)
    assert (verdict.answer, verdict.cite.clause) == (allowed, clause)
