"""A month of money: how things stand before anybody knocks."""

from datetime import timedelta

from afterschool.money import Money
from billing.actions import (
    approve_adjustment,
    approve_expense,
    book_stipends,
    bring_answer,
    draft_round,
    draft_settlement,
    enter_adjustment,
    enter_expense,
    instruct_refunds,
    open_month,
    raise_objection,
    receive,
    set_aside_line,
    show_settlement,
)
from billing.disclosures.actions import publish
from billing.disclosures.reports import tell_bureau
from billing.models import BankLine, Expense, FeeMonth, PayeeChange, Payout, Refund
from billing.wechat.actions import make_payment
from billing.wechat.selectors import due_of
from tests import cast

from ..town import DECEMBER, OCTOBER, PAPER, THURSDAY, Corner, Given, act, at
from .enrollment import withdrawn
from .staffing import stipends_approved


def stipends_booked(corner: Corner) -> None:
    stipends_approved(corner)
    book_stipends(corner.month, by=act(corner.clerk))


def lines_worked(corner: Corner) -> None:
    for line in BankLine.objects.filter(school=corner.school):
        set_aside_line(line, reason="与课后服务无关", by=act(corner.clerk))


def typed(corner: Corner) -> None:
    """The line suggests the child, for whom the same payment was typed by hand."""
    line = corner.line
    BankLine.objects.filter(pk=line.pk).update(suggested=corner.child)
    line.typed = receive(
        corner.school, corner.child, on=line.on, amount=Money(line.in_fen), payer=line.payer, key="typed",
        by=act(corner.clerk),
    )  # fmt: skip


def received(corner: Corner) -> None:
    """A payment in the month that is open."""
    receive(
        corner.school, corner.child, on=corner.line.on, amount=Money(80_00), payer="妈妈", key=f"late-{corner.child.pk}",
        by=act(corner.clerk),
    )  # fmt: skip


def by_wechat(corner: Corner) -> None:
    """WeChat holds as much as the line says."""
    receive(
        corner.school, corner.child, on=corner.line.on, amount=Money(corner.line.in_fen), payer="妈妈", method="wechat",
        key=f"wechat-{corner.child.pk}", by=act(corner.clerk),
    )  # fmt: skip


def costed(corner: Corner) -> None:
    """A cost of the outflow's amount was typed by hand."""
    corner.outflow.cost = enter_expense(
        corner.month, category="electricity", fund="fees", amount=Money(corner.outflow.out_fen), on=corner.outflow.on,
        payee="供电公司", voucher_number="0092", key="costed", by=act(corner.clerk),
    )  # fmt: skip


def expense_approved(corner: Corner) -> None:
    approve_expense(corner.expense, now=at(9), by=act(corner.reviewer))


def drafted(corner: Corner) -> None:
    expense_approved(corner)
    lines_worked(corner)
    draft_settlement(corner.month, by=act(corner.clerk))


def settled(corner: Corner) -> None:
    drafted(corner)
    cast.ready_to_lock(corner.month, now=at(9))


def shown(corner: Corner) -> None:
    drafted(corner)
    show_settlement(corner.month, until=THURSDAY + timedelta(days=3), now=at(9), by=act(corner.clerk))


def objected(corner: Corner) -> None:
    shown(corner)
    corner.objection = raise_objection(
        corner.month, corner.child, text="少退了", now=at(9), by=cast.act(corner.mother, THURSDAY)
    )


def reported(corner: Corner) -> None:
    mother = cast.act(corner.mother, THURSDAY)
    corner.fee_report = tell_bureau(corner.child, text="班级群里收材料费", now=at(9), by=mother)


def instructed(corner: Corner) -> None:
    corner.batch = instruct_refunds(corner.locked, now=at(9), by=act(corner.reviewer))
    Payout.objects.filter(batch=corner.batch).update(payee_account="6217")
    corner.payout = corner.batch.payouts.get(refund__student=corner.child)


def come_back(corner: Corner) -> None:
    """The bank paid it out, and a line says that it is back."""
    instructed(corner)
    corner.batch.payouts.update(state="paid", paid_on=corner.line.on, fen=corner.line.in_fen)
    type(corner.line).objects.filter(pk=corner.line.pk).update(memo="退汇")


def paid_ahead(corner: Corner) -> None:
    receive(
        corner.school, corner.child, on=OCTOBER.replace(day=20), amount=Money(300_00), payer="妈妈", key="ahead",
        by=act(corner.clerk),
    )  # fmt: skip


