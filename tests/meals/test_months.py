"""代收餐费: ordered apart, charged by the day, settled at cost, and never summed with the fee."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import ZERO, Money
from afterschool.notices.models import Notice
from afterschool.schools.models import Student
from attendance.models import Leave
from billing.actions import (
    approve_expense,
    charge_month,
    draft_settlement,
    enter_expense,
    instruct_refunds,
    payouts_paid,
    return_advances,
    void_receipt,
)
from billing.disclosures.actions import compose
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.ledger.models import Entry
from billing.ledger.verifying import verify
from billing.ledger.whereabouts import whereabouts
from billing.meals.actions import (
    charge_meals,
    end_meal,
    enter_meal,
    order_meal,
    publish_meal,
    settle_meals,
    stop_meal,
)
from billing.meals.selectors.overview import overview as meals_overview
from billing.meals.selectors.purse import purses
from billing.models import Charge, FeeMonth, Meal, MealCharge, MealConsent, MealSettlement, Refund
from billing.selectors.months import overview
from billing.selectors.readiness import missing_for_lock
from tests import cast
from tests.billing.conftest import NOW, SHANGHAI, act
from tests.meals.month import bill, lunch, october, order, put_in, settle

LAST = date(2026, 10, 31)


def leave(town, nth, first, asked, last=None):
    child, mother = town.children[nth], town.mothers[nth]
    return Leave.objects.create(
        school=town.school, student=child, first_on=first, last_on=last or first, asked_by=mother, asked_at=asked
    )


def at(day, hour, minute=0):
    return datetime(2026, 10, day, hour, minute, tzinfo=SHANGHAI)


def stood(town, kind="meal"):
    held = balances(town.school, date.max)
    return {subject: -money.fen for (its, subject), money in held.items() if its == kind and money}


def test_a_month_from_the_order_to_the_disclosure(kitchen):
    """The children eat 15 days each; one has leave on two of them, in time for one; the kitchen bills 400."""
    town, (first, second) = kitchen, kitchen.children
    october(town)
    charge = MealCharge.objects.get(student=first)
    assert (len(charge.days), charge.price_fen, charge.net_fen) == (15, 15_00, 225_00)
    assert {row.net_fen for row in Charge.objects.all()} == {200_00}, "the fee knows nothing of it"
    assert {row.paid_fen for row in Charge.objects.all()} == {0}, "money for meals pays no fee"
    assert stood(town) == {f"student:{second.pk}": 75_00, "2026-10": 50_00}
    leave(town, 0, date(2026, 10, 20), at(19, 15, 59))
    leave(town, 0, date(2026, 10, 21), at(20, 16, 1))

    refunds = settle(town)
    # 435 were eaten, 400 cost: of the 35 left 210/435 and 225/435, to the fen.
    shares = [row.share_fen for row in MealCharge.objects.order_by("student__number")]
    assert shares == [16_90, 18_10] and MealCharge.objects.get(student=first).back == {"2026-10-20": "leave"}
    assert [(one.student_id, one.cause, one.amount_fen) for one in refunds] == [
        (first.pk, "meal", 15_00 + 16_90), (second.pk, "meal", 18_10),
    ]  # fmt: skip
    assert refunds[0].steps[:2] == ["午餐应交：15.00 × 15 天 = 225.00 元", "其中没有用餐：15.00 × 1 天 = 15.00 元"]
    told = MealSettlement.objects.values_list("heads", "portions", "charged_fen", "back_fen", "cost_fen", "shared_fen")
    assert list(told) == [(2, 29, 450_00, 15_00, 400_00, 35_00)]
    assert stood(town) == {f"student:{second.pk}": 75_00}, "what was paid ahead stays while the child goes on eating"

    put_in(town, 0, "200", fund="fees")
    put_in(town, 1, "200", fund="fees")
    draft_settlement(town.month, by=town.clerk)
    town.month = cast.lock(town.month, now=NOW, by=town.reviewer)
    batch = instruct_refunds(town.month, now=NOW, by=town.reviewer)
    assert sorted(batch.payouts.values_list("payee", "fen")) == [
        ("周子涵的妈妈", 18_10), ("周子涵的妈妈", 200_00), ("陈一诺的妈妈", 31_90), ("陈一诺的妈妈", 200_00),
    ]  # fmt: skip
    payouts_paid(batch.payouts.all(), paid_on=NOW.date(), by=town.reviewer)
    assert Notice.objects.filter(kind="refund_paid", title="2026年10月代收餐费退您 31.90 元").exists()
    assert "代收餐费" in Entry.objects.filter(key__startswith="payout:", memo__contains="代收").first().memo

    content = compose(town.month, by=town.clerk).content
    assert content["sums"] == {"income": 400_00, "expense": 0, "refund": 400_00, "balance": 0}, "no meal in it"
    assert content["meals"] == [
        {
            "label": "午餐", "supplier": "碧海县鲜味餐饮有限公司", "price_fen": 15_00, "heads": "<5", "portions": None,
            "charged_fen": None, "cost_fen": 400_00, "returned_fen": None, "borne_fen": 0,
        }
    ]  # fmt: skip
    assert whereabouts(town.school, NOW.date()).wrong == [] and verify(town.school).sound
    assert is_balanced(trial_balance(town.school, date.max))


def test_who_ordered_and_is_kept_from_the_child_does_not_hear_on_how_many_days_it_eats(kitchen):
    order(kitchen)
    child, aunt = kitchen.children[0], cast.make_person("姑姑")
    cast.kept_from(child, kitchen.mothers[0])
    charge_meals(kitchen.month, by=kitchen.clerk)
    assert not Notice.objects.filter(kind="meal_charged").exists(), "there is nobody else"

    child.guardianships.create(school=kitchen.school, person=aunt, relation="姑姑", began_on=cast.LONG_AGO)
    MealCharge.objects.all().delete()
    charge_meals(kitchen.month, by=kitchen.clerk)
    assert Notice.objects.get(kind="meal_charged").to == aunt


def test_the_fee_and_the_meal_pay_nothing_of_each_other(kitchen):
    order(kitchen)
    charge_meals(kitchen.month, by=kitchen.clerk)
    put_in(kitchen, 0, "500", fund="fees")
    assert purses([kitchen.children[0].pk]) == {kitchen.children[0].pk: Money(-225_00)}, "still owed"
    put_in(kitchen, 0, "600")
    back = return_advances(kitchen.school, {kitchen.children[0].pk}, on=NOW.date(), by=kitchen.clerk)
    assert [(one.cause, one.amount_fen) for one in back] == [("prepaid", 500_00)], "only what was paid for the fee"
    assert purses([kitchen.children[0].pk]) == {kitchen.children[0].pk: Money(375_00)}


def test_whoever_stops_has_the_rest_back_and_whoever_owes_is_asked_for_less(kitchen):
    """Stopped on the 20th after lunch: seven days eaten. The other has not paid: what goes back lowers the debt."""
    consent = order(kitchen, 0)
    order(kitchen, 1)
    charge_meals(kitchen.month, by=kitchen.clerk)
    put_in(kitchen, 0, "400")
    stop_meal(consent, now=at(20, 13), by=act(kitchen.mothers[0]))
    bill(kitchen, "320")  # 7 + 15 portions of 15 are 330
    refunds = settle(kitchen)
    first, second = (MealCharge.objects.get(student=child) for child in kitchen.children)
    assert (len(first.back), set(first.back.values()), first.share_fen) == (8, {"stopped"}, 3_18)
    assert [(one.student_id, one.amount_fen) for one in refunds] == [(first.student_id, 400_00 - 105_00 + 3_18)]
    assert stood(kitchen) == {f"student:{second.student_id}": -(225_00 - 6_82)}
    assert whereabouts(kitchen.school, NOW.date()).wrong == []


def test_two_payers_each_have_no_more_back_than_they_paid(kitchen):
    consent = order(kitchen)
    charge_meals(kitchen.month, by=kitchen.clerk)
    put_in(kitchen, 0, "200", on=date(2026, 10, 9))
    put_in(kitchen, 0, "100", on=date(2026, 10, 12))
    stop_meal(consent, now=at(13, 13), by=act(kitchen.mothers[0]))  # two days: 30
    bill(kitchen, "30")
    assert [(one.receipt.number, one.amount_fen) for one in settle(kitchen)] == [(2, 100_00), (1, 170_00)]
    with pytest.raises(RuleBroken, match="已经有退费"):
        void_receipt(Refund.objects.first().receipt, reason="记错", now=NOW, by=kitchen.reviewer)


def test_a_leave_taken_back_later_still_gives_back_the_days_for_which_it_stood_in_time(kitchen):
    """From the 20th to the 23rd; taken back on the 21st before 16:00, so that the kitchen cooks again from the 22nd on."""
    order(kitchen)
    charge_meals(kitchen.month, by=kitchen.clerk)
    asked = leave(kitchen, 0, date(2026, 10, 20), at(19, 9), last=date(2026, 10, 23))
    Leave.objects.filter(pk=asked.pk).update(cancelled_at=at(21, 15))
    bill(kitchen, "100")
    settle(kitchen)
    assert MealCharge.objects.get().back == {"2026-10-20": "leave", "2026-10-21": "leave"}


def test_whoever_leaves_later_still_eats_until_then(kitchen):
    """What was paid ahead pays the days until then; it is not handed back at the end of a month before."""
    october(kitchen)
    Student.objects.filter(pk=kitchen.children[1].pk).update(left_on=date(2026, 11, 20))
    settle(kitchen)
    assert stood(kitchen) == {f"student:{kitchen.children[1].pk}": 75_00}


def test_what_is_left_of_whoever_eats_no_more_goes_back_in_a_month_without_meals(kitchen, client, time_machine):
    consent = order(kitchen)
    put_in(kitchen, 0, "50")
    stop_meal(consent, now=at(10, 13), by=act(kitchen.mothers[0]))  # before the first lunch
    time_machine.move_to(NOW)
    client.force_login(kitchen.people["reviewer"])
    page = client.get(reverse("meals:meal-month", args=[kitchen.month.pk])).content.decode()
    assert "还有 50.00 元" in page and "结清，多的退给家长" in page
    assert [one.amount_fen for one in settle(kitchen)] == [50_00]
    page = client.get(reverse("meals:meal-month", args=[kitchen.month.pk])).content.decode()
    assert "结清，多的退给家长" not in page and settle(kitchen) == []


def test_each_meal_is_settled_with_those_who_ate_it_and_a_shortfall_is_the_schools(kitchen):
    supper = lunch(kitchen, "晚餐", "20")
    order(kitchen, 0)
    order(kitchen, 1, meal=supper)
    charge_meals(kitchen.month, by=kitchen.clerk)
    put_in(kitchen, 0, "225")
    put_in(kitchen, 1, "300")
    bill(kitchen, "200")
    bill(kitchen, "310", meal=supper)
    refunds = settle(kitchen)
    assert [(one.student_id, one.amount_fen) for one in refunds] == [(kitchen.children[0].pk, 25_00)]
    assert stood(kitchen, "deficit") == {"2026-10:meal": -10_00}
    assert stood(kitchen) == {}
    assert whereabouts(kitchen.school, NOW.date()).wrong == []


def test_an_order_is_the_guardians_own_and_ahead(kitchen):
    mother, other = map(act, kitchen.mothers)
    told = {"began_on": date(2026, 10, 12), "now": at(8, 9)}
    with pytest.raises(RuleBroken, match="只有孩子的监护人"):
        order_meal(kitchen.children[0], kitchen.meal, sha256="", by=other, **told)
    with pytest.raises(RuleBroken, match="刚有变动"):
        order_meal(kitchen.children[0], kitchen.meal, sha256="0" * 64, by=mother, **told)
    with pytest.raises(RuleBroken, match="最早从明天"):
        order(kitchen, now=at(12, 9))
    assert not MealConsent.objects.exists()
    consent = order(kitchen)
    assert order(kitchen) == consent and consent.content[1].startswith("订不订餐由您决定")
    with pytest.raises(RuleBroken, match="只有孩子的监护人"):
        stop_meal(consent, now=at(13, 9), by=other)
    stop_meal(consent, now=at(13, 9), by=mother)
    assert stop_meal(consent, now=at(15, 9), by=mother).ended_on == date(2026, 10, 13), "once"
    with pytest.raises(RuleBroken, match="到10月13日还订着"):
        order(kitchen, began_on=date(2026, 10, 13), now=at(12, 9))


def test_only_what_the_policy_lists_is_collected_and_two_people_publish_it(kitchen, wuhang, lanting):
    told = {"supplier": "甲", "licence": "JY1"}
    with pytest.raises(RuleBroken, match="没有这一项"):
        lunch(kitchen, item="uniform", **told)
    own = lunch(kitchen, "点心", "5", **told)
    assert own.published_at and publish_meal(own, now=NOW, by=kitchen.clerk) == own, "once"
    cast.Adoption.objects.exclude(policy="dalian-2024").delete()
    with pytest.raises(NoRule, match="可以代收餐费"):
        lunch(kitchen, "早餐", "5", **told)


def test_a_meal_is_published_by_another_and_ends_ahead(kitchen, time_machine):
    time_machine.move_to("2026-10-08T10:00:00+08:00")
    row = Meal.objects.values("item", "supplier", "licence", "weekdays", "leave_days", "leave_until", "began_on").get()
    fresh = enter_meal(kitchen.school, name="加餐", price=Money(5_00), by=kitchen.clerk, **row)
    with pytest.raises(RuleBroken, match="另一个人公布"):
        publish_meal(fresh, now=NOW, by=kitchen.clerk)
    with pytest.raises(RuleBroken, match="没有公布"):
        order(kitchen, meal=fresh)
    with pytest.raises(RuleBroken, match="不能早于"):
        end_meal(kitchen.meal, last_on=date(2026, 10, 7), by=kitchen.clerk)
    order(kitchen)
    charge_meals(kitchen.month, by=kitchen.clerk)
    end_meal(kitchen.meal, last_on=date(2026, 10, 23), by=kitchen.clerk)
    bill(kitchen, "150")
    settle(kitchen)
    assert set(MealCharge.objects.get().back.values()) == {"stopped"}


def test_the_suppliers_bill_is_paid_by_meals_alone_and_approved_by_another(kitchen):
    october(kitchen, "400")
    told = {
        "amount": Money(1_00), "on": date(2026, 10, 30), "payee": "甲", "voucher_number": "9", "key": "odd",
        "by": kitchen.clerk,
    }  # fmt: skip
    for category, fund, meal in (("meal_supplier", "meal", None), ("water", "fees", kitchen.meal)):
        with pytest.raises(RuleBroken, match="只付这项供餐"):
            enter_expense(kitchen.month, category=category, fund=fund, meal=meal, **told)
    with pytest.raises(RuleBroken, match="开支范围"):
        enter_expense(kitchen.month, category="water", fund="meal", meal=kitchen.meal, **told)
    waiting = bill(kitchen, "10", number="JS-11", approve=False)
    with pytest.raises(RuleBroken, match="另一个人审批"):
        approve_expense(waiting, now=NOW, by=kitchen.clerk)
    with pytest.raises(RuleBroken, match="1 张供餐单位的结算单等待审批"):
        settle(kitchen)
    approve_expense(waiting, now=NOW, by=kitchen.reviewer)
    assert overview(kitchen.month, kitchen.clerk, NOW.date()).cash["spent_fen"] == 0, "no cost of the service"
    settle(kitchen)
    with pytest.raises(RuleBroken, match="已经结清"):
        bill(kitchen, "5", number="JS-12")
    with pytest.raises(RuleBroken, match="已经结清"):
        settle(kitchen)
    assert Refund.objects.count() == 2


def test_a_month_that_gives_back_nothing_but_meals_still_says_so(kitchen):
    october(kitchen)
    settle(kitchen)
    [step] = [one for one in overview(kitchen.month, kitchen.clerk, NOW.date()).steps if one.word == "退费"]
    assert (step.state, [line.text for line in step.lines]) == ("missing", ["代收餐费 2 笔待付"])


def test_a_month_is_not_locked_before_its_meals_are_settled(kitchen):
    order(kitchen)
    charge_month(kitchen.month, by=kitchen.clerk)
    assert "1 份订餐还没有生成餐费" in [one.text for one in missing_for_lock(kitchen.month, NOW.date())]
    charge_meals(kitchen.month, by=kitchen.clerk)
    assert charge_meals(kitchen.month, by=kitchen.clerk) == [], "a second run finds nobody"
    draft_settlement(kitchen.month, by=kitchen.clerk)
    assert "代收餐费还没有结清" in [one.text for one in missing_for_lock(kitchen.month, NOW.date())]
    with pytest.raises(RuleBroken, match="还没有供餐单位的结算单"):
        settle(kitchen)
    with pytest.raises(RuleBroken, match="还没有过完"):
        settle_meals(kitchen.month, now=NOW - timedelta(days=5), by=kitchen.reviewer)
    bill(kitchen, "225")
    assert settle(kitchen) == [] and stood(kitchen) == {f"student:{kitchen.children[0].pk}": -225_00}
    assert not [one for one in missing_for_lock(kitchen.month, NOW.date()) if "餐" in one.text]
    assert balances(kitchen.school, date.max).get(("deficit", "2026-10:meal"), ZERO) == ZERO


def test_an_earlier_month_says_nothing_of_what_a_later_one_leaves_open(kitchen):
    """Who has paid for October stands in October's list as paid, whatever November asks."""
    october(kitchen)
    charge = MealCharge.objects.get(student=kitchen.children[0])
    november = FeeMonth.objects.create(school=kitchen.school, month=date(2026, 11, 1))
    MealCharge.objects.create(
        school=kitchen.school, fee_month=november, student=charge.student, meal=charge.meal, consent=charge.consent,
        days=["2026-11-02"], price_fen=15_00, net_fen=15_00,
    )  # fmt: skip
    of_october, of_november = meals_overview(kitchen.month, LAST).rows, meals_overview(november, LAST).rows
    assert [row.owed for row in of_october] == [ZERO, ZERO]
    assert [row.owed for row in of_november] == [Money(15_00)]
