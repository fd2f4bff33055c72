"""Month end: the settlement is drafted as often as one likes, and locked once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from attendance.actions.months import lock_attendance
from billing import accounts
from billing.ledger.posting import AccountRef, Move, Voucher, post_many
from billing.models import Charge, FeeMonth, Refund, Settlement
from billing.offset import GivenBack, Return
from billing.selectors.changes import changes
from billing.selectors.papers import papers_of, read_of
from billing.selectors.readiness import missing_for_draft, missing_for_lock
from billing.selectors.settling import figures, given_back, has_moved
from billing.selectors.subsidies import unused_of
from billing.selectors.terms import accrued, together

from .till import hold_month


@transaction.atomic
def draft_settlement(fee_month: FeeMonth, *, by: Actor) -> Settlement:
    """Work out the month as things stand; an earlier draft is replaced, and the new one goes to the guardians again."""
    fee_month = hold_month(fee_month)
    _refuse(missing_for_draft(fee_month), "还不能算结算")
    read = read_of(fee_month)
    now = figures(fee_month)
    before = Settlement.objects.filter(fee_month=fee_month).select_related("fee_month__school").first()
    draft, _ = Settlement.objects.update_or_create(
        fee_month=fee_month,
        defaults={
            "school": fee_month.school,
            "groups": now.groups,
            "changes": changes(before, now) if before else [],
            "drafted_by_id": by.person_id,
            "drafted_at": timezone.now(),
            "remits": now.remits(),
            "state": Settlement.State.DRAFT,
            "shown_at": None,
            "shown_by": None,
            "objections_until": None,
        },
    )
    _drafts(fee_month).delete()
    write_drafts(fee_month, now.returns)
    draft.papers = papers_of(fee_month, read)
    draft.save(update_fields=["papers"])
    refund_fen, borne_fen = (sum(group[key] for group in now.groups) for key in ("refund_fen", "borne_fen"))
    record(by, "drafted", draft, refund_fen=refund_fen, borne_fen=borne_fen)
    return draft


@transaction.atomic
def lock_month(fee_month: FeeMonth, *, now: datetime, by: Actor) -> FeeMonth:
    """Close the month for good: the surplus becomes payable, the shortfall is the school's, nothing is dated in it again."""
    fee_month = hold_month(fee_month)
    if timezone.localdate(now) <= fee_month.last_on:
        raise RuleBroken(f"{fee_month}还没有过完，不能锁定")
    _refuse(missing_for_lock(fee_month, timezone.localdate(now)), "还不能锁定")
    draft = fee_month.settlement
    if has_moved(draft):
        raise RuleBroken("生成草案之后账有变化，请重新生成结算草案再锁定")

    given = given_back(draft)
    _book(fee_month, draft, given, by)
    _drafts(fee_month).update(state=Refund.State.PAYABLE)
    draft.state = Settlement.State.LOCKED
    draft.save(update_fields=["state"])
    fee_month.state, fee_month.locked_at, fee_month.locked_by_id = FeeMonth.State.LOCKED, now, by.person_id
    fee_month.save(update_fields=["state", "locked_at", "locked_by"])
    lock_attendance(fee_month.school, fee_month.month, now=now)
    refunds = [one.refund_fen for one in given if one.refund_fen]
    record(by, "locked", fee_month, refunds=len(refunds), refund_fen=sum(refunds))
    return fee_month


def _refuse(missing: list, what: str) -> None:
    if missing:
        raise RuleBroken(f"{what}：{'；'.join(one.text for one in missing)}")


def _drafts(fee_month: FeeMonth):
    return fee_month.refunds.filter(state=Refund.State.DRAFT)


def write_drafts(fee_month: FeeMonth, returns: Iterable[Return]) -> None:
    """What is to be paid out. Steps that many families share are written in words once."""
    told: dict[tuple[int, Money, Money], list[str]] = {}
    rows = []
    for one in returns:
        alike = (id(one.steps), one.amount, one.remitted)
        if one.refund and alike not in told:
            told[alike] = one.kept_with_refund()
        if one.refund:
            whose = (one.charge.student_id, one.charge.pk, one.round, one.cause)
            rows.append((*whose, one.refund.fen, told[alike], one.cites))
    refund = Refund(school_id=fee_month.school_id, fee_month=fee_month)
    sets.pour(refund, "student_id charge_id round cause amount_fen steps cites", rows)


