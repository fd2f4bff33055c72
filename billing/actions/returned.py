"""退汇: what the bank had paid out comes back, and goes out again with the next batch."""

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing import accounts
from billing.ledger.posting import post
from billing.models import BankLine, Payout
from billing.selectors.returned import come_back

from .batches import follow, held
from .lines import open_line
from .telling import tell_returned
from .till import book_day


@transaction.atomic
def take_back(line: BankLine, payout: Payout, *, by: Actor) -> Payout:
    """The line brings a payout back. Where it was booked as paid, it is owed again from now on; where the bank's answer
    had told already, only the line is done with."""
    line = open_line(line)
    row = held([payout])[0]
    if row not in come_back([line]).get(line.pk, []):
        raise RuleBroken("金额、日期不符，或者这一笔已经退回过了")
    was_paid_on, said = row.paid_on, f"退费第 {row.batch.number} 批第 {row.row} 行"
    row.back_line = line
    if was_paid_on:
        _owe_again(row, line, by)
    row.save(update_fields=["state", "paid_on", "failed_reason", "back_line"])
    follow({row.refund_id})
    line.state = BankLine.State.MATCHED
    line.hint = f"{said}退汇，{'编进下一批重办' if was_paid_on else '银行回单已经说过，账上没有付出过'}"
    line.save(update_fields=["state", "hint"])
    record(by, "came_back", row, amount_fen=row.fen, was_paid_on=was_paid_on and was_paid_on.isoformat())
    if was_paid_on:
        tell_returned(row, reason=line.memo)
    return row


def _owe_again(row: Payout, line: BankLine, by: Actor) -> None:
    post(
        row.school,
        [(accounts.BANK, accounts.refund_payable(row.refund.student_id), Money(row.fen))],
        on=book_day(row.school, line.on),
        memo=f"退汇 {row.payee} {row.refund.fund.label}（批次 {row.batch.number} 第 {row.row} 行，流水 {line.serial}）",
        key=f"payout-back:{row.pk}",
        by=by,
    )
    reason = f"{row.paid_on:%-m月%-d日}到账，{line.on:%-m月%-d日}又退回：{line.memo}"
    row.state, row.paid_on, row.failed_reason = Payout.State.FAILED, None, reason[:200]
