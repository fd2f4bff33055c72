"""Whose money a refund is: what came by several receipts goes back to each payer, the last who paid first (L20)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from billing.models import Allocation, BankLine, FeeMonth, PayeeChange, Payout, Receipt, Refund, RefundBatch, SetOff
from billing.wechat.models import PaymentRefund


class Part(NamedTuple):
    """What of a refund goes back to the payer of one receipt."""

    refund: Refund
    receipt: int
    payer: str
    account: str
    fen: int


Share = tuple[Refund, int, int]  # a refund, a receipt, and how much


def parts_of(refunds: Collection[Refund]) -> list[Part]:
    """What is still to go out of these refunds. Σ is their amount, less what was sent or paid before.

    A refund is divided once: what the bank sent back goes out again to the same payer.
    """
    sent_before = _sent_before(refunds)
    rests = _rests({refund.charge_id for refund in refunds if refund.charge_id and refund.pk not in sent_before})
    shares: list[Share] = []
    for refund in refunds:
        if refund.pk in sent_before:
            shares += [(refund, receipt, fen) for receipt, fen in sent_before[refund.pk]]
        elif refund.charge_id:
            shares += _divided(refund, rests[refund.charge_id])
        elif refund.receipt_id:
            shares.append((refund, refund.receipt_id, refund.amount_fen))
    payers = Receipt.objects.filter(pk__among={receipt for _, receipt, _ in shares})
    known = {pk: (payer, account) for pk, payer, account in payers.values_list("pk", "payer", "payer_account")}
    return [Part(refund, receipt, *known[receipt], fen) for refund, receipt, fen in shares]


def _sent_before(refunds: Iterable[Refund]) -> dict[int, list[tuple[int, int]]]:
    """By refund that was sent: the receipt and the amount of each row that came back."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = Payout.objects.standing().filter(refund__among={refund.pk for refund in refunds}).order_by("pk")
    for refund, state, receipt, fen in rows.values_list("refund", "state", "receipt", "fen"):
        found[refund] += [(receipt, fen)] if state == Payout.State.FAILED else []
    return found


def _divided(refund: Refund, rests: dict[int, int]) -> Iterator[Share]:
    left = refund.amount_fen
    for receipt, rest in rests.items():
        if fen := min(left, rest):
            left -= fen
            rests[receipt] -= fen
            yield refund, receipt, fen
    if left:
        raise ValueError(f"refund {refund.pk} is {left} fen above what its payers have not got back")


def _rests(charges: Collection[int]) -> dict[int, dict[int, int]]:
    """By charge: its receipts, the last first, and what each paid of it and has not got back."""
    rests: dict[int, dict[int, int]] = defaultdict(dict)
    made = Allocation.objects.filter(charge__among=charges).order_by("charge_id", "-receipt__on", "-receipt__number")
    back = given_back(charges)
    for charge, receipt, fen in made.values_list("charge", "receipt", "fen"):
        rests[charge][receipt] = fen - back.get((charge, receipt), 0)
    return rests


def given_back(charges: Collection[int]) -> dict[tuple[int, int], int]:
    """What of these charges is meant for which receipt's payer, be it sent, paid, to be sent again, or set off."""
    back: dict[tuple[int, int], int] = defaultdict(int)
    by_bank = Payout.objects.standing().filter(refund__charge__among=charges)
    by_wechat = PaymentRefund.objects.filter(refund__charge__among=charges).exclude(state=PaymentRefund.State.CLOSED)
    for charge, receipt, fen in (
        *by_bank.values_list("refund__charge", "receipt", "fen"),
        *by_wechat.values_list("refund__charge", "payment__receipt", "refund__amount_fen"),
        *SetOff.objects.filter(refund__charge__among=charges).values_list("refund__charge", "receipt", "fen"),
    ):
        back[charge, receipt] += fen
    return back


def shown(payouts: QuerySet[Payout]) -> QuerySet[Payout]:
    """Rows as pages tell them; `typed` where no line of a bank statement proves the account it goes to."""
    seen = Receipt.objects.filter(student=OuterRef("refund__student"), payer_account=OuterRef("payee_account"))
    typed = Q(change=None) & ~Q(payee_account="") & ~Exists(seen.exclude(bank_line=None))
    return payouts.annotate(typed=ExpressionWrapper(typed, BooleanField())).select_related(
        "batch", "receipt", "change__asked_by", "change__decided_by"
    )


def counted(batches: QuerySet[RefundBatch]) -> QuerySet[RefundBatch]:
    """Batches with what became of their rows, in one query."""
    of = {state: Q(payouts__state=state) for state in Payout.State.values}
    at_school = Q(payouts__payee_account="", payouts__state=Payout.State.SENT)
    return batches.select_related("school", "made_by").annotate(
        rows=Count("payouts"), fen=Sum("payouts__fen", default=0),
        sent=Count("payouts", filter=of["sent"]), paid=Count("payouts", filter=of["paid"]),
        failed=Count("payouts", filter=of["failed"]), at_school=Count("payouts", filter=at_school),
        paid_fen=Sum("payouts__fen", filter=of["paid"], default=0),
        failed_fen=Sum("payouts__fen", filter=of["failed"], default=0),
        waiting_fen=Sum("payouts__fen", filter=of["sent"], default=0),
    )  # fmt: skip


def batches_with(fee_month: FeeMonth) -> QuerySet:
    """The batches that carry refunds of this month."""
    return Payout.objects.filter(refund__fee_month=fee_month).values("batch")


def payees_of(students: Collection[int]) -> dict[int, PayeeChange]:
    """The payee that was agreed on last, of the children who have one."""
    agreed = PayeeChange.objects.filter(student__among=students, state=PayeeChange.State.APPROVED)
    return {change.student_id: change for change in agreed.order_by("decided_at", "pk")}


def payouts_like(lines: Iterable[BankLine]) -> dict[int, list[Payout]]:
    """By outflow of a statement: rows at the bank of this amount, to this account or name."""
    lines = [line for line in lines if line.out_fen]
    if not lines:
        return {}
    rows = Payout.objects.filter(
        Q(payee_account__in={line.payer_account for line in lines if line.payer_account})
        | Q(payee__in={line.payer for line in lines if line.payer}),
        school=lines[0].school_id, state=Payout.State.SENT, fen__in={line.out_fen for line in lines},
    ).select_related("batch")  # fmt: skip
    return {line.pk: [row for row in rows if _may_be(line, row)] for line in lines}


def _may_be(line: BankLine, row: Payout) -> bool:
    """The account decides where both name one."""
    if line.out_fen != row.fen or line.on < timezone.localdate(row.batch.made_at):
        return False
    if line.payer_account and row.payee_account:
        return line.payer_account == row.payee_account
    return bool(line.payer) and line.payer == row.payee
