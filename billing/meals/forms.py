"""What a school writes down of a meal, what its supplier bills, and the one question to a family: from which day."""

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.helper import FormHelper
from django import forms

from afterschool.policy.rules import OwnItem
from afterschool.policy.terms import weekday_name
from billing.forms.books import DayField, Desk, MoneyField, _bytes
from billing.models import Meal


class MealForm(Desk):
    button = "保存，交复核公布"
    first = "name"
    rows = (("item", "name"), ("supplier", "licence"), ("price", "began_on"), ("leave_days", "leave_until"))

    item = forms.ChoiceField(label="代收项目")
    name = forms.CharField(label="名称", max_length=40, help_text="家长看到的，如“午餐”")
    supplier = forms.CharField(label="供餐单位", max_length=100)
    licence = forms.CharField(label="食品经营许可证号", max_length=40)
    price = MoneyField(label="每天（元）")
    began_on = DayField(label="从哪天起供餐")
    leave_days = forms.TypedChoiceField(
        label="请假退餐：提前",
        coerce=int,
        choices=[(0, "当天"), (1, "前一天"), (2, "提前 2 天"), (3, "提前 3 天")],
        initial=1,
    )
    leave_until = forms.TimeField(label="几点以前", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    weekdays = forms.TypedMultipleChoiceField(
        label="供餐日", coerce=int, choices=[(day, weekday_name(day)) for day in range(1, 8)],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.layout.fields.remove("weekdays")
        helper.layout.append(InlineCheckboxes("weekdays"))
        return helper

    def __init__(self, *args, items: list[OwnItem], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [(one.key, one.label) for one in items]
        self.collects = bool(items)


class InvoiceForm(Desk):
    button = "录入，交复核审批"
    first = "amount"
    rows = (("meal", "amount"), ("on", "voucher_number"), ("voucher", "note"))

    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    meal = forms.ModelChoiceField(label="哪一项供餐", queryset=Meal.objects.none(), empty_label=None)
    amount = MoneyField(label="金额（元）")
    on = DayField(label="日期")
    voucher_number = forms.CharField(label="发票或结算单号", max_length=60)
    voucher = forms.FileField(
        label="扫描件",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text="PDF、JPG 或 PNG，不超过 5 MB；可以稍后补传",
    )
    note = forms.CharField(label="说明（可不填）", max_length=200, required=False)
    another = forms.BooleanField(label="确是这张票据的另一笔", required=False)

    def __init__(self, *args, meals, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meal"].queryset = meals

    def clean_voucher(self) -> bytes | None:
        return _bytes(self.cleaned_data["voucher"])


class EndForm(forms.Form):
    last_on = DayField(label="最后一天")


class LeaveForm(forms.Form):
    first_on = DayField(label="自")
    last_on = DayField(label="至")


class OrderForm(forms.Form):
    """What was on the page: the meal, the sentences by their hash, and the box that a guardian ticks."""

    meal = forms.ModelChoiceField(queryset=Meal.objects.none())
    began_on = DayField(label="从哪天起")
    sha256 = forms.CharField(max_length=64)
    agree = forms.BooleanField()

    def __init__(self, *args, school: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meal"].queryset = Meal.objects.published().filter(school=school)

    def order(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("meal", "began_on", "sha256")}
