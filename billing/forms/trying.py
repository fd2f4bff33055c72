"""What all trials of a policy ask: which policy, and what the place is like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy

from afterschool.money import Money
from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.rule import Case, Rule
from afterschool.policy.terms import GRADES
from afterschool.policy.trial import ScenarioError
from afterschool.schools.models import Bureau, School
from afterschool.templatetags.words import month as month_words
from billing.selectors.trials import Tried, calendar_of, school_of, term_of

FIRST_SENIOR_GRADE = 10
WIDE = {"weekdays": InlineCheckboxes("weekdays")}
# What is asked for under another name than the scenario's.
PLACES = {"$.term": "month"}
# Another policy has other groups, items and categories: the form is laid out anew for it.
LAID_OUT_ANEW = {
    "hx-get": reverse_lazy("billing:trial"),
    "hx-target": "#trial",
    "hx-swap": "outerHTML",
    "hx-include": "closest form",
    "hx-params": "not csrfmiddlewaretoken,file",
    "hx-disabled-elt": "unset",
}


def months_around(today: date) -> list[tuple[str, str]]:
    months = [date(today.year + (today.month + n) // 12, (today.month + n) % 12 + 1, 1) for n in range(-6, 8)]
    return [(f"{one:%Y-%m}", month_words(one)) for one in months]


class TimeField(forms.TimeField):
    def __init__(self, **kwargs):
        super().__init__(**{"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")} | kwargs)


class CountField(forms.IntegerField):
    def __init__(self, **kwargs):
        super().__init__(**{"min_value": 0, "max_value": 100_000} | kwargs)


class AmountsField(forms.CharField):
    """Amounts one after another, as they stand in a column of a spreadsheet or with 、 between."""

    def clean(self, value) -> list[Money]:
        text = super().clean(value).replace("、", " ").replace("，", " ").replace("；", " ")
        try:
            return [Money.parse(one) for one in text.split()]
        except ValueError as odd:
            raise forms.ValidationError(str(odd)) from odd


class TrialForm(forms.Form):
    """The policy, and what all of these forms know of the place."""

    what = ""
    title = ""
    asks: tuple[str, ...] = ()  # in the order of the page

    policy = forms.ChoiceField(label="按哪份文件", widget=forms.Select(attrs=LAID_OUT_ANEW))

    def __init__(self, *args, place: Bureau | School, tried: Sequence[Tried], today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.place, self.today = place, today
        self.fields["policy"].choices = [(one.code, one.label) for one in tried]
        asked = self.data.get("policy") if self.is_bound else self.initial.get("policy")
        self.tried = next((one for one in tried if one.code == asked), tried[0])
        self.initial["policy"] = self.tried.code
        for name, choices in self.choices().items():
            self.fields[name].choices = choices
        for name, is_asked in self.uses().items():
            if name in self.fields and not is_asked:
                del self.fields[name]

    @classmethod
    def beginning(cls, place: Bureau | School, today: date, typed: QueryDict) -> dict[str, Any]:
        """What stands in the fields at first; what was typed for another policy stays."""
        bureau, base = (place.bureau, place.stipend_base_fen) if isinstance(place, School) else (place, None)
        money = {"base": base, "city_average": bureau.hourly_wage_fen}
        kept = {name: typed.getlist(name) if name == "weekdays" else typed[name] for name in typed}
        return {
            "month": f"{today:%Y-%m}",
            "on": today,
            "day": today,
            "slot": "afternoon",
            "weekdays": [1, 2, 3, 4, 5],
            "starts": "16:00",
            "ends": "18:00",
            **{name: Money(fen).plain() for name, fen in money.items() if fen is not None},
            **kept,
        }

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        columns = [Column(WIDE.get(name, name), css_class="col-md-6") for name in self.asks if name in self.fields]
        helper.layout = Layout("policy", Row(*columns))
        return helper

    @property
    def grades(self) -> range:
        return self.place.grades if isinstance(self.place, School) else range(1, 13)

    @property
    def law(self) -> Policy:
        return self.tried.policy

    @property
    def held(self) -> list[Rule]:
        """The rules that may speak of this place."""
        stage = self.place.stage if isinstance(self.place, School) else None
        return [rule for rule in self.law.rules if rule.may_hold(Case(stage=stage))]

    def choices(self) -> dict[str, list]:
        """The fields whose choices depend on the place or the policy."""
        known: dict[str, list] = {
            "grade": [(grade, GRADES[grade]) for grade in self.grades],
            "month": months_around(self.today),
            "item": [
                ("", "不分项目"),
                *((one.key, one.label) for one in self.held if isinstance(one, rules.ServiceItem)),
            ],
        }
        return {name: choices for name, choices in known.items() if name in self.fields}

    def uses(self) -> dict[str, bool]:
        """Which fields this policy and this place give a reason to ask."""
        return {
            "boarding": max(self.grades) >= FIRST_SENIOR_GRADE,
            "item": any(rule.items for rule in self.held),
            "lessons": any(isinstance(rule, rules.Price) and rule.unit == "lesson" for rule in self.held),
        }

    def scenario(self) -> dict[str, Any]:
        raise NotImplementedError

    def point_out(self, odd: ScenarioError) -> None:
        """At the field that the place in the scenario comes from, or above them all."""
        name = PLACES.get(odd.path, odd.path.rpartition(".")[2])
        self.add_error(name if name in self.fields else None, f"{odd.problem}，{odd.expected}")

    def school(self) -> dict[str, Any]:
        asked = self.cleaned_data
        return school_of(self.place, grade=asked["grade"], boarding=asked.get("boarding", False))

    def days(self) -> dict[str, Any]:
        """The month with its term and calendar."""
        first = date.fromisoformat(f"{self.cleaned_data['month']}-01")
        return {"month": self.cleaned_data["month"], **term_of(self.place, first), **calendar_of(self.place, first)}

    def given(self, **names: str) -> dict[str, Any]:
        """What was filled in, under the names of a scenario."""
        values = {key: self.cleaned_data.get(name) for key, name in names.items()}
        return {key: plain(value) for key, value in values.items() if value not in (None, "", [])}


class OfferingForm(TrialForm):
    """What price, refund and hours ask alike."""

    grade = forms.TypedChoiceField(label="年级", coerce=int)
    boarding = forms.BooleanField(label="住校", required=False)
    item = forms.ChoiceField(label="服务项目", required=False)


def plain(value: Any) -> Any:
    return value.plain() if isinstance(value, Money) else value
