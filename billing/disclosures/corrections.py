"""What the sheet tells of corrections: those of its month, and those of earlier months that were booked in it."""

from django.db.models import Q

from billing.models import Adjustment, FeeMonth, Round
from billing.selectors.costs import category_labels

from .suppression import FEWEST


def corrections_of(fee_month: FeeMonth) -> list[dict]:
    """In the order in which they came to light. Whose refund it was is never told, nor an amount of few."""
    here = Q(fee_month=fee_month) | Q(booked_in=fee_month)
    mended = (
        Adjustment.objects.approved().filter(here, school=fee_month.school_id).select_related("fee_month", "booked_in")
    )
    rounds = Round.objects.filter(here, school=fee_month.school_id, state=Round.State.CONFIRMED)
    told = [(one.decided_at, _adjusted(one)) for one in mended]
    told += [(one.confirmed_at, _given(one)) for one in rounds.select_related("fee_month", "booked_in")]
    return [line for _, line in sorted(told, key=lambda one: one[0])]


def _line(paper: Adjustment | Round, say: str, fen: int | None, *, reason: str = "", clause: str = "") -> dict:
    return {
        "of": f"{paper.fee_month.month:%Y-%m}",
        "booked": f"{paper.booked_in.month:%Y-%m}" if paper.booked_in else "",
        "say": say,
        "fen": fen,
        "reason": reason,
        "clause": clause,
    }


def _adjusted(one: Adjustment) -> dict:
    label = category_labels(one.fee_month).get(one.category, one.category)
    say = f"{label}少支出，钱已收回" if one.side == Adjustment.Side.LESS else f"{label}补记支出"
    return _line(one, say, one.amount_fen, reason=one.reason, clause=one.clause)


def _given(one: Round) -> dict:
    back = list(one.refunds.values_list("student", "amount_fen"))
    few = len({student for student, _ in back}) < FEWEST
    return _line(
        one, "追加退给家长" + ("（人数少，合在退费里）" if few else ""), None if few else sum(fen for _, fen in back)
    )
