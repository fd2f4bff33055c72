"""A term settled as one: its months decide nothing, the last of them settles all.

The term ends in November here: October carries what it leaves over, November gives it back.
"""

from datetime import date, datetime, time

import pytest

from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.schools.models import Term
from attendance.models import Mark, Session
from billing.actions import (
    approve_expense,
    charge_month,
    confirm_round,
    draft_round,
    draft_settlement,
    enter_expense,
    open_month,
)
from billing.desk import tasks
from billing.disclosures.actions import compose
from billing.disclosures.again import agains_of
from billing.disclosures.families import month_of
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.ledger.whereabouts import whereabouts
from billing.models import Charge, FeeMonth, Refund
from billing.selectors.corrections import waiting_to_go_back
from enrollment.models import Agreement, Placement
from tests import cast
from tests.billing.conftest import NOW, SHANGHAI, family, pay
from tests.billing.test_rounds import adjust

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
END = date(2026, 12, 31)
DECEMBER = datetime(2026, 12, 3, 10, 0, tzinfo=SHANGHAI)
LATER = datetime(2026, 12, 10, 10, 0, tzinfo=SHANGHAI)
RULES = """
[[price]]
unit = "{unit}"
yuan = {yuan}
[[part_month]]
basis = "service_days"
[[refund]]
cause = "absence"
gives = "each_day"
yuan = 5
[[refund]]
cause = "withdrawal"
gives = "percent"
percent = 50
[[settlement]]
direction = "{direction}"
every = "term"
per = "{per}"
shared_by = "{shared_by}"
[[expense]]
key = "water"
label = "水费"
funds = ["fee"]
"""
LOWERED = """
[[subsidy]]
per = "student_term"
yuan = 100
payers = [{ name = "县财政", percent = 100 }]
effect = "deducted"
"""


@pytest.fixture
def under(town):
    """Three families under a policy that settles by the term; the price is a month's or the term's."""

    def under(unit="month", yuan=200, *, direction="surplus_back_only", per="grade", shared_by="net_charge", more=""):
        Term.objects.filter(pk=town.term.pk).update(ended_on=date(2026, 11, 27))
        town.term.refresh_from_db()
        rules = RULES.format(unit=unit, yuan=yuan, direction=direction, per=per, shared_by=shared_by)
        FeeMonth.objects.filter(pk=town.month.pk).update(policy=cast.adopt(town.bureau, rules + more).policy)
        town.month.refresh_from_db()
        town.plan.offerings.update(unit=unit, fee_fen=yuan * 100)
        town.children = [family(town, name) for name in ("甲", "乙", "丙")]
        charge_month(town.month, by=town.clerk)
        return town

    return under


def cost(town, month, yuan):
    made = enter_expense(
        month, category="water", fund="fees", amount=Money.parse(yuan), on=month.last_on, payee="自来水公司",
        voucher_number=f"{month.month:%m}", key=f"c{month.pk}", by=town.clerk,
    )  # fmt: skip
    return approve_expense(made, now=NOW, by=town.reviewer)


def close(town, month, now):
    draft_settlement(month, by=town.clerk)
    cast.lock(month, now=now, by=town.reviewer)
    month.refresh_from_db()
    return month.settlement.groups


def left(town, name):
    kinds = {"fee_income", "waiver", "other_expense"}
    held = balances(town.school, END)
    return -sum(fen.fen for (kind, subject), fen in held.items() if kind in kinds and subject.startswith(name))


def back():
    rows = Refund.objects.order_by("cause", "charge__agreement__number", "charge__fee_month__month")
    return [(row.cause, f"{row.charge.fee_month.month:%m}", row.amount_fen) for row in rows]


def meets(town, *months):
    assert is_balanced(trial_balance(town.school, END))
    assert not whereabouts(town.school, END).wrong
    return [compose(month, by=town.clerk).content for month in months]


