"""A month from charges to refunds: the published cases to the fen, every refusal, and the books afterwards."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.notices.models import Notice
from billing.actions import (
    approve_expense,
    book_stipends,
    charge_month,
    draft_settlement,
    enter_expense,
    instruct_refunds,
    lock_month,
    open_month,
    pay_stipends,
    payout_failed,
    payouts_paid,
    receive_subsidy,
    reconcile,
    reject_expense,
    settle_withdrawal,
)
from billing.ledger.balances import balances, is_balanced, trial_balance
from billing.ledger.models import Entry
from billing.ledger.posting import post
from billing.models import Charge, Expense, Refund
from billing.selectors.reconciling import in_book
from enrollment.models import Waiver, Withdrawal
from staffing.models import Duty, StipendLine, StipendSheet
from tests import cast
from tests.billing.conftest import NOW, SHANGHAI, act, enroll, family, pay

LAST = date(2026, 10, 31)
SCAN = b"%PDF-1.7 scan"


def spend(town, yuan, category="water", approve=True, **more):
    expense = enter_expense(
        town.month,
        **{
            "category": category, "fund": "fees", "amount": Money.parse(yuan), "on": date(2026, 10, 28),
            "payee": "自来水公司", "voucher_number": f"{Expense.objects.count():04}",
            "key": f"e{Expense.objects.count()}", "by": town.clerk, "voucher": SCAN, **more,
        },
    )  # fmt: skip
    return approve_expense(expense, now=NOW, by=town.reviewer) if approve else expense


def lock(town):
    draft_settlement(town.month, by=town.clerk)
    cast.lock(town.month, now=NOW, by=town.reviewer)
    town.month.refresh_from_db()


def charged_families(town, *fees):
    """Children of one class; a fee of 100 is half a waiver, of 0 a whole one."""
    children = []
    for number, fee in enumerate(fees):
        child = family(town, f"学生{number}")
        if fee < 200:
            Waiver.objects.create(
                school=town.school, student=child, category="hardship" if fee else "registered_poor",
                percent=100 - fee // 2, evidence="证", state="granted", asked_by=town.people["clerk"],
                decided_by=town.people["principal"], began_on=date(2026, 9, 1),
            )  # fmt: skip
        children.append(child)
    charge_month(town.month, by=town.clerk)
    for child, fee in zip(children, fees, strict=True):
        if fee:
            pay(town, child, fee)
    return children


def refunded():
    return [
        f"{Money(fen)}"
        for fen in Refund.objects.order_by("charge__agreement__number").values_list("amount_fen", flat=True)
    ]


@pytest.mark.parametrize(
    "fees, cost, refunds, borne",
    [
        ((200, 200, 100, 0), "437.50", ["25.00", "25.00", "12.50"], 0),
        ((200, 200, 200), "583.33", ["5.56", "5.56", "5.55"], 0),
        ((200, 200, 200), "620.00", [], 20_00),
    ],
)
def test_the_published_cases_come_out_to_the_fen(town, fees, cost, refunds, borne):
    charged_families(town, *fees)
    spend(town, cost)
    lock(town)

    assert refunded() == refunds
    group = town.month.settlement.groups[0]
    assert (group["heads"], group["free_heads"], group["borne_fen"]) == (len(fees), fees.count(0), borne)
    assert set(Refund.objects.values_list("state", flat=True)) <= {"payable"}
    books = balances(town.school, LAST)
    assert is_balanced(trial_balance(town.school, LAST))
    assert books.get(("surplus", "2026-10"), Money(0)).fen == 0
    # What families bear and the school adds is what it cost.
    assert -books["fee_income", "2026-10"].fen - books.get(("waiver", "2026-10"), Money(0)).fen == Money.parse(cost).fen


def test_a_family_that_has_not_paid_in_full_bears_the_same(town):
    paid, short, unpaid = (family(town, name) for name in ("交清", "少交", "没交"))
    charge_month(town.month, by=town.clerk)
    pay(town, paid, 200)
    pay(town, short, 180)
    spend(town, "510.00")
    lock(town)

    charges = {one.student.name: one for one in Charge.objects.all()}
    seen = {name: (one.remitted_fen, one.refunded_fen, one.owed_fen) for name, one in charges.items()}
    assert seen == {"交清": (0, 30_00, 0), "少交": (20_00, 10_00, 0), "没交": (30_00, 0, 170_00)}
    books = balances(town.school, LAST)
    assert books["receivable", f"student:{unpaid.pk}"].fen == 170_00


def test_each_grade_bears_its_own_cost_and_its_part_of_the_shared(town):
    for name, grade in (("甲", 1), ("乙", 1), ("丙", 2)):
        pay(town, family(town, name, grade=grade), 200)
    charge_month(town.month, by=town.clerk)
    spend(town, "100.00")
    spend(town, "90.00", grade=2, category="consumables")
    groups = draft_settlement(town.month, by=town.clerk).groups

    assert [(g["grade"], g["shared_fen"], g["direct_fen"], g["surplus_fen"]) for g in groups] == [
        (1, 66_67, 0, 333_33),
        (2, 33_33, 90_00, 76_67),
    ]


def sheet(town, state="approved"):
    teacher = cast.make_person("王老师")
    made = StipendSheet.objects.create(
        school=town.school, month=town.month.month, state=state, total_fen=120_00, drafted_by=town.people["clerk"], drafted_at=NOW,
        approved_by=town.people["principal"],
    )  # fmt: skip
    StipendLine.objects.create(
        school=town.school, sheet=made, person=teacher, amount_fen=120_00, by_grade={"1": 80_00, "0": 40_00}
    )
    return made


def test_an_approved_stipend_sheet_is_booked_once_and_shared_by_grade(town):
    for name, grade in (("甲", 1), ("乙", 2)):
        family(town, name, grade=grade)
    charge_month(town.month, by=town.clerk)
    made = sheet(town, state="reviewed")
    with pytest.raises(RuleBroken, match="还没有审批"):
        book_stipends(town.month, by=town.clerk)
    made.state = "approved"
    made.save()

    assert book_stipends(town.month, by=town.clerk) == book_stipends(town.month, by=town.clerk)
    groups = draft_settlement(town.month, by=town.clerk).groups
    assert [(g["direct_fen"], g["shared_fen"]) for g in groups] == [(80_00, 20_00), (0, 20_00)]
    pay_stipends(town.month, paid_on=date(2026, 11, 6), by=town.clerk)
    pay_stipends(town.month, paid_on=date(2026, 11, 6), by=town.clerk)
    assert balances(town.school, date(2026, 11, 30))["stipend_payable", "2026-10"].fen == 0


def withdraw(child, last_on):
    agreement = child.agreements.get()
    return Withdrawal.objects.create(
        school=child.school, agreement=agreement, student=child, last_on=last_on, reason="搬家",
        asked_by=agreement.guardian_signed_by, asked_at=NOW,
    )  # fmt: skip


def test_a_withdrawal_gives_back_the_days_that_are_left_once(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    pay(town, child, 200)
    gone = withdraw(child, Charge.objects.get().days[8])
    made = settle_withdrawal(gone, by=town.clerk)

    assert [(r.amount_fen, r.state, r.cause) for r in made] == [(80_00, "payable", "withdrawal")]
    assert made[0].cites[0]["clause"] == "四.5"
    assert settle_withdrawal(gone, by=town.clerk) == made
    assert Charge.objects.get().refunded_fen == 80_00
    spend(town, "60.00")
    group = draft_settlement(town.month, by=town.clerk).groups[0]
    assert (group["withdrawn_fen"], group["surplus_fen"]) == (80_00, 60_00)


def test_a_withdrawal_before_payment_lowers_what_is_owed(town):
    child = family(town)
    charge_month(town.month, by=town.clerk)
    pay(town, child, 150)
    settle_withdrawal(withdraw(child, Charge.objects.get().days[8]), by=town.clerk)

    charge = Charge.objects.get()
    assert (charge.remitted_fen, charge.refunded_fen, charge.owed_fen) == (50_00, 30_00, 0)
    assert balances(town.school, LAST)["receivable", f"student:{child.pk}"].fen == 0


def test_refunds_go_to_who_paid_fail_and_go_again_and_are_paid_once(town):
    children = charged_families(town, 200, 200)
    spend(town, "300.00")
    lock(town)
    batch = instruct_refunds(town.month, now=NOW, by=town.reviewer)
    sent = list(batch.payouts.all())

    assert {(r.payee, r.payee_account) for r in sent} == {(f"{c.name}妈妈", "6217000000000000") for c in children}
    with pytest.raises(RuleBroken, match="没有待退"):
        instruct_refunds(town.month, now=NOW, by=town.reviewer)
    payout_failed(sent[0], reason="户名不符", by=town.reviewer)
    with pytest.raises(RuleBroken, match="银行已退回"):
        payouts_paid(sent, paid_on=date(2026, 11, 6), by=town.reviewer)
    assert payouts_paid(sent[1:], paid_on=date(2026, 11, 6), by=town.reviewer) == 1
    again = instruct_refunds(town.month, now=NOW, by=town.reviewer)
    assert (again.number, [row.refund_id for row in again.payouts.all()]) == (2, [sent[0].refund_id])
    assert payouts_paid(again.payouts.all(), paid_on=date(2026, 11, 9), by=town.reviewer) == 1
    assert payouts_paid(again.payouts.all(), paid_on=date(2026, 11, 9), by=town.reviewer) == 0
    assert {r.state for r in Refund.objects.all()} == {"paid"}
    told = Notice.objects.filter(kind="refund_paid").values_list("title", flat=True)
    assert list(told) == ["2026年10月课后服务费退您 50.00 元"] * 2  # each family once

    books = balances(town.school, date(2026, 11, 30))
    assert books["bank", ""].fen == 0  # 400 in, 300 spent, 100 back
    assert {books["refund_payable", f"student:{c.pk}"].fen for c in children} == {0}


def test_a_refund_above_what_was_paid_is_refused_by_the_database(town):
    charged_families(town, 200)
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.update(refunded_fen=200_01)


def test_after_the_lock_nothing_is_dated_in_the_month(town):
    child = charged_families(town, 200)[0]
    spend(town, "150.00")
    waiting = spend(town, "10.00", approve=False)
    reject_expense(waiting, reason="重复", by=town.reviewer)
    lock(town)

    pay(town, child, 5, on=date(2026, 10, 30))
    assert Entry.objects.latest("number").on == date(2026, 11, 1)
    for deed in (
        lambda: spend(town, "1.00"),
        lambda: charge_month(town.month, by=town.clerk),
        lambda: draft_settlement(town.month, by=town.clerk),
        lambda: lock_month(town.month, now=NOW, by=town.reviewer),
    ):
        with pytest.raises(RuleBroken, match="已经锁定"):
            deed()
    with pytest.raises(IntegrityError, match="its month is locked"), transaction.atomic():
        post(town.school, [(("bank", ""), ("subsidy", "2026-10"), Money(1))], on=LAST, memo="x", key="x", by=town.clerk)
    with pytest.raises(IntegrityError, match="the month is locked"), transaction.atomic():
        type(town.month).objects.filter(pk=town.month.pk).update(state="open")


def test_the_lock_waits_for_everything_and_says_for_what(town):
    def missing():
        with pytest.raises(RuleBroken) as refusal:
            lock_month(town.month, now=NOW, by=town.reviewer)
        return str(refusal.value)

    child = family(town)
    assert "本月收费还没有生成" in missing() and "还没有生成结算草案" in missing()
    charge_month(town.month, by=town.clerk)
    waiting = spend(town, "150.00", approve=False)
    assert "1 笔支出等待审批" in missing()
    approve_expense(waiting, now=NOW, by=town.reviewer)
    gone = withdraw(child, Charge.objects.get().days[8])
    assert "1 个退出还没有结算" in missing()
    settle_withdrawal(gone, by=town.clerk)
    start = datetime(2026, 10, 12, 15, 40, tzinfo=SHANGHAI)
    Duty.objects.create(
        school=town.school, day=start.date(), person=cast.make_person(), starts_at=start, arrived_at=start,
        ends_at=start.replace(hour=17),
    )  # fmt: skip
    assert "补助发放表还没有制作" in missing() and "1 个班次的课时还没有确认" in missing()
    Duty.objects.update(confirmed_by=town.people["principal"], confirmed_at=NOW)
    sheet(town)
    assert "补助发放表还没有列支" in missing()
    book_stipends(town.month, by=town.clerk)
    draft_settlement(town.month, by=town.clerk)
    assert "结算草案还没有交家长核对" in missing() and "银行存款余额调节表还没有编制" in missing()
    cast.ready_to_lock(town.month, now=NOW)
    spend(town, "1.00")
    assert "余额调节表要重新编制" in missing()
    reconcile(town.month, bank=in_book(town.month), items=[], now=NOW, by=town.clerk)
    assert "账有变化" in missing()
    draft_settlement(town.month, by=town.clerk)
    assert "结算草案还没有交家长核对" in missing()
    with pytest.raises(RuleBroken, match="还没有过完"):
        lock_month(town.month, now=datetime(2026, 10, 31, 9, tzinfo=SHANGHAI), by=town.reviewer)
    assert cast.lock(town.month, now=NOW, by=town.reviewer).state == "locked"


def test_months_are_locked_in_their_order(town):
    charge_month(town.month, by=town.clerk)
    november = charge_month(open_month(town.school, month=date(2026, 11, 9), by=town.clerk), by=town.clerk)
    draft_settlement(november, by=town.clerk)
    with pytest.raises(RuleBroken, match="请先锁定2026年10月"):
        lock_month(november, now=datetime(2026, 12, 2, tzinfo=SHANGHAI), by=town.reviewer)


@pytest.mark.parametrize("category", ["management_fee", "unrelated", "红包"])
def test_a_cost_the_policy_does_not_allow_is_refused_with_its_clause(town, category):
    with pytest.raises(RuleBroken) as refusal:
        spend(town, "1.00", category=category)
    assert refusal.value.cite.clause == "四.5" and refusal.value.field == "category"
    assert not Expense.objects.exists()


@pytest.mark.parametrize(
    "wrong, say",
    [
        ({"on": date(2026, 11, 1)}, "日期不在"),
        ({"voucher_number": " "}, "票据号"),
        ({"grade": 7}, "没有这个年级"),
        ({"voucher": b"GIF89a"}, "PDF、JPG 或 PNG"),
        ({"voucher": SCAN + b"." * 5 * 1024 * 1024}, "5 MB"),
        ({"fund": "subsidy"}, "财政补贴"),
    ],
)
def test_a_cost_entered_wrongly_changes_nothing(town, wrong, say):
    with pytest.raises(RuleBroken, match=say):
        spend(town, "1.00", **wrong)
    assert not Expense.objects.exists() and not Entry.objects.exists()


def test_a_cost_needs_a_second_person_and_is_booked_once(town):
    entered = spend(town, "100.00", approve=False)
    with pytest.raises(RuleBroken, match="另一个人"):
        approve_expense(entered, now=NOW, by=town.clerk)
    assert not Entry.objects.exists()
    approve_expense(entered, now=NOW, by=town.reviewer)
    with pytest.raises(RuleBroken, match="已审批"):
        approve_expense(entered, now=NOW, by=town.reviewer)
    assert balances(town.school, LAST)["other_expense", "2026-10:fees:water"].fen == 100_00


def test_subsidy_is_held_apart_and_pays_where_nobody_is_charged(c_bureau):
    school, term = cast.make_school(c_bureau, "吴航小学"), cast.make_term(c_bureau)
    cast.fill_years(c_bureau, 2026)
    enroll(cast.make_student(cast.make_class(school)), cast.make_plan(school, term, fee_fen=0))
    clerk, reviewer = act(cast.make_person("林会计")), act(cast.make_person("郑复核"))
    month = charge_month(open_month(school, month=date(2026, 10, 1), by=clerk), by=clerk)

    def got(yuan, heads=100, key="s", document="长教〔2026〕8号"):
        return receive_subsidy(
            month, on=date(2026, 10, 9), heads=heads, amount=Money.parse(yuan), document=document, key=key, by=clerk
        )

    with pytest.raises(RuleBroken, match="最多 20,000") as refusal:
        got("20000.01")
    assert refusal.value.cite.clause == "四(二)"
    assert got("20000") == got("20000")
    with pytest.raises(RuleBroken, match="今年已到账 20,000"):
        got("0.01", key="again")
    cost = enter_expense(
        month, category="courses", fund="subsidy", amount=Money(500_00), on=LAST, payee="少年宫", voucher_number="7",
        key="c", by=clerk,
    )  # fmt: skip
    approve_expense(cost, now=NOW, by=reviewer)
    draft = draft_settlement(month, by=clerk)
    cast.lock(month, now=NOW, by=reviewer)

    assert [(g["cost_fen"], g["refund_fen"], g["borne_fen"]) for g in draft.groups] == [(0, 0, 0)]
    books = balances(school, LAST)
    assert (books["subsidy", "2026-10"].fen, books["bank", ""].fen) == (-20000_00, 19500_00)


def test_a_policy_without_subsidy_takes_none(town):
    with pytest.raises(RuleBroken, match="没有安排财政补贴"):
        receive_subsidy(town.month, on=LAST, heads=1, amount=Money(1), document="x", key="x", by=town.clerk)
