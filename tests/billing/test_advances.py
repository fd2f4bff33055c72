"""预收款退回: what a receipt holds in advance goes back to its payer, once, and is used for nothing else."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from afterschool.errors import RuleBroken
from afterschool.money import ZERO, Money
from afterschool.notices.models import Notice
from billing import accounts
from billing.actions import (
    ask_advance_back,
    charge_month,
    open_month,
    payouts_paid,
    return_advances,
    set_off_refunds,
    settle_withdrawal,
)
from billing.desk import tasks
from billing.ledger.balances import balances
from billing.ledger.posting import post
from billing.ledger.whereabouts import whereabouts
from billing.models import Charge, FeeMonth, Receipt, Refund
from billing.selectors.readiness import to_pay_out, to_set_off
from billing.selectors.withdrawing import estimate
from enrollment.models import Application, Placement
from tests import cast
from tests.billing.conftest import NOW, act, enroll, family, pay
from tests.billing.test_payouts import send
from tests.billing.test_settlement import withdraw

TODAY = date(2026, 11, 8)


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-08T10:00:00+08:00")


@pytest.fixture
def child(town):
    """200 are charged, 300 came by two receipts: 100 of the second are held in advance."""
    town.mother = cast.make_person("陈静")
    child = family(town, guardian=town.mother)
    charge_month(town.month, by=town.clerk)
    pay(town, child, 150)
    pay(town, child, 150)
    return child


def back(town, child):
    return return_advances(town.school, {child.pk}, on=TODAY, by=town.clerk)


def held(town, child) -> int:
    return -balances(town.school, date.max).get(("prepaid", f"student:{child.pk}"), ZERO).fen


def test_the_guardian_has_it_back_and_it_is_used_for_nothing_else(town, client, child):
    client.force_login(town.mother)
    months = reverse("disclosures:my-months")
    assert "100.00 元，先抵以后的收费" in client.get(months).content.decode()
    client.post(reverse("billing:advance-ask", args=[child.pk]))
    refund = Refund.objects.get()
    assert (refund.cause, refund.state, refund.amount_fen, refund.receipt.number) == ("prepaid", "payable", 100_00, 2)
    assert refund.steps[-1] == "抵了应交的，剩下的退给您：150.00 − 50.00 = 100.00 元"
    assert held(town, child) == 0 and whereabouts(town.school, TODAY).wrong == []
    with pytest.raises(RuleBroken, match="没有多交的钱"):
        ask_advance_back(child, now=NOW, by=act(town.mother))

    november = open_month(town.school, month=TODAY, by=town.clerk)
    charge_month(november, by=town.clerk)
    assert Charge.objects.get(fee_month=november).paid_fen == 0, "what goes back pays no charge"
    batch = send(town)
    assert [(row.payee, row.fen) for row in batch.payouts.all()] == [("陈一诺妈妈", 100_00)]
    payouts_paid(batch.payouts.all(), paid_on=TODAY, by=town.reviewer)
    said = client.get(months).content.decode()
    assert "预收款退回" in said and "2026年11月8日已退回付款的账户" in said
    assert whereabouts(town.school, TODAY).wrong == []
    client.force_login(town.people["reviewer"])
    assert client.get(reverse("billing:refund-list", args=[town.month.pk])).status_code == 200


def test_what_is_owed_comes_first(town, child):
    november = open_month(town.school, month=TODAY, by=town.clerk)
    charge_month(november, by=town.clerk)
    assert back(town, child) == [] and held(town, child) == 0
    pay(town, child, 130)
    assert [refund.amount_fen for refund in back(town, child)] == [30_00]
    pay(town, child, 10)
    assert [refund.amount_fen for refund in back(town, child)] == [10_00]
    assert back(town, child) == []


def test_the_database_gives_an_advance_back_once(town, child):
    [refund] = back(town, child)
    refund.pk = None
    with pytest.raises(IntegrityError, match="refund_once_a_receipt_and_round"), transaction.atomic():
        refund.save()


def test_a_withdrawal_says_how_much_and_gives_the_advance_back_too(town, client, child):
    gone = withdraw(child, Charge.objects.get().days[8])
    told = estimate(gone.agreement, gone.last_on)
    assert (told.refund, told.advance, told.remitted) == (Money(180_00), Money(100_00), ZERO)
    client.force_login(town.mother)
    said = client.get(
        reverse("billing:withdrawal-estimate", args=[gone.agreement_id]), {"last_on": gone.last_on.isoformat()}
    ).content.decode()
    assert "180.00" in said and "其中 100.00" in said
    client.force_login(town.people["clerk"])
    assert "应退 180.00" in client.get(reverse("billing:month-detail", args=[town.month.pk])).content.decode()
    for _ in range(2):
        settle_withdrawal(gone, by=town.clerk)
    assert sorted(Refund.objects.values_list("cause", "amount_fen")) == [("prepaid", 100_00), ("withdrawal", 80_00)]
    assert sorted(row.fen for row in send(town).payouts.all()) == [30_00, 50_00, 100_00]


def test_an_advance_stays_while_another_agreement_goes_on(town, child):
    gone = withdraw(child, Charge.objects.get().days[8])
    Application.objects.update(state="withdrawn")
    Placement.objects.update(ended_on=gone.last_on)
    enroll(child, town.plan, began_on=date(2026, 9, 1))
    assert estimate(gone.agreement, gone.last_on).advance == ZERO
    assert [refund.cause for refund in settle_withdrawal(gone, by=town.clerk)] == ["withdrawal"]
    assert held(town, child) == 100_00


def test_those_who_take_part_no_more_are_listed_first_and_given_back_together(town, client, child):
    left = family(town, "周小宇")
    pay(town, left, 50)
    left.left_on = date(2026, 10, 20)
    left.save()
    clerk, page = town.people["clerk"], reverse("billing:advance-list", args=[town.month.pk])
    assert "1 个孩子的预收款待退" in [task.title for task in tasks(act(clerk), TODAY)]
    client.force_login(clerk)
    rows = client.get(page).context["rows"]
    assert [(row.student.name, row.held.fen, row.stays) for row in rows] == [
        ("周小宇", 50_00, False), ("陈一诺", 100_00, True),
    ]  # fmt: skip
    door = reverse("billing:advance-return", args=[town.month.pk])
    client.post(door, {"pick": ["x", "999999"]})
    assert not Refund.objects.exists()
    client.post(door, {"pick": [left.pk]})
    assert Refund.objects.get().student == left and Receipt.objects.in_advance().get().student == child


def test_where_the_policy_sets_refunds_off_they_pay_the_next_charge(town, client, child):
    """80 of a withdrawal are paid back, since that child goes; 50 of another who stays pay November."""
    stays = family(town, "周小宇", guardian=town.mother)
    charge_month(town.month, by=town.clerk)
    pay(town, stays, 200)
    gone = withdraw(child, Charge.objects.get(student=child).days[8])
    child.agreements.update(ended_on=gone.last_on)
    settle_withdrawal(gone, by=town.clerk)
    kept = Refund.objects.create(
        school=town.school, fee_month=town.month, student=stays, charge=stays.charges.get(), cause="cancelled",
        amount_fen=50_00, state="payable",
    )  # fmt: skip
    moves = [(accounts.fee_income(town.month.month), accounts.refund_payable(stays.pk), Money(50_00))]
    post(town.school, moves, on=date(2026, 10, 31), memo="停课", key="cancelled", by=town.clerk)
    FeeMonth.objects.update(
        policy=cast.adopt(town.bureau, '[[refund_route]]\nhow = "set_off"', date(2027, 1, 1)).policy
    )
    month = FeeMonth.objects.get()
    assert list(to_set_off(month)) == [kept] and kept not in to_pay_out(month)

    client.force_login(town.people["reviewer"])
    client.post(reverse("billing:refunds-set-off", args=[month.pk]))
    kept.refresh_from_db()
    assert (kept.state, held(town, stays), whereabouts(town.school, TODAY).wrong) == ("set_off", 50_00, [])
    with pytest.raises(RuleBroken, match="没有要抵下期"):
        set_off_refunds(month, now=NOW, by=town.reviewer)
    FeeMonth.objects.update(policy=town.school.bureau.adoptions.order_by("began_on").first().policy)
    november = open_month(town.school, month=TODAY, by=town.clerk)
    charge_month(november, by=town.clerk)
    assert Charge.objects.get(fee_month=november, student=stays).paid_fen == 50_00
    assert held(town, stays) == 0 and whereabouts(town.school, TODAY).wrong == []
    assert Notice.objects.get(kind="refund_paid").title == "2026年10月课后服务费抵您 50.00 元"
    assert send(town).payouts.filter(refund=kept).count() == 0