def payee_asked(corner: Corner) -> None:
    corner.payee_change = PayeeChange.objects.create(
        school=corner.school, student=corner.child, payee="妈妈", payee_account="6217000012345678", reason="换卡",
        asked_by=corner.mother, asked_at=at(9),
    )  # fmt: skip


def sets_off(corner: Corner) -> None:
    """The month is under a policy that sets refunds off against the next charge."""
    policy = cast.adopt(corner.school.bureau, '[[refund_route]]\nhow = "set_off"', began_on=DECEMBER).policy
    FeeMonth.objects.filter(pk=corner.month.pk).update(policy=policy)
    Refund.objects.create(
        school=corner.school, fee_month=corner.month, student=corner.child, cause="cancelled", amount_fen=1_00,
        charge=corner.child.charges.get(fee_month=corner.locked), state="payable",
    )  # fmt: skip


def answered(corner: Corner) -> None:
    instructed(corner)
    corner.bank_answer = bring_answer(
        corner.batch, file_name="回单.csv", data="序号,金额,处理结果\n1,80.00,成功\n".encode(), by=act(corner.reviewer)
    )


def adjusted(corner: Corner) -> None:
    """September's cost was really less, and November's book is open to take it."""
    open_month(corner.school, month=THURSDAY, by=act(corner.clerk))
    corner.adjustment = enter_adjustment(
        corner.locked, side="less", expense=corner.locked.expenses.first(), amount=Money(2_00), on=THURSDAY,
        reason="抄表有误", clause="四.5", voucher_number="H1", key="less", by=act(corner.clerk),
    )  # fmt: skip


def adjustment_approved(corner: Corner) -> None:
    adjusted(corner)
    approve_adjustment(corner.adjustment, now=at(9), by=act(corner.reviewer))


def round_drafted(corner: Corner) -> None:
    adjustment_approved(corner)
    corner.round = draft_round(corner.locked, by=act(corner.clerk))


def scanned(corner: Corner) -> None:
    Expense.objects.filter(pk=corner.expense.pk).update(voucher=PAPER, voucher_type="application/pdf")


def subsidised(corner: Corner) -> None:
    """The month is under a policy that knows a subsidy."""
    FeeMonth.objects.filter(pk=corner.month.pk).update(policy="changle-2021")


def published(corner: Corner) -> None:
    publish(corner.disclosure, now=at(9), by=act(corner.reviewer))


def paying(corner: Corner) -> None:
    """The mother is about to pay."""
    corner.payment = make_payment(
        due_of(corner.child, corner.month), key="given", now=at(9), by=cast.act(corner.mother, THURSDAY)
    )


GIVEN: dict[str, Given] = {
    "billing:settlement-draft POST": expense_approved,
    "billing:month-lock POST": settled,
    "billing:settlement-show POST": drafted,
    "billing:objection-answer POST": objected,
    "disclosures:objection-create POST": shown,
    "disclosures:fee-report-answer POST": reported,
    "billing:receipt-void POST": received,
    "billing:line-link POST": typed,
    "billing:line-outflow POST": costed,
    "billing:line-back POST": come_back,
    "billing:line-transit POST": by_wechat,
    "billing:line-reopen POST": lines_worked,
    "billing:expense-voucher GET": scanned,
    "billing:adjustment-approve POST": adjusted,
    "billing:adjustment-reject POST": adjusted,
    "billing:round-draft POST": adjustment_approved,
    "billing:round-detail GET": round_drafted,
    "billing:round-confirm POST": round_drafted,
    "billing:stipends-book POST": stipends_approved,
    "billing:stipends-paid POST": stipends_booked,
    "billing:subsidy-create POST": subsidised,
    "billing:refunds-set-off POST": sets_off,
    "billing:advance-return POST": paid_ahead,
    "billing:advance-ask POST": paid_ahead,
    "billing:payee-change-decide POST": payee_asked,
    "billing:batch-detail GET": instructed,
    "billing:batch-file GET": instructed,
    "billing:batch-paid POST": instructed,
    "billing:payout-paid POST": instructed,
    "billing:payout-failed POST": instructed,
    "billing:answer-upload GET": instructed,
    "billing:answer-upload POST": instructed,
    "billing:answer-detail GET": answered,
    "billing:answer-take POST": answered,
    "billing:withdrawal-settle POST": withdrawn,
    "wechat:payment-detail GET": paying,
    "disclosures:correct POST": published,
    "disclosures:public-page GET": published,
    "disclosures:public-pdf GET": published,
    "disclosures:public-xlsx GET": published,
    "disclosures:public-content GET": published,
}
