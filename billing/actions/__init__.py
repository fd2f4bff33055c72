"""The deeds of the money room. Each begins by holding the school's till."""

from .charges import charge_month
from .expenses import approve_expense, attach_voucher, book_stipends, enter_expense, pay_stipends, reject_expense
from .lines import link_line, link_outflow, match_line, reopen_line, set_aside_line
from .months import open_month
from .receipts import enter_receipt, receive
from .refunds import instruct_refunds, refund_failed, refunds_paid, settle_withdrawal
from .settlements import draft_settlement, lock_month
from .statements import import_statement
from .subsidies import receive_subsidy

__all__ = [
    "approve_expense",
    "attach_voucher",
    "book_stipends",
    "charge_month",
    "draft_settlement",
    "enter_expense",
    "enter_receipt",
    "import_statement",
    "instruct_refunds",
    "link_line",
    "lock_month",
    "match_line",
    "open_month",
    "pay_stipends",
    "receive",
    "link_outflow",
    "receive_subsidy",
    "refund_failed",
    "refunds_paid",
    "reject_expense",
    "reopen_line",
    "set_aside_line",
    "settle_withdrawal",
]
