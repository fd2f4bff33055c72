import re
import unicodedata

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.forms import SetPasswordForm

from .models import mobile


class PhoneField(forms.CharField):
    """A mobile number as people type and paste it: full-width digits, blanks, dashes, +86."""

    default_validators = [mobile]

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"type": "tel", "inputmode": "numeric", "autocomplete": "tel", "class": "num"})
        super().__init__(**{"label": "手机号", "widget": widget, **kwargs})

    def to_python(self, value):
        text = unicodedata.normalize("NFKC", super().to_python(value) or "")
        return re.sub(r"[\s-]", "", text).removeprefix("+86")


class PasswordForm(forms.Form):
    phone = PhoneField()
    password = forms.CharField(
        label="密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    helper = FormHelper()
    helper.form_tag = False


class NewPasswordForm(SetPasswordForm):
    """A password for oneself, typed twice."""

    new_password1, new_password2 = SetPasswordForm.create_password_fields("新密码", "再输一遍")
    new_password1.help_text = "至少 8 个字，不要用 12345678 这样常见的。"
    new_password2.help_text = ""

    helper = FormHelper()
    helper.form_tag = False


class CodeForm(forms.Form):
    phone = PhoneField()
    code = forms.RegexField(
        r"\A\d{6}\Z",
        label="短信验证码",
        error_messages={"invalid": "验证码是 6 位数字。", "required": "请填写短信里的 6 位数字。"},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 6, "class": "num"}
        ),
    )

    helper = FormHelper()
    helper.form_tag = False


class AskCodeForm(forms.Form):
    phone = PhoneField()