def test_months_accrue_and_the_last_of_the_term_settles_all(under):
    town = under()
    for child in town.children:
        pay(town, child, 400)
    cost(town, town.month, "450")
    [group] = close(town, town.month, NOW)
    assert (group["surplus_fen"], group["refund_fen"], group["borne_fen"], group["accrues"]) == (150_00, 0, 0, True)
    assert "学期末和别的月份一起结算" in group["steps"][-1]
    assert (left(town, "2026-10"), back()) == (150_00, [])
    assert meets(town, town.month)[0]["sums"]["balance"] == 150_00
    with pytest.raises(RuleBroken, match="到学期末一起退"):
        draft_round(town.month, by=town.clerk)

    november = charge_month(open_month(town.school, month=NOVEMBER, by=town.clerk), by=town.clerk)
    cost(town, november, "690")
    [group] = close(town, november, DECEMBER)
    # 1,200 less 1,140: November alone would have been short.
    assert (group["charged_fen"], group["cost_fen"], group["surplus_fen"]) == (1200_00, 1140_00, 60_00)
    assert back() == [("surplus", month, 10_00) for month in ("10", "11")] * 3
    assert set(Refund.objects.values_list("fee_month", "state")) == {(november.pk, "payable")}
    assert (left(town, "2026-10"), left(town, "2026-11")) == (0, 0)
    told = meets(town, town.month, november)
    assert [one["sums"]["balance"] for one in told] == [150_00, 0]
    assert "本学期前几个月的课后服务费结转" in [line["label"] for line in told[1]["income"]]
    own = month_of(town.children[0].pk, NOVEMBER)
    assert [(part.word, part.amount.fen) for part in own.parts] == [("水费", 190_00), ("没花完，退给您", 10_00)]
    assert own.parts[0].of_grade.fen == 1140_00
    [again] = agains_of(own)
    assert (again.published, again.left.fen, again.given.fen) == (None, 60_00, 10_00)
    with pytest.raises(RuleBroken, match="没有要追加退给家长的"):
        draft_round(november, by=town.clerk)


def absent(town, child, day):
    section = Placement.objects.get(student=child).section
    told = {"school": town.school, "taken_at": NOW}
    met = Session.objects.create(section=section, day=day, starts_at=time(16), ends_at=time(17), **told)
    Mark.objects.create(school=town.school, session=met, student=child, status="leave", at=NOW, by=town.people["clerk"])


def test_what_comes_to_light_after_the_term_goes_back_in_a_round_of_its_last_month(under):
    town = under()
    for child in town.children:
        pay(town, child, 400)
    town.cost = cost(town, town.month, "450")
    close(town, town.month, NOW)
    november = charge_month(open_month(town.school, month=NOVEMBER, by=town.clerk), by=town.clerk)
    cost(town, november, "690")
    close(town, november, DECEMBER)
    open_month(town.school, month=date(2026, 12, 1), by=town.clerk)

    absent(town, town.children[1], date(2026, 10, 8))  # one day, 5 yuan
    due = waiting_to_go_back(november)
    assert (due.families, due.fen) == (1, 5_00)  # what was shared was 5 too much: nothing falls
    adjust(town, "30", clause="1", on=LATER.date(), at=LATER)
    with pytest.raises(RuleBroken, match="2026年11月的更正里"):
        draft_round(town.month, by=town.clerk)
    assert left(town, "2026-10") == left(town, "2026-11") == 0
    before = sum(fen for *_, fen in back())
    made = confirm_round(draft_round(november, by=town.clerk), now=LATER, by=town.reviewer)
    assert made.number == 3 and made.refunds.filter(cause="absence").get().amount_fen == 5_00
    [group] = made.groups
    assert (group["cost_fen"], group["surplus_fen"], group["refund_fen"]) == (1110_00, 85_00, 25_00)
    assert sum(fen for *_, fen in back()) - before == 30_00
    assert not november.adjustments.exists() and made.adjustments.get().fee_month == town.month
    told = meets(town, town.month, november)
    assert [one["sums"]["balance"] for one in told] == [180_00, 0]
    assert waiting_to_go_back(november).is_any is False
    own = month_of(town.children[0].pk, NOVEMBER)
    assert own.parts[0].of_grade.fen == 1110_00


