"""退出: what a withdrawal gives back of the months still open."""

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.money import Money, total
from afterschool.schools.why import clauses
from billing import accounts
from billing.ledger.posting import post
from billing.models import Charge, FeeMonth, Refund
from billing.offset import Return
from billing.selectors.advances import nothing_follows
from billing.selectors.returns import as_charged, left_over, with_tariff
from enrollment.models import Withdrawal

from .advances import return_advances
from .settlements import keep_on_charges
from .till import book_day, hold


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
    back = list(Refund.objects.filter(charge__in=left, cause=Refund.Cause.WITHDRAWAL))
    if left and nothing_follows(withdrawal.agreement, withdrawal.last_on, left):
        today = timezone.localdate()
        back += return_advances(withdrawal.school, {withdrawal.student_id}, on=today, by=by)
    return back


def _give_back(charge: Charge, withdrawal: Withdrawal, by: Actor) -> Money:
    told = left_over(as_charged(charge.fee_month), charge, withdrawal.last_on)
    remitted = min(told.amount, Money(charge.owed_fen))
    back = Return(charge, Refund.Cause.WITHDRAWAL, told.amount, remitted, told.steps, clauses([told.cite]))
    keep_on_charges([back.given])
    _book_withdrawal(back, withdrawal, by)
    if back.refund:
        Refund.objects.create(
            school=charge.school,
            fee_month=charge.fee_month,
            student=charge.student,
            charge=charge,
            cause=back.cause,
            amount_fen=back.refund.fen,
            state=Refund.State.PAYABLE,
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
