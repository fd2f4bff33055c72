"""What is typed into a plan, read kindly."""

from typing import cast

from django import forms
from django.forms.models import modelform_factory

from afterschool.money import Money
from afterschool.policy import fees
from afterschool.policy.terms import GRADES, WEEKDAYS
from afterschool.policy.windows import BELLS

from .models import Offering, Plan
from .parts import Part

# An input method turns 17:30 into 17：30, and a hurried hand into 1730.
_PLAIN_CLOCK = str.maketrans("０１２３４５６７８９：", "0123456789:")
TALL = ("content", "budget", "refund_method", "safety", "emergency", "meals", "committee_opinion")


class ClockField(forms.TimeField):
    input_formats = ("%H:%M", "%H%M", "%H:%M:%S")
    default_error_messages = {"invalid": "时间请写成 17:30 这样"}

    def __init__(self, **kwargs):
        super().__init__(widget=forms.TimeInput(format="%H:%M", attrs={"class": "num"}), **kwargs)

    def to_python(self, value):
        return super().to_python(value.translate(_PLAIN_CLOCK) if isinstance(value, str) else value)


class MoneyField(forms.Field):
    """Takes what people type and paste: ２００, 200元, 1,234.50."""

    def to_python(self, value):
        try:
            return Money.parse(value or "")
        except ValueError as odd:
            raise forms.ValidationError(str(odd)) from odd

    def prepare_value(self, value):
        return value.plain() if isinstance(value, Money) else value


class NumbersField(forms.TypedMultipleChoiceField):
    """Several of a few numbers, as boxes to tick."""

    def __init__(self, **kwargs):
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}), **kwargs)


class Told(forms.ModelForm):
    """A form whose every field has a place for what is wrong with it, filled as one types."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            look = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            if not isinstance(field.widget, forms.CheckboxSelectMultiple):
                field.widget.attrs["class"] = f"{look} {field.widget.attrs.get('class', '')}".strip()
            field.widget.attrs["aria-describedby"] = f"e-{self.add_prefix(name)}"
            field.widget.attrs["autocomplete"] = "off"
            field.error_messages["required"] = f"请填写{field.label}"


class OfferingForm(Told):
    grades = NumbersField(label="年级")
    weekdays = NumbersField(label="星期", choices=[(i, f"周{name}") for i, name in enumerate(WEEKDAYS, 1)])
    starts_at = ClockField(label="开始")
    ends_at = ClockField(label="结束")
    fee = MoneyField(label="收费（元）")

    class Meta:
        model = Offering
        fields = ("name", "kind", "slot", "boarding", "lessons", "expected", "seats")

    def __init__(self, *args, **kwargs):
        offering = kwargs["instance"]
        seen = {name: getattr(offering, name) for name in ("grades", "weekdays", "starts_at", "ends_at", "fee")}
        super().__init__(*args, initial=seen, **kwargs)
        self.fields["fee"].label = f"{fees.PER[offering.unit]}（元）"
        grades = cast(NumbersField, self.fields["grades"])
        grades.choices = [(grade, GRADES[grade]) for grade in offering.school.grades]

    def clean(self):
        """What was typed goes into the instance, so that it can be checked before it is saved."""
        typed = super().clean() or {}
        for name in ("grades", "weekdays", "starts_at", "ends_at"):
            if name in typed:
                setattr(self.instance, name, typed[name])
        if "fee" in typed:
            self.instance.fee_fen = typed["fee"].fen
        return typed

    @property
    def written(self) -> dict:
        """The fields as the action takes them."""
        fee = {"fee_fen": self.cleaned_data["fee"].fen}
        return fee | {name: value for name, value in self.cleaned_data.items() if name != "fee"}


def part_form(part: Part) -> type[Told]:
    tall = {name: forms.Textarea(attrs={"rows": 4}) for name in TALL}
    days = {"committee_met_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"})}
    clocks = dict.fromkeys(BELLS, ClockField)
    return cast(
        type[Told],
        modelform_factory(Plan, form=Told, fields=part.fields, widgets={**tall, **days}, field_classes=clocks),
    )


class ReviewForm(forms.Form):
    answer = forms.CharField(max_length=10)
    reason = forms.CharField(max_length=1000, required=False)


class PlanStartForm(forms.Form):
    school = forms.IntegerField()
    term = forms.IntegerField()


class MinutesForm(forms.Form):
    minutes = forms.FileField()