def test_a_cost_corrected_before_the_term_is_settled_waits_for_no_round(under, client):
    """The desk asked for ever for a round that was refused."""
    town = under()
    town.cost = cost(town, town.month, "450")
    close(town, town.month, NOW)
    november = charge_month(open_month(town.school, month=NOVEMBER, by=town.clerk), by=town.clerk)
    adjust(town, "30", clause="1")
    assert not [one for one in tasks(town.clerk, END) if "还没有退给家长" in one.title]
    close(town, november, DECEMBER)
    assert not [one for one in tasks(town.clerk, END) if "还没有退给家长" in one.title]
    open_month(town.school, month=date(2026, 12, 1), by=town.clerk)
    adjust(town, "20", clause="1", on=LATER.date(), at=LATER)
    [task] = [one for one in tasks(town.clerk, END) if "还没有退给家长" in one.title]
    client.force_login(town.people["clerk"])
    page = client.get(task.url).content.decode()
    assert "在2026年11月一起结清" in page and f"/billing/{november.pk}/corrections/" in page
    confirm_round(draft_round(november, by=town.clerk), now=LATER, by=town.reviewer)
    assert not [one for one in tasks(town.clerk, END) if "还没有退给家长" in one.title]


def test_a_cost_of_a_settled_term_that_was_more_is_the_schools(under):
    town = under()
    cost(town, town.month, "450")
    close(town, town.month, NOW)
    november = charge_month(open_month(town.school, month=NOVEMBER, by=town.clerk), by=town.clerk)
    close(town, november, DECEMBER)
    open_month(town.school, month=date(2026, 12, 1), by=town.clerk)
    adjust(town, "40", "more", clause="1", category="water", on=LATER.date(), at=LATER)
    assert balances(town.school, END)["deficit", "2026-11"].fen == 40_00
    with pytest.raises(RuleBroken, match="没有要追加退给家长的"):
        draft_round(november, by=town.clerk)
    assert (left(town, "2026-10"), left(town, "2026-11")) == (0, 0)
    assert [one["sums"]["balance"] for one in meets(town, town.month, november)] == [110_00, 0]


def test_a_shortfall_of_the_term_is_the_schools_and_a_corrected_month_counts(under):
    town = under()
    town.cost = cost(town, town.month, "500")
    close(town, town.month, NOW)
    november = charge_month(open_month(town.school, month=NOVEMBER, by=town.clerk), by=town.clerk)
    adjust(town, "20", clause="1")  # 480 then, and nothing waits to be shared before the term is over
    assert left(town, "2026-10") == 120_00
    assert meets(town, town.month)[0]["sums"]["balance"] == 120_00
    cost(town, november, "750")
    [group] = close(town, november, DECEMBER)
    assert (group["cost_fen"], group["borne_fen"], back()) == (1230_00, 30_00, [])
    assert (left(town, "2026-10"), left(town, "2026-11")) == (0, 0)
    assert balances(town.school, END)["deficit", "2026-11"].fen == 30_00
    meets(town, town.month, november)


