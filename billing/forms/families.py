"""What a guardian types in the money room."""

import re
import unicodedata

from crispy_forms.helper import FormHelper
from django import forms

from afterschool.access.forms import CodeForm


class AccountField(forms.CharField):
    """A card number as people type and paste it: full-width digits, blanks between the groups."""

    def to_python(self, value):
        return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", super().to_python(value) or ""))


class PayeeForm(forms.Form):
    payee = forms.CharField(label="收款人（银行卡户名）", max_length=100)
    payee_account = AccountField(
        label="收款账号",
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"}),
    )
    reason = forms.CharField(label="为什么要换", max_length=200)
    code = CodeForm.base_fields["code"]

    helper = FormHelper()
    helper.form_tag = False
