from .books import (
    AnswerForm,
    ExpenseForm,
    FeeForm,
    PaidForm,
    ReceiptForm,
    StatementForm,
    SubsidyForm,
    VoucherForm,
    minted_key,
)
from .trials_of_fees import PriceForm, RefundForm, SettlementForm
from .trials_of_service import FileForm, HoursForm, PeopleForm, SpendingForm, StipendForm

TRIALS = {
    form.what: form
    for form in (PriceForm, RefundForm, StipendForm, SettlementForm, PeopleForm, SpendingForm, HoursForm, FileForm)
}

__all__ = [
    "TRIALS", "AnswerForm", "ExpenseForm", "FeeForm", "PaidForm", "ReceiptForm", "StatementForm", "SubsidyForm", "VoucherForm",
    "minted_key",
]  # fmt: skip
