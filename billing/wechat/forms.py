from django import forms


class PayForm(forms.Form):
    """Nothing to fill in: the key born with the form, and the code by which WeChat knows the phone."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    code = forms.CharField(max_length=200, widget=forms.HiddenInput)