def test_a_terms_price_is_settled_by_days_served_when_the_term_is_over(under):
    town = under("term", 450, per="school", shared_by="days_served")
    first, second, third = town.children
    for child in (first, second):
        pay(town, child, 450)
    pay(town, third, 400)
    cost(town, town.month, "300")
    charges = {one.student.name: one for one in Charge.objects.all()}
    days = [day for day in charges["乙"].days if day >= OCTOBER]
    section = Placement.objects.get(student=second).section
    for day in (days[0], days[-1]):  # one in each month
        met = Session.objects.create(
            school=town.school, section=section, day=day, starts_at=time(16), ends_at=time(17), taken_at=NOW
        )
        Mark.objects.create(
            school=town.school, session=met, student=second, status="leave", at=NOW, by=town.people["clerk"]
        )
    [group] = close(town, town.month, NOW)
    assert (group["grade"], group["withdrawn_fen"], back()) == (0, 0, [])  # nothing goes back before the term is over
    assert left(town, "2026-10") == 1050_00

    # 丙 leaves in November: half of it goes back at the end, first against the 50 that were never paid.
    Agreement.objects.filter(student=third).update(ended_on=date(2026, 11, 13))
    november = charge_month(open_month(town.school, month=NOVEMBER, by=town.clerk), by=town.clerk)
    assert not november.charges.exists()
    cost(town, november, "500")
    [group] = close(town, november, DECEMBER)
    assert group["withdrawn_fen"] == 10_00 + 225_00
    assert [row for row in back() if row[0] != "surplus"] == [("absence", "10", 10_00), ("withdrawal", "10", 175_00)]
    assert group["surplus_fen"] == 1350_00 - 235_00 - 800_00 == group["refund_fen"]
    # By the days served, 丙's without those after the 13th.
    own = charges["甲"].days
    weights = [len(own), len(own) - 2, sum(day <= date(2026, 11, 13) for day in own)]
    shares = [row[2] for row in back() if row[0] == "surplus"]
    assert shares == [money.fen for money in Money(group["refund_fen"]).split(weights)]
    assert (left(town, "2026-10"), left(town, "2026-11")) == (0, 0)
    sums = [one["sums"] for one in meets(town, town.month, november)]
    assert [one["balance"] for one in sums] == [1050_00, 0]
    assert sums[1]["refund"] == 235_00 + group["refund_fen"]


def test_what_the_budget_pays_of_a_terms_price_is_carried_with_it_and_its_rest_is_subsidy(under):
    town = under("term", 450, more=LOWERED)
    assert set(Charge.objects.values_list("net_fen", "subsidised_fen")) == {(350_00, 100_00)}
    cost(town, town.month, "100")
    close(town, town.month, NOW)
    assert left(town, "2026-10") == 1250_00
    november = charge_month(open_month(town.school, month=NOVEMBER, by=town.clerk), by=town.clerk)
    cost(town, november, "100")
    [group] = close(town, november, DECEMBER)
    # The budget's 300 paid all of the 200; its rest stays subsidy, and families get all of theirs.
    assert (group["subsidised_fen"], group["cost_fen"], group["refund_fen"]) == (200_00, 0, 1050_00)
    assert (left(town, "2026-10"), left(town, "2026-11")) == (0, 0)
    assert balances(town.school, END)["subsidy", "2026-11"].fen == -100_00
    assert [one["sums"]["balance"] for one in meets(town, town.month, november)] == [1250_00, 100_00]


def test_where_families_are_to_be_asked_for_more_it_is_refused_in_words(under):
    town = under(direction="both")
    cost(town, town.month, "700")
    close(town, town.month, NOW)
    november = charge_month(open_month(town.school, month=NOVEMBER, by=town.clerk), by=town.clerk)
    cost(town, november, "700")
    with pytest.raises(RuleBroken, match="系统不替学校向家长补收") as refusal:
        draft_settlement(november, by=town.clerk)
    assert refusal.value.cite.clause == "5"


def test_pages_say_that_the_term_is_settled_as_one(under, client):
    town = under()
    cost(town, town.month, "450")
    close(town, town.month, NOW)
    client.force_login(town.people["clerk"])
    page = client.get(f"/billing/{town.month.pk}/").content.decode()
    assert "按学期结算" in page and "2026年11月" in page
    guardian = town.children[0].agreements.get().guardian_signed_by
    town.children[0].guardianships.create(
        school=town.school, person=guardian, relation="母亲", is_primary=True, began_on=date(2026, 8, 1)
    )
    client.force_login(guardian)
    own = client.get(f"/my-months/{town.children[0].pk}/2026-10/").content.decode()
    assert "学期末一起结算" in own and "都用在课后服务上了" not in own
