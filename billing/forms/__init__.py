from .books import ExpenseForm, PaidForm, ReceiptForm, StatementForm, SubsidyForm, VoucherForm, minted_key

__all__ = ["ExpenseForm", "PaidForm", "ReceiptForm", "StatementForm", "SubsidyForm", "VoucherForm", "minted_key"]
