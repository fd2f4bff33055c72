"""What the registry's forms are made of."""

import re
import unicodedata

from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import RegexValidator

from afterschool.money import Money


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class MoneyField(forms.CharField):
    """`56`, `¥56.00`, `５６元`: all of them Money; None where nothing is typed."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "num"})

    def clean(self, value) -> Money | None:
        text = super().clean(value)
        try:
            return Money.parse(text) if text else None
        except ValueError as odd:
            raise forms.ValidationError(str(odd)) from odd


class AccountField(forms.CharField):
    """A bank account as people type it, in groups or not."""

    default_validators = [RegexValidator(r"\A\d+\Z", "账号只有数字，请核对。")]
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"})

    def to_python(self, value):
        return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", super().to_python(value) or ""))


class PlainForm(forms.Form):
    """A form whose page draws the tag and the buttons."""

    helper = FormHelper()
    helper.form_tag = False


def offer(form: forms.Form, name: str, choices) -> None:
    """Choices of a field; who has only one is not asked."""
    form.fields[name].queryset = choices
    if len(choices) == 1:
        form.fields[name].initial = choices[0]
        form.fields[name].widget = forms.HiddenInput()
