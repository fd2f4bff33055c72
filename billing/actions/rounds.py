"""追加结算: what came to light of a locked month goes back to its families, booked in the open month. Never less (L14)."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from billing import accounts
from billing.disclosures.actions import write_again
from billing.ledger.posting import Voucher, post_many
from billing.models import Adjustment, FeeMonth, Refund, Round
from billing.selectors.corrections import Since, unshared_of
from billing.selectors.rounds import later
from billing.selectors.settling import Figures
from billing.selectors.subsidies import unused, unused_of
from billing.selectors.terms import settled_elsewhere, together

from .adjustments import locked_month, open_month_of
from .settlements import keep_on_charges, shift, voucher_of, write_drafts
from .till import book_day

State = Round.State


@transaction.atomic
def draft_round(fee_month: FeeMonth, *, by: Actor) -> Round:
    """Work out what the month gives back besides, as things stand; an earlier draft is replaced."""
    fee_month = locked_month(fee_month)
    term = together(fee_month)
    if done := settled_elsewhere(fee_month):
        raise RuleBroken(f"这个学期在{done}一起结清了，后来查明的请到{done}的更正里追加结算")
    if term and not term.is_last:
        raise RuleBroken("这个月按学期结算，后来查明的到学期末一起退")
    months = [fee_month, *(term.earlier if term else ())]
    if Adjustment.objects.filter(fee_month__in=months, state=Adjustment.State.ENTERED).exists():
        raise RuleBroken("还有更正等待审批，批了或者退了再算")
    found = later(fee_month)
    if not found.returns and not Since.of(fee_month).less_fen:
        raise RuleBroken("没有要追加退给家长的")
    last = fee_month.rounds.order_by("-number").first()
    draft = last if last and last.state == State.DRAFT else Round(school=fee_month.school, fee_month=fee_month)
    if draft is not last:
        # The first is the month's own settlement; the second, in a term, that of all its months.
        draft.number = last.number + 1 if last else 3 if term else 2
    draft.groups, draft.drafted_by_id, draft.drafted_at = found.groups, by.person_id, timezone.now()
    draft.save()
    _drafts(draft).delete()
    write_drafts(fee_month, _numbered(draft, found).returns)
    record(by, "drafted", draft, number=draft.number, refund_fen=sum(found.refunds().values()))
    return draft


@transaction.atomic
def confirm_round(draft: Round, *, now: datetime, by: Actor) -> Round:
    """Another person looks and confirms: the refunds become payable, all is booked in the open month."""
    fee_month = locked_month(draft.fee_month)
    draft = Round.objects.select_related("school").get(pk=draft.pk)
    if draft.state != State.DRAFT:
        raise RuleBroken("这一轮已经确认过了")
    if draft.drafted_by_id == by.person_id:
        raise RuleBroken("自己算的追加结算要由另一个人确认")
    found = _numbered(draft, later(fee_month))
    drafted = {(row.charge_id, row.cause): row.amount_fen for row in _drafts(draft)}
    if found.groups != draft.groups or found.refunds() != drafted:
        raise RuleBroken("生成草案之后账有变化，请重新计算追加结算再确认")
    day = book_day(fee_month.school, timezone.localdate(now))
    draft.booked_in = open_month_of(fee_month.school, day)
    _book(fee_month, draft, found, day, by)
    _drafts(draft).update(state=Refund.State.PAYABLE)
    unshared_of(fee_month).update(round=draft)
    draft.state, draft.confirmed_by_id, draft.confirmed_at = State.CONFIRMED, by.person_id, now
    draft.save(update_fields=["booked_in", "state", "confirmed_by", "confirmed_at"])
    record(by, "confirmed", draft, number=draft.number, refund_fen=sum(drafted.values()))
    write_again(fee_month, reason=f"锁定以后查明的，追加结算第 {draft.number} 轮", by=by)
    return draft


def _drafts(draft: Round):
    return draft.refunds.filter(state=Refund.State.DRAFT)


def _numbered(draft: Round, found: Figures) -> Figures:
    return replace(found, returns=[replace(one, round=draft.number) for one in found.returns])


def _book(fee_month: FeeMonth, draft: Round, found: Figures, day: date, by: Actor) -> None:
    """Each family's part by itself; then what is left of the sums that waited, and what the school bears now."""
    month, since = fee_month.month, Since.of(fee_month)
    income = accounts.fee_income(month)
    shared = sum(one.amount.fen for one in found.returns if one.cause == Refund.Cause.SURPLUS)
    borne = sum(group["borne_fen"] for group in found.groups)
    moves = [
        *shift(accounts.surplus(month), income, since.less_fen - shared),
        *shift(accounts.deficit(month), income, borne - since.borne_fen),
        *shift(income, accounts.subsidy(month), (unused_of(found.groups) - unused(fee_month)).fen),
    ]
    vouchers = [Voucher(day, f"round:{draft.pk}", f"{fee_month}追加结算第 {draft.number} 轮", moves)] if moves else []
    prefetch_related_objects([one.charge for one in found.returns], "student")
    given = [one.given for one in found.returns]
    post_many(fee_month.school, [*vouchers, *(voucher_of(fee_month, one, day) for one in given)], by=by)
    keep_on_charges(given)
