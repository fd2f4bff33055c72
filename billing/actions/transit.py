"""What WeChat Pay pays out of the money it carried, and what it keeps for itself."""

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import ZERO, Money
from billing import accounts
from billing.ledger.posting import next_key, post, reverse, standing
from billing.models import BankLine
from billing.selectors.transit import ONE_IN, fee_room, in_transit, key_of, may_keep

from .lines import open_line
from .till import book_day, hold


@transaction.atomic
def settle_transit(line: BankLine, *, fee: Money = ZERO, by: Actor) -> BankLine:
    """WeChat settles with the bank: money that was received already has arrived, less what WeChat keeps, if it does."""
    line = open_line(line)
    came, day = Money(line.in_fen), book_day(line.school, line.on)
    there, gross = in_transit(line.school, day), came + fee
    if not ZERO < came <= gross <= there:
        raise RuleBroken(f"到{day:%-m月%-d日}在微信支付还没有结算的只有 {there} 元，这笔不是微信结算")
    if not may_keep(gross, fee):
        raise RuleBroken(f"手续费 {fee} 元超过 {gross} 元的百分之{100 // ONE_IN}，请先对微信支付的账单", field="fee")
    moves = [(accounts.BANK, accounts.IN_TRANSIT, came)]
    if fee:
        moves.append((accounts.wechat_fee(day), accounts.IN_TRANSIT, fee))
    memo = f"微信支付结算到账（流水 {line.serial}）{'，扣手续费由学校承担' if fee else ''}"
    post(line.school, moves, on=day, memo=memo, key=next_key(line.school, key_of(line)), by=by)
    kept = f"，扣手续费 {fee} 元由学校承担" if fee else ""
    line.state, line.hint = BankLine.State.MATCHED, f"微信支付结算到账，缴费早已入账{kept}"
    line.save(update_fields=["state", "hint"])
    record(by, "settled", line, amount_fen=line.in_fen, fee_fen=fee.fen)
    return line


@transaction.atomic
def pay_wechat_fee(line: BankLine, *, by: Actor) -> BankLine:
    """WeChat takes its fee apart from what it settles: the school's cost, not the service's."""
    line = open_line(line)
    fee, day = Money(line.out_fen), book_day(line.school, line.on)
    room = fee_room(line.school, day)
    if not ZERO < fee <= room:
        raise RuleBroken(f"微信支付到{day:%-m月%-d日}至多还能收手续费 {room} 元，这笔不是")
    post(
        line.school, [(accounts.wechat_fee(day), accounts.BANK, fee)], on=day,
        memo=f"微信支付手续费由学校承担（流水 {line.serial}）", key=next_key(line.school, key_of(line)), by=by,
    )  # fmt: skip
    line.state, line.hint = BankLine.State.MATCHED, "微信支付的手续费，由学校承担"
    line.save(update_fields=["state", "hint"])
    record(by, "paid_fee", line, amount_fen=line.out_fen)
    return line


@transaction.atomic
def undo_transit(line: BankLine, *, by: Actor) -> BankLine:
    """It was taken for WeChat's settlement or fee by mistake: the voucher is reversed, and the line waits again."""
    hold(line.school)
    line = BankLine.objects.select_related("school").get(pk=line.pk)
    entry = standing(line.school, [key_of(line)]).get(key_of(line))
    if entry is None:
        raise RuleBroken("这笔流水没有记成微信结算，不用撤销")
    memo = f"撤销：{entry.memo}"[:200]
    reverse(entry, on=book_day(line.school, entry.on), memo=memo, key=f"undo:{entry.key}", by=by)
    line.state, line.hint = BankLine.State.OPEN, "记成微信结算的已撤销，请重新核对"
    line.save(update_fields=["state", "hint"])
    record(by, "undid", line, voucher=entry.number_said)
    return line
