"""Which account of the ledger is kept for whom or what."""

from datetime import date

from .ledger.posting import AccountRef, Kind
from .models import Fund

BANK: AccountRef = (Kind.BANK, "")
IN_TRANSIT: AccountRef = (Kind.IN_TRANSIT, "")
SUBSIDY_DUE: AccountRef = (Kind.SUBSIDY_DUE, "")


def receivable(student_id: int) -> AccountRef:
    return Kind.RECEIVABLE, f"student:{student_id}"


def prepaid(student_id: int) -> AccountRef:
    return Kind.PREPAID, f"student:{student_id}"


def refund_payable(student_id: int) -> AccountRef:
    return Kind.REFUND_PAYABLE, f"student:{student_id}"


def fee_income(month: date) -> AccountRef:
    return Kind.FEE_INCOME, f"{month:%Y-%m}"


def waiver(month: date) -> AccountRef:
    return Kind.WAIVER, f"{month:%Y-%m}"


def subsidy(month: date) -> AccountRef:
    return Kind.SUBSIDY, f"{month:%Y-%m}"


def surplus(month: date) -> AccountRef:
    return Kind.SURPLUS, f"{month:%Y-%m}"


def deficit(month: date) -> AccountRef:
    return Kind.DEFICIT, f"{month:%Y-%m}"


def wechat_fee(month: date) -> AccountRef:
    """What WeChat Pay keeps for itself is the school's: families paid the whole, and the policies let no fee pay for it."""
    return Kind.DEFICIT, f"{month:%Y-%m}:wechat_fee"


def is_wechat_fee(ref: AccountRef) -> bool:
    """Of whichever month."""
    kind, subject = ref
    return kind == Kind.DEFICIT and subject.endswith(":wechat_fee")


def stipend_expense(month: date, fund: str) -> AccountRef:
    return Kind.STIPEND_EXPENSE, f"{month:%Y-%m}:{fund}"


def stipend_payable(month: date) -> AccountRef:
    return Kind.STIPEND_PAYABLE, f"{month:%Y-%m}"


def expense(month: date, fund: str, category: str) -> AccountRef:
    """The funds stay apart to the last account (C四(二)); what a supplier is paid was never the school's to spend."""
    if fund == Fund.MEAL:
        return meals_in(month)
    return Kind.OTHER_EXPENSE, f"{month:%Y-%m}:{fund}:{category}"


def meals_of(student_id: int) -> AccountRef:
    """What a family has paid for meals and not eaten; on the other side what it owes for them."""
    return Kind.MEAL, f"student:{student_id}"


def meals_in(month: date) -> AccountRef:
    """What a month's meals took from families and has not passed on."""
    return Kind.MEAL, f"{month:%Y-%m}"


def meal_deficit(month: date) -> AccountRef:
    return Kind.DEFICIT, f"{month:%Y-%m}:meal"
