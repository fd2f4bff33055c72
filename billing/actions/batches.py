"""Refunds on their way through the bank: batches, their rows, and what became of them (L20)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.schools.models import School
from billing import accounts
from billing.ledger.posting import Voucher, post_many
from billing.models import FeeMonth, Payout, Refund, RefundBatch
from billing.selectors.payouts import Part, parts_of, payees_of
from billing.selectors.readiness import to_pay_out

from .telling import tell_families
from .till import book_day, hold

State = Payout.State


@transaction.atomic
def instruct_refunds(fee_month: FeeMonth, *, now: datetime, by: Actor) -> RefundBatch:
    """Send all that is payable to the bank, to whoever paid. Nothing is ever sent twice."""
    school = hold(fee_month.school)
    refunds = list(to_pay_out(fee_month).defer("steps", "cites").order_by("pk"))
    if not refunds:
        raise RuleBroken("没有待退的款项")
    parts = parts_of(refunds)
    last = RefundBatch.objects.filter(school=school).aggregate(last=Max("number"))["last"] or 0
    batch = RefundBatch.objects.create(school=school, number=last + 1, made_by_id=by.person_id, made_at=now)
    _write(batch, parts)
    sets.change(Refund, "state", ((refund.pk, Refund.State.INSTRUCTED) for refund in refunds))
    record(by, "instructed_refunds", batch, month=f"{fee_month.month:%Y-%m}", refunds=len(refunds),
           rows=len(parts), fen=sum(part.fen for part in parts))  # fmt: skip
    return batch


def _write(batch: RefundBatch, parts: Collection[Part]) -> None:
    """The rows, numbered: those with an account first, for the bank's file holds just them."""
    changed = payees_of({part.refund.student_id for part in parts})
    rows = []
    for part in parts:
        change = changed.get(part.refund.student_id)
        to = (change.payee, change.payee_account) if change else (part.payer, part.account)
        rows.append((part.refund.pk, part.receipt, *to, change and change.pk, part.fen))
    rows.sort(key=lambda row: not row[3])
    like = Payout(school=batch.school, batch=batch)
    columns = "row refund_id receipt_id payee payee_account change_id fen"
    sets.pour(like, columns, ((number, *row) for number, row in enumerate(rows, 1)))


@transaction.atomic
def payouts_paid(payouts: Iterable[Payout], *, paid_on: date, by: Actor) -> int:
    """The bank has paid these rows. Said again it changes nothing. Returns how many are newly paid."""
    return pay_rows([(row, paid_on) for row in held(payouts)], by=by)


def pay_rows(rows: Collection[tuple[Payout, date]], *, by: Actor) -> int:
    """Each row with the day it was paid. The school's till is held."""
    for row, _ in rows:
        if row.state == State.FAILED:
            raise RuleBroken(f"第 {row.batch.number} 批第 {row.row} 行银行已退回，不能记为到账")
    for batch, paid_on in {(row.batch, paid_on) for row, paid_on in rows}:
        if paid_on < timezone.localdate(batch.made_at):
            raise RuleBroken(f"第 {batch.number} 批{batch.made_at:%-m月%-d日}才送银行，到账日期不能更早")
    fresh = [(row, paid_on) for row, paid_on in rows if row.state == State.SENT]
    if not fresh:
        return 0
    school = fresh[0][0].school
    days = {paid_on: book_day(school, paid_on) for paid_on in {paid_on for _, paid_on in fresh}}
    post_many(school, [_voucher(row, days[paid_on]) for row, paid_on in fresh], by=by)
    sets.change(Payout, "state paid_on", ((row.pk, State.PAID, paid_on) for row, paid_on in fresh))
    follow({row.refund_id for row, _ in fresh})
    fen = sum(row.fen for row, _ in fresh)
    record(by, "paid_refunds", fresh[0][0].batch, rows=len(fresh), fen=fen)
    return len(fresh)


def _voucher(row: Payout, on: date) -> Voucher:
    memo = f"退 {row.payee} {row.refund.fund.label}（批次 {row.batch.number} 第 {row.row} 行）"
    moves = [(accounts.refund_payable(row.refund.student_id), accounts.BANK, Money(row.fen))]
    return Voucher(on, f"payout:{row.pk}", memo, moves)


@transaction.atomic
def payout_failed(payout: Payout, *, reason: str, by: Actor) -> Payout:
    """The bank sent it back; it goes out again with the next batch."""
    if not reason.strip():
        raise RuleBroken("请写明银行退回的原因", field="reason")
    row = held([payout])[0]
    if row.state != State.SENT:
        raise RuleBroken(f"这一行{row.get_state_display()}，不能记为退回")
    fail_rows([(row, reason)], by=by)
    return Payout.objects.get(pk=row.pk)


def fail_rows(rows: Collection[tuple[Payout, str]], *, by: Actor) -> None:
    """Each row with the bank's reason. The school's till is held."""
    sets.change(Payout, "state failed_reason", ((row.pk, State.FAILED, reason.strip()[:200]) for row, reason in rows))
    for row, reason in rows:
        record(by, "failed", row, reason=reason.strip()[:200])
    follow({row.refund_id for row, _ in rows})


def follow(refund_ids: Collection[int]) -> None:
    """A refund is as its rows are: paid when all are, failed when one came back and none is under way."""
    rows: dict[int, list[tuple[str, date | None]]] = defaultdict(list)
    standing = Payout.objects.standing().filter(refund__among=refund_ids)
    for pk, *row in standing.values_list("refund", "state", "paid_on"):
        rows[pk].append((row[0], row[1]))
    told = {pk: _state_of(parts) for pk, parts in rows.items()}
    sets.change(Refund, "state paid_on", ((pk, state, paid_on) for pk, (state, paid_on) in told.items()))
    tell_families([pk for pk, (state, _) in told.items() if state == Refund.State.PAID])


def _state_of(parts: list[tuple[str, date | None]]) -> tuple[Refund.State, date | None]:
    states = {state for state, _ in parts}
    if states == {State.PAID}:
        return Refund.State.PAID, max(paid_on for _, paid_on in parts if paid_on)
    return (Refund.State.INSTRUCTED if State.SENT in states else Refund.State.FAILED), None


def held(payouts: Iterable[Payout]) -> list[Payout]:
    """These rows as they are now, with the till of their one school held."""
    asked = Payout.objects.filter(pk__among={row.pk for row in payouts}).order_by("batch_id", "row")
    schools = School.objects.filter(pk__in=asked.order_by().values("school"))
    if len(schools) != 1:
        raise RuleBroken("请选择同一所学校的退费")
    hold(schools[0])
    rows = asked.select_related("refund").defer("refund__steps", "refund__cites")
    return list(rows.prefetch_related("school", "batch"))
