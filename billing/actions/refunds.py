"""Money that goes back: payable → instructed → paid, or failed and again payable (L20)."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money, total
from afterschool.notices.post import Note, notify_each
from afterschool.schools.why import clauses
from billing import accounts
from billing.ledger.posting import Voucher, post, post_many
from billing.models import Allocation, Charge, FeeMonth, Receipt, Refund
from billing.offset import Return
from billing.selectors.readiness import to_pay_out
from billing.selectors.returns import as_charged, left_over, with_tariff
from enrollment.models import Withdrawal

from .till import book_day, hold

State = Refund.State


@transaction.atomic
def settle_withdrawal(withdrawal: Withdrawal, *, by: Actor) -> list[Refund]:
    """Give back the days that are left of the months still open: first against what is unpaid, the rest as a refund.

    A second time finds each charge settled and adds nothing.
    """
    hold(withdrawal.school)
    charges = with_tariff(
        Charge.objects.filter(agreement=withdrawal.agreement_id, fee_month__state=FeeMonth.State.OPEN, net_fen__gt=0)
    )
    left = [charge for charge in charges if charge.days[-1] > withdrawal.last_on]
    made = [_give_back(charge, withdrawal, by) for charge in left if not (charge.refunded_fen or charge.remitted_fen)]
    record(by, "settled", withdrawal, amount_fen=total(made).fen)
    return list(Refund.objects.filter(charge__in=left, cause=Refund.Cause.WITHDRAWAL))


def _give_back(charge: Charge, withdrawal: Withdrawal, by: Actor) -> Money:
    told = left_over(as_charged(charge.fee_month), charge, withdrawal.last_on)
    remitted = min(told.amount, Money(charge.owed_fen))
    back = Return(charge, Refund.Cause.WITHDRAWAL, told.amount, remitted, told.steps, clauses([told.cite]))
    back.keep()
    charge.save(update_fields=["remitted_fen", "remissions", "refunded_fen"])
    _book_withdrawal(back, withdrawal, by)
    if back.refund:
        Refund.objects.create(
            school=charge.school,
            fee_month=charge.fee_month,
            student=charge.student,
            charge=charge,
            cause=back.cause,
            amount_fen=back.refund.fen,
            state=State.PAYABLE,
            steps=back.kept_with_refund(),
            cites=back.cites,
        )
    return back.amount


def _book_withdrawal(back: Return, withdrawal: Withdrawal, by: Actor) -> None:
    charge = back.charge
    income = accounts.fee_income(charge.fee_month.month)
    sides = (
        (accounts.refund_payable(charge.student_id), back.refund),
        (accounts.receivable(charge.student_id), back.remitted),
    )
    moves = [(income, credit, money) for credit, money in sides if money]
    if moves:
        on = book_day(charge.school, min(max(withdrawal.last_on, charge.fee_month.month), charge.fee_month.last_on))
        memo = f"{charge.fee_month}中途退出 {charge.student.name}"
        post(charge.school, moves, on=on, memo=memo, key=f"withdrawal:{charge.pk}", by=by)


@transaction.atomic
def instruct_refunds(fee_month: FeeMonth, *, now: datetime, by: Actor) -> list[Refund]:
    """Send all that is payable to the bank, to whoever paid. Nothing is ever sent twice."""
    hold(fee_month.school)
    waiting = list(to_pay_out(fee_month).order_by("pk"))
    if not waiting:
        raise RuleBroken("没有待退的款项")
    payers = payers_of_record(waiting)
    for refund in waiting:
        payer = payers[refund.charge_id]
        refund.payee, refund.payee_account = payer.payer, payer.payer_account
        refund.state, refund.instructed_at, refund.failed_reason = State.INSTRUCTED, now, ""
    Refund.objects.bulk_update(
        waiting, ["payee", "payee_account", "state", "instructed_at", "failed_reason"], batch_size=1000
    )
    record(by, "instructed_refunds", fee_month, refunds=len(waiting), fen=sum(row.amount_fen for row in waiting))
    return waiting


@transaction.atomic
def refunds_paid(refunds: Iterable[Refund], *, paid_on: date, by: Actor) -> int:
    """The bank has paid these. Said again it changes nothing. Returns how many are newly paid."""
    rows = _held(refunds)
    for row in rows:
        if row.state not in {State.INSTRUCTED, State.PAID}:
            raise RuleBroken(f"{row.student.name}的退费{row.get_state_display()}，还没有送银行")
    fresh = [row for row in rows if row.state == State.INSTRUCTED]
    if not fresh:
        return 0
    day = book_day(fresh[0].school, paid_on)
    vouchers = [
        Voucher(
            day,
            f"refund-paid:{row.pk}",
            f"退 {row.payee} {row.get_cause_display()}",
            [(accounts.refund_payable(row.student_id), accounts.BANK, Money(row.amount_fen))],
        )
        for row in fresh
    ]
    post_many(fresh[0].school, vouchers, by=by)
    for row in fresh:
        row.state, row.paid_on = State.PAID, paid_on
    Refund.objects.bulk_update(fresh, ["state", "paid_on"], batch_size=1000)
    record(by, "paid_refunds", fresh[0].fee_month, refunds=len(fresh), fen=sum(row.amount_fen for row in fresh))
    notify_each(_told(row) for row in fresh)
    return len(fresh)


def _told(refund: Refund) -> Note:
    """To the guardian who applied, with the way to the month and its arithmetic."""
    title = f"{refund.fee_month}课后服务费退您 {Money(refund.amount_fen)} 元"
    body = f"{refund.student.name}：{refund.get_cause_display()}，{refund.paid_on:%-m月%-d日}已办，点开看怎么算的。"
    link = reverse("disclosures:my-month", args=[refund.student_id, refund.fee_month.month])
    assert refund.charge
    guardian = refund.charge.agreement.application.guardian
    return Note(guardian, "refund_paid", title=title, body=body, link=link, school_id=refund.school_id)


@transaction.atomic
def refund_failed(refund: Refund, *, reason: str, by: Actor) -> Refund:
    """The bank sent it back; it goes out again with the next instruction."""
    if not reason.strip():
        raise RuleBroken("请写明银行退回的原因", field="reason")
    refund = _held([refund])[0]
    if refund.state != State.INSTRUCTED:
        raise RuleBroken(f"这笔退费{refund.get_state_display()}，不能记为退回")
    refund.state, refund.failed_reason = State.FAILED, reason.strip()[:200]
    refund.save(update_fields=["state", "failed_reason"])
    record(by, "failed", refund, reason=refund.failed_reason)
    return refund


def payers_of_record(rows: Collection[Refund]) -> dict[int, Receipt]:
    """Who paid each charge: the last who paid as much as goes back, and where nobody alone did, the last."""
    back: Counter[int] = Counter()
    for row in rows:
        if row.charge_id:
            back[row.charge_id] += row.amount_fen
    made = Allocation.objects.filter(charge__in=back).select_related("receipt")
    in_turn = sorted(made, key=lambda one: (one.fen >= back[one.charge_id], one.receipt.number))
    return {one.charge_id: one.receipt for one in in_turn}


def _held(refunds: Iterable[Refund]) -> list[Refund]:
    """These refunds as they are now, with the till of their one school held."""
    rows = list(refunds)
    schools = {row.school_id for row in rows}
    if len(schools) != 1:
        raise RuleBroken("请选择同一所学校的退费")
    hold(rows[0].school)
    return list(
        Refund.objects.filter(pk__in=[row.pk for row in rows])
        .select_related("school", "student", "fee_month", "charge__agreement__application__guardian")
        .order_by("pk")
    )
