"""Month end: the settlement is drafted as often as one likes, and locked once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing import accounts
from billing.ledger.posting import Voucher, post_many
from billing.models import Charge, FeeMonth, Refund, Settlement
from billing.selectors.readiness import missing_for_draft, missing_for_lock
from billing.selectors.settling import Figures, Share, figures

from .till import hold_month


@transaction.atomic
def draft_settlement(fee_month: FeeMonth, *, by: Actor) -> Settlement:
    """Work out the month as things stand; an earlier draft is replaced."""
    fee_month = hold_month(fee_month)
    _refuse(missing_for_draft(fee_month), "还不能算结算")
    now = figures(fee_month)
    draft, _ = Settlement.objects.update_or_create(
        fee_month=fee_month,
        defaults={"school": fee_month.school, "groups": now.groups, "drafted_by_id": by.person_id},
    )
    _drafts(fee_month).delete()
    Refund.objects.bulk_create([_refund(share) for share in now.shares if share.refund], batch_size=2000)
    refund_fen, borne_fen = (sum(group[key] for group in now.groups) for key in ("refund_fen", "borne_fen"))
    record(by, "drafted", draft, refund_fen=refund_fen, borne_fen=borne_fen)
    return draft


@transaction.atomic
def lock_month(fee_month: FeeMonth, *, now: datetime, by: Actor) -> FeeMonth:
    """Close the month for good: the surplus becomes payable, the shortfall is the school's, nothing is dated in it again."""
    fee_month = hold_month(fee_month)
    if timezone.localdate(now) <= fee_month.last_on:
        raise RuleBroken(f"{fee_month}还没有过完，不能锁定")
    _refuse(missing_for_lock(fee_month), "还不能锁定")
    found = figures(fee_month)
    draft = fee_month.settlement
    if found.groups != draft.groups or found.refunds() != dict(_drafts(fee_month).values_list("charge", "amount_fen")):
        raise RuleBroken("生成草案之后账有变化，请重新生成结算草案再锁定")

    _book(fee_month, found, by)
    _drafts(fee_month).update(state=Refund.State.PAYABLE)
    draft.state = Settlement.State.LOCKED
    draft.save(update_fields=["state"])
    fee_month.state, fee_month.locked_at, fee_month.locked_by_id = FeeMonth.State.LOCKED, now, by.person_id
    fee_month.save(update_fields=["state", "locked_at", "locked_by"])
    record(by, "locked", fee_month, refunds=len(found.refunds()), refund_fen=sum(found.refunds().values()))
    return fee_month


def _refuse(missing: list, what: str) -> None:
    if missing:
        raise RuleBroken(f"{what}：{'；'.join(one.text for one in missing)}")


def _drafts(fee_month: FeeMonth):
    return fee_month.refunds.filter(state=Refund.State.DRAFT)


def _refund(share: Share) -> Refund:
    charge = share.charge
    return Refund(
        school_id=charge.school_id,
        fee_month_id=charge.fee_month_id,
        student_id=charge.student_id,
        charge=charge,
        cause=Refund.Cause.SURPLUS,
        amount_fen=share.refund.fen,
        steps=share.kept_with_refund(),
        cites=share.cites,
    )


def _book(fee_month: FeeMonth, found: Figures, by: Actor) -> None:
    month, on = fee_month.month, fee_month.last_on
    income, left_over = accounts.fee_income(month), accounts.surplus(month)
    vouchers = []
    if surplus := sum(share.amount.fen for share in found.shares):
        moves = [(income, left_over, Money(surplus))]
        vouchers.append(Voucher(on, f"surplus:{month:%Y-%m}", f"{fee_month}结余，应退家长", moves))
    if borne := sum(group["borne_fen"] for group in found.groups):
        moves = [(accounts.deficit(month), income, Money(borne))]
        vouchers.append(Voucher(on, f"deficit:{month:%Y-%m}", f"{fee_month}不足部分由学校承担", moves))
    for share in found.shares:
        charge = share.charge
        sides = (
            (accounts.refund_payable(charge.student_id), share.refund),
            (accounts.receivable(charge.student_id), share.remitted),
        )
        moves = [(left_over, credit, money) for credit, money in sides if money]
        vouchers.append(Voucher(on, f"share:{charge.pk}", f"{fee_month}结余返还 {charge.student.name}", moves))
        charge.refunded_fen += share.refund.fen
        charge.remitted_fen += share.remitted.fen
        if share.remitted:
            charge.remissions.append(share.kept_with_charge())
    post_many(fee_month.school, vouchers, by=by)
    Charge.objects.bulk_update(
        [share.charge for share in found.shares], ["refunded_fen", "remitted_fen"], batch_size=1000
    )
    unpaid = [share.charge for share in found.shares if share.remitted]
    Charge.objects.bulk_update(unpaid, ["remissions"], batch_size=1000)
