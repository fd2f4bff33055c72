"""What is asked between the draft and the lock."""

from collections.abc import Sequence

from crispy_forms.helper import FormHelper
from django import forms

from billing.selectors.reconciling import SIDES, Item

from .books import DayField, Desk, MoneyField

SPARE_ROWS = 3


class ShowForm(Desk):
    button = "交家长核对"
    first = "until"

    until = DayField(label="异议截止日", help_text="家长在这一天结束以前可以提异议，过后复核才能锁定")


class ObjectionForm(Desk):
    button = "提交异议"

    text = forms.CharField(
        label="哪里不对", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="例：10月12日孩子没有参加"
    )


class AnswerForm(Desk):
    button = "答复家长"

    upheld = forms.TypedChoiceField(
        label="结论",
        choices=(("yes", "属实，已更正"), ("no", "已说明")),
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect(attrs={"data-key": "a"}),
    )
    answer = forms.CharField(label="答复", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class BankForm(forms.Form):
    bank = MoneyField(label="银行对账单余额（元）", help_text="对账单上本月最后一天的余额")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bank"].widget.attrs["autofocus"] = True


class ItemForm(forms.Form):
    """A row left wholly empty is no item."""

    side = forms.ChoiceField(label="哪一边", choices=list(SIDES.items()))
    amount = MoneyField(label="金额（元）", required=False)
    text = forms.CharField(label="是什么", max_length=100, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # the table's head stands for all rows, and names none of them
            field.widget.attrs["aria-label"] = field.label

    def clean(self):
        amount, text = self.cleaned_data.get("amount"), self.cleaned_data.get("text")
        if text and "amount" not in self.errors and not amount:
            self.add_error("amount", "请填写金额，要大于零")
        if amount and not text:
            self.add_error("text", "请写明是什么款项")
        return self.cleaned_data

    def item(self) -> Item | None:
        found = self.cleaned_data
        return Item(found["side"], found["amount"], found["text"]) if found.get("amount") else None


class ItemRows(forms.BaseFormSet):
    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.template, helper.form_tag, helper.disable_csrf = "bootstrap5/table_inline_formset.html", False, True
        return helper


Items = forms.formset_factory(ItemForm, formset=ItemRows, extra=SPARE_ROWS, max_num=40)


def items_form(data=None, *, initial: Sequence[Item] = ()) -> forms.BaseFormSet:
    told = [{"side": item.side, "amount": item.amount.plain(), "text": item.text} for item in initial]
    return Items(data, initial=told, prefix="items")
