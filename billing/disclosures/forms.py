from datetime import date

from django import forms

from .selectors import months_published


class SearchForm(forms.Form):
    """Which school, which month."""

    q = forms.CharField(
        label="学校或教育局", max_length=60, required=False, widget=forms.TextInput(attrs={"class": "form-control"})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        months = [(f"{month:%Y-%m}", f"{month.year}年{month.month}月") for month in months_published()]
        self.fields["month"] = forms.TypedChoiceField(
            label="月份",
            required=False,
            choices=[("", "全部月份"), *months],
            coerce=lambda month: date.fromisoformat(f"{month}-01"),
            empty_value=None,
            widget=forms.Select(attrs={"class": "form-select"}),
        )

    def asked(self) -> tuple[str, date | None]:
        """What was typed wrongly is not asked."""
        told = self.cleaned_data if self.is_valid() else {}
        return told.get("q", "").strip(), told.get("month")


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label="为什么更正",
        max_length=200,
        help_text="会和新版一起公开，请不要写人名和电话。",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class ReportForm(forms.Form):
    text = forms.CharField(
        label="谁、什么时候、收了什么",
        max_length=300,
        help_text="例：10月12日，班级群里每人收 50 元材料费。只有教育局看得到，学校看不到。",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 4}),
    )


class ReportAnswerForm(forms.Form):
    answer = forms.CharField(
        label="核实的情况", max_length=300, widget=forms.Textarea(attrs={"class": "form-control", "rows": 2})
    )
