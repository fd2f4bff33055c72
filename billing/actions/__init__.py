"""The deeds of the money room. Each begins by holding the school's till."""

from .adjustments import approve_adjustment, enter_adjustment, reject_adjustment
from .advances import ask_advance_back, return_advances
from .answers import bring_answer, take_answer
from .batches import instruct_refunds, payout_failed, payouts_paid
from .charges import charge_month
from .expenses import approve_expense, attach_voucher, book_stipends, enter_expense, pay_stipends, reject_expense
from .lines import link_line, link_outflow, match_line, reopen_line, set_aside_line
from .month_ends import draft_month_end, draft_together, lock_together
from .months import open_month
from .payees import ask_payee_change, decide_payee_change
from .receipts import enter_receipt, receive
from .reconciling import reconcile
from .refunds import settle_withdrawal
from .returned import take_back
from .rounds import confirm_round, draft_round
from .set_offs import set_off_refunds
from .settlements import draft_settlement, lock_month
from .showing import answer_objection, raise_objection, show_settlement
from .statements import import_statement
from .subsidies import receive_subsidy
from .transit import pay_wechat_fee, settle_transit, undo_transit
from .voiding import void_receipt

__all__ = [
    "answer_objection",
    "approve_adjustment",
    "approve_expense",
    "ask_advance_back",
    "ask_payee_change",
    "attach_voucher",
    "book_stipends",
    "bring_answer",
    "charge_month",
    "confirm_round",
    "decide_payee_change",
    "draft_month_end",
    "draft_round",
    "draft_settlement",
    "draft_together",
    "enter_adjustment",
    "enter_expense",
    "enter_receipt",
    "import_statement",
    "instruct_refunds",
    "link_line",
    "link_outflow",
    "lock_month",
    "lock_together",
    "match_line",
    "open_month",
    "pay_stipends",
    "pay_wechat_fee",
    "payout_failed",
    "payouts_paid",
    "raise_objection",
    "receive",
    "receive_subsidy",
    "reconcile",
    "reject_adjustment",
    "reject_expense",
    "reopen_line",
    "return_advances",
    "set_aside_line",
    "set_off_refunds",
    "settle_transit",
    "settle_withdrawal",
    "show_settlement",
    "take_answer",
    "take_back",
    "undo_transit",
    "void_receipt",
]
