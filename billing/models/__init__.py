"""Papers of the money room. They stand outside the ledger and point at its entries by number."""

from .costs import Expense, Subsidy
from .meals import Meal, MealCharge, MealConsent, MealSettlement
from .months import Charge, FeeMonth, Fund
from .receipts import Allocation, BankLine, Receipt, StatementImport
from .refunds import BankAnswer, PayeeChange, Payout, Refund, RefundBatch, SetOff
from .settling import Adjustment, Objection, Reconciliation, Round, Settlement

__all__ = [
    "Adjustment",
    "Allocation",
    "BankAnswer",
    "BankLine",
    "Charge",
    "Expense",
    "FeeMonth",
    "Fund",
    "Meal",
    "MealCharge",
    "MealConsent",
    "MealSettlement",
    "Objection",
    "PayeeChange",
    "Payout",
    "Receipt",
    "Reconciliation",
    "Refund",
    "RefundBatch",
    "Round",
    "SetOff",
    "Settlement",
    "StatementImport",
    "Subsidy",
]
