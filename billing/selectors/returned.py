"""退汇: money that left for a family and that the bank brings back."""

from collections.abc import Iterable

from django.db.models import F, Q, Sum
from django.utils import timezone

from afterschool.errors import RuleBroken
from billing import matching
from billing.models import BankLine, Payout

State = Payout.State
MOST_OFFERED = 5


def come_back(lines: Iterable[BankLine]) -> dict[int, list[Payout]]:
    """By inflow that says money comes back: the rows of batches that it may be, those that it names first."""
    lines = [line for line in lines if line.in_fen and matching.RETURNED.search(line.memo)]
    if not lines:
        return {}
    rows = (
        Payout.objects.filter(school=lines[0].school_id, fen__in={line.in_fen for line in lines}, back_line=None)
        .annotate(whole=Sum("batch__payouts__fen", filter=~Q(batch__payouts__payee_account="")))
        # A row that the bank's answer said has failed has left too, where its batch left as one sum.
        .filter(Q(state=State.PAID) | Q(state=State.FAILED, batch__bank_line__out_fen=F("whole")))
        .select_related("batch", "refund__student__school_class")
        .order_by("batch", "row")
    )
    return {
        line.pk: sorted((row for row in rows if _may_be(line, row)), key=lambda row: not _is_named(line, row))
        for line in lines
    }


def offered(line: BankLine, rows: list[Payout]) -> list[Payout]:
    """The buttons: the rows that the line names, or all of the few."""
    named = [row for row in rows if _is_named(line, row)]
    return named or (rows if len(rows) <= MOST_OFFERED else [])


def payout_named(rows: Iterable[Payout], words: str) -> Payout:
    """The one row of this payee or child."""
    found = [row for row in rows if words.strip() in (row.payee, row.refund.student.name)]
    if len(found) != 1:
        raise RuleBroken(f"退给“{words.strip()}”的这个金额有 {len(found)} 笔，请到退费批次里核对")
    return found[0]


def _may_be(line: BankLine, row: Payout) -> bool:
    return line.in_fen == row.fen and line.on >= (row.paid_on or timezone.localdate(row.batch.made_at))


def _is_named(line: BankLine, row: Payout) -> bool:
    said = f"{line.payer} {line.payer_account} {line.memo}"
    return any(word and word in said for word in (row.payee_account, row.payee, row.refund.student.name))
