from datetime import date

from django import forms

from afterschool.schools.models import School
from afterschool.templatetags.words import month as month_said

from .models import Account
from .selectors import last_day, months_of

ALL = "all"


class VoucherSearch(forms.Form):
    """Of which month, which account, with which words. Without a month: the latest that has vouchers."""

    month = forms.ChoiceField(label="月份", required=False)
    kind = forms.ChoiceField(label="科目", required=False, choices=[("", "全部科目"), *Account.Kind.choices])
    q = forms.CharField(label="号、金额、摘要", required=False, max_length=60)

    def __init__(self, data, school: School):
        self.months = months_of(school)
        asked = data.copy()
        asked.setdefault("month", f"{self.months[0]:%Y-%m}" if self.months else ALL)
        super().__init__(asked)
        self.fields["month"].choices = [
            *((f"{month:%Y-%m}", month_said(month)) for month in self.months),
            (ALL, "全部月份"),
        ]

    @property
    def month_asked(self) -> date | None:
        """None: all of them. What is no month of this book is answered with the latest."""
        asked = self.cleaned_data.get("month") or (f"{self.months[0]:%Y-%m}" if self.months else ALL)
        return None if asked == ALL else date.fromisoformat(f"{asked}-01")


def day_input() -> forms.DateInput:
    return forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d")


class Days(forms.Form):
    """From a day until a day. Where nothing is asked, or in vain, those given here."""

    first = forms.DateField(label="从", required=False, widget=day_input())
    last = forms.DateField(label="到", required=False, widget=day_input())

    def __init__(self, data, first: date | None, last: date):
        self.otherwise = last
        asked = data.copy()
        if "first" not in data and "last" not in data:
            asked.update({"first": first.isoformat() if first else "", "last": last.isoformat()})
        super().__init__(asked)

    def clean(self):
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", "结束日期早于开始日期")
        return self.cleaned_data

    @property
    def first_day(self) -> date | None:
        """None: from the book's beginning."""
        return self.cleaned_data.get("first")

    @property
    def last_day(self) -> date:
        return self.cleaned_data.get("last") or self.otherwise


class AsOf(forms.Form):
    """As of a day. Where nothing is asked, or in vain, the one given here."""

    day = forms.DateField(label="截至", required=False, widget=day_input())

    def __init__(self, data, otherwise: date):
        self.otherwise = otherwise
        super().__init__(data if data.get("day") else {"day": otherwise.isoformat()})

    @property
    def day_asked(self) -> date:
        return self.cleaned_data.get("day") or self.otherwise


def days_of_latest_month(school: School, today: date) -> tuple[date, date]:
    month = next(iter(months_of(school)), today.replace(day=1))
    return month, last_day(month)