def _book(fee_month: FeeMonth, draft: Settlement, given: Sequence[GivenBack], by: Actor) -> None:
    month, on = fee_month.month, fee_month.last_on
    income = accounts.fee_income(month)
    vouchers = _carried_in(fee_month)
    if surplus := sum(one.refund_fen + one.remitted_fen for one in given if one.cause == Refund.Cause.SURPLUS):
        moves = [(income, accounts.surplus(month), Money(surplus))]
        vouchers.append(Voucher(on, f"surplus:{month:%Y-%m}", f"{fee_month}结余，应退家长", moves))
    if borne := sum(group["borne_fen"] for group in draft.groups):
        moves = [(accounts.deficit(month), income, Money(borne))]
        vouchers.append(Voucher(on, f"deficit:{month:%Y-%m}", f"{fee_month}不足部分由学校承担", moves))
    if unused := unused_of(draft.groups):
        moves = [(income, accounts.subsidy(month), unused)]
        vouchers.append(Voucher(on, f"unused:{month:%Y-%m}", f"{fee_month}财政补助没有用完的部分", moves))
    vouchers += [voucher_of(fee_month, one, on) for one in given]
    post_many(fee_month.school, vouchers, by=by)
    keep_on_charges(given)


def _carried_in(fee_month: FeeMonth) -> list[Voucher]:
    """At the end of a term its earlier months come to nothing: what they left over, or cost more, is settled here."""
    term, income = together(fee_month), accounts.fee_income(fee_month.month)
    if term is None or not term.is_last:
        return []
    vouchers = []
    for month in term.earlier:
        if moves := shift(accounts.fee_income(month.month), income, accrued(month).fen):
            key = f"term:{fee_month.month:%Y-%m}:{month.month:%Y-%m}"
            vouchers.append(Voucher(fee_month.last_on, key, f"{month}结转，学期末在{fee_month}一起结算", moves))
    return vouchers


def shift(source: AccountRef, target: AccountRef, fen: int) -> list[Move]:
    """Debit one and credit the other; below zero the other way round."""
    return [(source, target, Money(fen))] if fen > 0 else [(target, source, Money(-fen))] if fen < 0 else []


def keep_on_charges(given: Iterable[GivenBack]) -> None:
    """Note on the charges what goes back of them."""
    refunded, remitted, told = Counter[int](), Counter[int](), defaultdict[int, list[dict]](list)
    for one in given:
        refunded[one.charge_id] += one.refund_fen
        if one.remission:
            remitted[one.charge_id] += one.remitted_fen
            told[one.charge_id].append(one.remission)
    sets.grow(Charge, "refunded_fen", refunded.items())
    sets.grow(Charge, "remitted_fen", remitted.items())
    sets.append(Charge, "remissions", told.items())


def voucher_of(fee_month: FeeMonth, one: GivenBack, on: date) -> Voucher:
    """A surplus comes out of what is left over, a late waiver is one more waiver, the rest was never earned."""
    month, cause = fee_month.month, Refund.Cause(one.cause)
    sources = {Refund.Cause.SURPLUS: accounts.surplus(month), Refund.Cause.WAIVER: accounts.waiver(month)}
    source = sources.get(cause, accounts.fee_income(month))
    sides = (
        (accounts.refund_payable(one.student_id), one.refund_fen),
        (accounts.receivable(one.student_id), one.remitted_fen),
    )
    moves = [(source, credit, Money(fen)) for credit, fen in sides if fen]
    key = f"{'share' if cause == Refund.Cause.SURPLUS else one.cause}:{one.charge_id}"
    key += f":{one.round}" if one.round > 1 else ""
    return Voucher(on, key, f"{fee_month}{cause.label} {one.name}", moves)
