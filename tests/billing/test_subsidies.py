"""财政补助: by its payers; one that lowers fees is due from the budget, never from the family, and no fen of it is lost."""

from datetime import date

import pytest

from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing.actions import charge_month, draft_settlement, receive_subsidy
from billing.disclosures.actions import compose
from billing.ledger.balances import balances
from billing.ledger.whereabouts import whereabouts
from billing.models import Charge, FeeMonth, Refund, Subsidy
from billing.selectors.subsidies import owed_by_payers
from enrollment.models import Waiver
from tests import cast
from tests.billing.conftest import family, pay
from tests.billing.test_settlement import lock, spend

LAST = date(2026, 10, 31)
RULES = """
[[price]]
unit = "month"
yuan = 300
[[part_month]]
basis = "service_days"
[[waiver]]
group = "hardship"
label = "经济困难学生"
[[expense]]
key = "water"
label = "水费"
funds = ["fee", "subsidy"]
[[unlisted_expense]]
allowed = false
[[settlement]]
direction = "surplus_back_only"
per = "grade"
shared_by = "net_charge"
[[subsidy]]
per = "student_month"
yuan = 100
heads = "taking_part"
payers = [{ name = "市级", percent = 40 }, { name = "县级", percent = 60 }]
"""
LOWERING, APART = RULES + 'effect = "deducted"\n', RULES + 'effect = "apart"\n'


@pytest.fixture
def under(town):
    def under(rules):
        adoption = cast.adopt(town.bureau, rules)
        FeeMonth.objects.filter(pk=town.month.pk).update(policy=adoption.policy)
        town.month.refresh_from_db()
        town.plan.offerings.update(fee_fen=300_00)

    return under


def charged(town, *names):
    children = [family(town, name) for name in names]
    charge_month(town.month, by=town.clerk)
    return children


def got(town, yuan, payer="市级", key=None, heads=2):
    return receive_subsidy(
        town.month, on=date(2026, 10, 20), heads=heads, amount=Money.parse(str(yuan)), document="财教〔2026〕8号",
        payer=payer, key=key or f"{payer}-{yuan}", by=town.clerk,
    )  # fmt: skip


def books(town):
    return {ref: money.fen for ref, money in balances(town.school, date.max).items() if money}


def test_the_family_is_charged_what_the_budget_does_not_pay(town, under):
    under(LOWERING)
    (child,) = charged(town, "甲")
    charge = Charge.objects.get()
    assert (charge.gross_fen, charge.subsidised_fen, charge.net_fen) == (300_00, 100_00, 200_00)
    assert charge.steps[-1] == "财政补贴每生每月 100 元，抵减应交的费用：300.00 − 100.00 = 200.00 元"
    assert books(town) == {
        ("receivable", f"student:{child.pk}"): 200_00, ("subsidy_due", ""): 100_00, ("fee_income", "2026-10"): -300_00,
    }  # fmt: skip
    charge_month(town.month, by=town.clerk)
    assert Charge.objects.count() == 1


def test_a_second_service_of_the_month_is_not_lowered_again_and_a_free_child_costs_the_budget_nothing(town, under):
    under(LOWERING)
    free = family(town, "免")
    Waiver.objects.create(
        school=town.school, student=free, category="hardship", percent=100, evidence="x", state="granted",
        asked_by=town.people["clerk"], decided_by=town.people["principal"], began_on=date(2026, 9, 1),
    )  # fmt: skip
    charge_month(town.month, by=town.clerk)
    assert (Charge.objects.get().subsidised_fen, Charge.objects.get().net_fen) == (0, 0)


def test_it_meets_what_is_due_of_each_payer_and_no_more(town, under):
    under(LOWERING)
    charged(town, "甲", "乙", "丙")
    assert [(one.payer, one.due.fen) for one in owed_by_payers(town.school)] == [("市级", 120_00), ("县级", 180_00)]
    with pytest.raises(RuleBroken, match="请选择出资方：市级、县级"):
        got(town, 10, payer="")
    got(town, 100)
    with pytest.raises(RuleBroken, match="应拨 120"):
        got(town, "20.01")
    got(town, 180, payer="县级")
    assert [one.open.fen for one in owed_by_payers(town.school)] == [20_00, 0]
    assert books(town)["subsidy_due", ""] == 20_00 and books(town)["bank", ""] == 280_00
    seen = whereabouts(town.school, LAST)
    assert not seen.wrong and ("财政还没拨", -20_00) in [(line.word, line.amount.fen) for line in seen.held]


@pytest.mark.parametrize(
    "cost, refund, borne, unused",
    [("400.00", 200_00, 0, 0), ("150.00", 400_00, 0, 50_00), ("700.00", 0, 100_00, 0)],
    ids=["surplus", "less than the subsidy", "shortfall"],
)
def test_what_is_left_goes_back_to_families_up_to_what_they_paid(town, under, cost, refund, borne, unused):
    under(LOWERING)
    for child in charged(town, "甲", "乙"):
        pay(town, child, 200)
    got(town, 80)
    spend(town, cost)
    draft = draft_settlement(town.month, by=town.clerk)
    assert (draft.groups[0]["refund_fen"], draft.groups[0]["borne_fen"]) == (refund, borne)
    lock(town)
    assert sum(Refund.objects.values_list("amount_fen", flat=True)) == refund
    stood = books(town)
    left = {ref: fen for ref, fen in stood.items() if ref[0] in {"fee_income", "subsidy", "surplus", "other_expense"}}
    assert sum(left.values()) == -unused and stood.get(("subsidy", "2026-10"), 0) == -unused
    assert not whereabouts(town.school, LAST).wrong
    sums = compose(town.month, by=cast.Actor.system("test")).content["sums"]
    assert (sums["income"], sums["refund"], sums["balance"]) == (600_00 + borne, refund, unused)


def test_where_it_is_held_apart_each_payers_part_is_its_own(town, under):
    under(APART)
    charged(town, "甲", "乙")
    assert Charge.objects.first().subsidised_fen == 0 and owed_by_payers(town.school) == []
    with pytest.raises(RuleBroken, match="2 人最多 80"):
        got(town, 81)
    got(town, 80)
    got(town, 120, payer="县级")
    with pytest.raises(RuleBroken, match="本月已到账 80"):
        got(town, "0.01")
    assert set(Subsidy.objects.values_list("payer", flat=True)) == {"市级", "县级"}
    assert books(town)["subsidy", "2026-10"] == -200_00
    draft_settlement(town.month, by=town.clerk)
    lock(town)
    told = compose(town.month, by=cast.Actor.system("test")).content["income"]
    lines = [(line["label"], line["fen"]) for line in told if "财政" in line["label"]]
    assert lines == [("财政补助（县级）", 120_00), ("财政补助（市级）", 80_00)]


def test_the_form_asks_for_the_payer(town, under, client):
    under(APART)
    charged(town, "甲")
    client.force_login(town.people["clerk"])
    url = f"/billing/{town.month.pk}/subsidies/new/"
    typed = {"key": "k", "on": "2026-10-20", "document": "财教〔2026〕8号", "heads": "1", "amount": "40"}
    assert "市级（承担 40%）" in client.get(url).content.decode()
    assert client.post(url, typed).status_code == 422
    assert client.post(url, typed | {"payer": "市级"}).status_code == 302
    assert "市级 · 1 人" in client.get(f"/billing/{town.month.pk}/expenses/").content.decode()
