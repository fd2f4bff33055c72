"""What finance types in: amounts as people write them, files by their kind."""

import uuid
from datetime import date

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms

from afterschool.errors import RuleBroken
from afterschool.money import ZERO, Money
from afterschool.policy import expenses, load, rules
from afterschool.schools.models import GRADES
from billing.models import Expense, FeeMonth, Fund, Receipt
from billing.selectors.costs import SPENT_HERE
from billing.vouchers import LARGEST

# Typed by hand; what came by WeChat is told by WeChat Pay.
PAID_FOR = [(fund.value, fund.label) for fund in (Fund.FEES, Fund.MEAL)]
TYPED_METHODS = [one for one in Receipt.Method.choices if one[0] != Receipt.Method.WECHAT]


class MoneyField(forms.CharField):
    """`200`, `¥200.00`, `１，２３４．５`, `200元`: all of them Money."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, max_length: int = 20, **kwargs):
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value) -> Money | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Money.parse(text)
        except ValueError as reason:
            raise forms.ValidationError(str(reason)) from reason


class DayField(forms.DateField):
    def __init__(self, **kwargs):
        super().__init__(**{"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")} | kwargs)


def minted_key() -> str:
    """A key born with the form: sent twice, the deed is done once."""
    return uuid.uuid4().hex


class Desk(forms.Form):
    """A form of this room: its layout in rows of two, and one button. Whether this is `another` is only asked where
    something like it is in the books already."""

    button = "保存"
    rows: tuple = ()
    action = ""  # where it is posted, if not to the page it stands on
    first = ""  # the field that has the focus

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.first:
            self.fields[self.first].widget.attrs["autofocus"] = True

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        rows = [Row(*(Column(name, css_class="col-md-6") for name in row)) for row in self.rows]
        unasked = {"another"} - set(self.errors)
        loose = [name for name in self.fields if name not in unasked and not any(name in row for row in self.rows)]
        helper.layout = Layout(*loose, *rows)
        helper.form_action = self.action
        helper.add_input(Submit("", self.button))
        return helper


class ReceiptForm(Desk):
    button = "登记收款，接着下一笔"
    first = "student"
    rows = (("student", "on"), ("amount", "method"), ("payer", "payer_account"))

    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    student = forms.CharField(
        label="学生",
        max_length=60,
        help_text="姓名或学籍号；同名的填学籍号",
        widget=forms.TextInput(attrs={"list": "students", "autocomplete": "off"}),
    )
    on = DayField(label="到账日期")
    amount = MoneyField(label="金额（元）")
    method = forms.ChoiceField(label="方式", choices=TYPED_METHODS)
    fund = forms.ChoiceField(label="交的是什么", choices=PAID_FOR, help_text="一笔钱只付一样；餐费不抵课后服务费")
    payer = forms.CharField(label="付款人", max_length=100)
    payer_account = forms.CharField(
        label="付款账号（可不填）", max_length=40, required=False, help_text="退费退回这个账号；没有的到校领取"
    )
    another = forms.BooleanField(label="确是另一笔付款", required=False)

    def __init__(self, *args, today, collects=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        if not collects:  # the school takes nothing but the fee
            del self.fields["fund"]

    def clean_on(self):
        if self.cleaned_data["on"] > self.today:
            raise forms.ValidationError("到账日期不能在今天之后")
        return self.cleaned_data["on"]


class StatementForm(Desk):
    button = "导入并核对"
    first = "file"

    file = forms.FileField(
        label="银行流水（.xlsx 或 .csv）",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text="从网上银行导出的账户交易明细。能确定学生的自动入账，其余逐笔核对；同一流水号不会入账两次。",
    )


class AnswerForm(Desk):
    button = "读入并核对"
    first = "file"

    file = forms.FileField(
        label="银行回单（.xlsx 或 .csv）",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        help_text="从网上银行导出的代发结果。先逐行核对给您看，确认以后才登记；同一份回单读两次，不会多记。",
    )


class ExpenseForm(Desk):
    button = "录入，交复核审批"
    rows = (("category", "amount"), ("on", "payee"), ("voucher_number", "voucher"), ("grade", "note"))

    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    category = forms.ChoiceField(label="类别")
    amount = MoneyField(label="金额（元）")
    on = DayField(label="日期")
    payee = forms.CharField(label="收款单位或个人", max_length=100)
    voucher_number = forms.CharField(label="票据号", max_length=60)
    voucher = forms.FileField(
        label="票据扫描件",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text="PDF、JPG 或 PNG，不超过 5 MB；可以稍后补传",
    )
    grade = forms.TypedChoiceField(label="哪个年级的", coerce=int, required=False, empty_value=None)
    note = forms.CharField(label="说明（可不填）", max_length=200, required=False)
    another = forms.BooleanField(label="确是这张票据的另一笔", required=False)

    def __init__(self, *args, fee_month: FeeMonth, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories(fee_month)
        first = "voucher_number" if self.initial.get("payee") else "category"
        self.fields[first].widget.attrs["autofocus"] = True
        self.fields["grade"].choices = [
            ("", "全校共用，按缴费人数分摊"),
            *((grade, GRADES[grade]) for grade in fee_month.school.grades),
        ]

    def clean_category(self) -> tuple[str, str]:
        fund, _, category = self.cleaned_data["category"].partition(":")
        return fund, category

    def clean_voucher(self) -> bytes | None:
        return _bytes(self.cleaned_data["voucher"])


def categories(fee_month: FeeMonth) -> list:
    """What the policy allows, by fund; what it forbids by name can be chosen, and is refused with its clause."""
    policy = load(fee_month.policy)
    groups = []
    for fund in SPENT_HERE:
        rules = [
            *expenses.categories(policy, fee_month.month, fund.in_policy),
            *expenses.denied(policy, fee_month.month, fund.in_policy),
        ]
        # Own teachers are paid by the stipend sheet alone.
        choices = [(f"{fund}:{rule.key}", rule.label) for rule in rules if rule.key != Expense.STIPENDS]
        if choices:
            groups.append((fund.label, choices))
    return groups


class VoucherForm(forms.Form):
    voucher = forms.FileField(label="票据扫描件")

    def clean_voucher(self) -> bytes | None:
        return _bytes(self.cleaned_data["voucher"])


def _bytes(upload) -> bytes | None:
    """Never more than one byte above what is allowed."""
    return upload.read(LARGEST + 1) if upload else None


class SubsidyForm(Desk):
    button = "登记到账"
    first = "on"
    rows = (("payer", "document"), ("heads", "amount"))

    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    on = DayField(label="到账日期")
    payer = forms.ChoiceField(label="出资方")
    document = forms.CharField(label="下达文号", max_length=100)
    heads = forms.IntegerField(label="学生数", min_value=1, max_value=100_000)
    amount = MoneyField(label="金额（元）")

    def __init__(self, *args, rule: rules.Subsidy | None, **kwargs):
        super().__init__(*args, **kwargs)
        payers = rule.payers if rule else ()
        self.fields["payer"].required = bool(payers)
        self.fields["payer"].choices = [(one.name, f"{one.name}（承担 {one.percent}%）") for one in payers]


class PaidForm(forms.Form):
    paid_on = DayField(label="到账日期")

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def day(self) -> date:
        """The day the bank paid. Raises RuleBroken when it is no day, or still to come."""
        if not self.is_valid():
            raise RuleBroken("请填写到账日期")
        if self.cleaned_data["paid_on"] > self.today:
            raise RuleBroken("到账日期不能在今天之后")
        return self.cleaned_data["paid_on"]


class FeeForm(forms.Form):
    """What WeChat kept of what it paid out; left empty, nothing."""

    fee = MoneyField(required=False)

    def fee_kept(self) -> Money:
        if not self.is_valid():
            raise RuleBroken("手续费请填金额，如 2.40")
        return self.cleaned_data["fee"] or ZERO
