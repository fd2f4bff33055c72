"""What money that left the bank may be: a paper that is in the books already, or a cost like earlier ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, Sum

from afterschool.policy import expenses, load
from billing.ledger.posting import entry_of
from billing.models import BankLine, Expense, FeeMonth, Payout, RefundBatch
from billing.selectors.costs import SPENT_HERE, stipends_paid_key
from billing.selectors.payouts import payouts_like

DAYS_APART = 10  # between a voucher and the day the bank pays it


@dataclass(frozen=True)
class Offer:
    """This outflow may be that paper: nothing is booked a second time."""

    paper: Expense | RefundBatch | Payout
    word: str

    @property
    def key(self) -> str:
        return f"{self.paper._meta.model_name}-{self.paper.pk}"


def offers(lines: Iterable[BankLine]) -> dict[int, list[Offer]]:
    """By line: papers of the same amount that no other line stands for."""
    lines = [line for line in lines if line.out_fen]
    if not lines:
        return {}
    (costs, batches), rows = _papers(lines), payouts_like(lines)
    return {
        line.pk: [
            *(Offer(row, f"就是退费第 {row.batch.number} 批第 {row.row} 行，已到账") for row in rows[line.pk]),
            *(Offer(cost, _said(cost)) for cost in costs if _may_be(line, cost)),
            *(
                Offer(batch, f"就是退费批次 {batch.number} 号")
                for batch in batches
                if line.out_fen in (batch.whole_fen, batch.alive_fen)
            ),
        ]
        for line in lines
    }


def _papers(lines: Sequence[BankLine]) -> tuple[Sequence[Expense], Sequence]:
    asked = {"school": lines[0].school_id, "bank_line": None}
    fens = {line.out_fen for line in lines}
    costs = Expense.objects.filter(**asked, amount_fen__in=fens).exclude(state=Expense.State.REJECTED)
    by_bank = ~Q(payouts__payee_account="")
    whole, alive = (
        Sum("payouts__fen", filter=which) for which in (by_bank, by_bank & ~Q(payouts__state=Payout.State.FAILED))
    )
    batches = RefundBatch.objects.filter(**asked).annotate(whole_fen=whole, alive_fen=alive)
    return (
        list(costs.defer("voucher").select_related("fee_month", "school")),
        list(batches.filter(Q(whole_fen__in=fens) | Q(alive_fen__in=fens))),
    )


def _may_be(line: BankLine, cost: Expense) -> bool:
    if cost.amount_fen != line.out_fen:
        return False
    if cost.sheet_id:  # paid out at any time after its month
        return cost.on.replace(day=1) <= line.on and not _paid(cost)
    return abs(line.on - cost.on) <= timedelta(days=DAYS_APART)


def _paid(stipends: Expense) -> bool:
    return entry_of(stipends.school, stipends_paid_key(stipends.fee_month)) is not None


def _said(cost: Expense) -> str:
    if cost.sheet_id:
        return f"就是{cost.fee_month}教师补助的发放"
    return f"就是 {cost.on:%-m月%-d日} 录入的 {cost.payee}（票据 {cost.voucher_number}）"


def guess(fee_month: FeeMonth, line: BankLine) -> dict:
    """What the form begins with: category and grade as this payee's last cost had them, or the one the memo names."""
    before = Expense.objects.of_service().filter(school=line.school_id, payee=line.payer, sheet=None)
    last = before.exclude(state=Expense.State.REJECTED).order_by("-on", "-pk").values("fund", "category", "grade")
    if found := last.first():
        return {"category": f"{found['fund']}:{found['category']}", "grade": found["grade"]}
    policy = load(fee_month.policy)
    for fund in SPENT_HERE:
        for rule in expenses.categories(policy, fee_month.month, fund.in_policy):
            if rule.label in line.memo and rule.key != Expense.STIPENDS:
                return {"category": f"{fund}:{rule.key}"}
    return {}
