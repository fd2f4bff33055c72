"""Policy C: the subsidy is told apart from fees, and what is left of it is carried into the next month."""

from datetime import date
from types import SimpleNamespace

from afterschool.access.capabilities import Role
from afterschool.money import Money
from afterschool.schools.actions import fill_calendar
from billing.actions import charge_month, draft_settlement, open_month, receive_subsidy
from billing.disclosures.actions import compose
from tests import cast
from tests.billing.conftest import act

from .month import NOW, SYSTEM, spend


def _close(town, month, yuan):
    town.month = open_month(town.school, month=month, by=town.clerk)
    charge_month(town.month, by=town.clerk)
    if month.month == 9:
        receive_subsidy(
            town.month, on=date(2026, 9, 5), heads=10, amount=Money(1000_00), document="榕财教〔2026〕1号",
            key="subsidy-1", by=town.clerk,
        )  # fmt: skip
    spend(town, yuan, "consumables", fund="subsidy", on=month.replace(day=20))
    draft_settlement(town.month, by=town.clerk)
    town.month = cast.lock(town.month, now=NOW, by=town.reviewer)
    return compose(town.month, by=SYSTEM).content


def test_what_is_left_of_the_subsidy_is_carried_over(wuhang):
    fill_calendar(wuhang.bureau, 2026, by=SYSTEM)
    clerk = act(cast.make_person("林会计", Role.FINANCE_CLERK, wuhang))
    reviewer = act(cast.make_person("郑复核", Role.FINANCE_REVIEWER, wuhang))
    town = SimpleNamespace(school=wuhang, clerk=clerk, reviewer=reviewer)

    september, october = _close(town, date(2026, 9, 1), "300.00"), _close(town, date(2026, 10, 1), "450.50")

    assert september["sums"] == {"income": 1000_00, "expense": 300_00, "refund": 0, "balance": 700_00}
    assert [(line["label"], line["fen"]) for line in october["income"]] == [("上期结转", 700_00), ("财政补助", 0)]
    assert october["sums"]["balance"] == 249_50
