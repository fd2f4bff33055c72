from datetime import datetime

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils import timezone

from afterschool.policy.terms import weekday_name
from enrollment.models import Section

from .models import Duty

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
CALENDAR = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PlanForm(forms.Form):
    """A person for a section (or the whole school) on given weekdays, from a day to a day."""

    person = forms.ModelChoiceField(None, label="谁", empty_label="请选择")
    section = forms.ModelChoiceField(None, label="服务班", required=False, empty_label="全校（带班领导、教辅）")
    role = forms.ChoiceField(label="岗位")
    weekdays = forms.TypedMultipleChoiceField(
        label="星期",
        choices=[(n, weekday_name(n)) for n in range(1, 7)],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    first = forms.DateField(label="自", widget=CALENDAR)
    last = forms.DateField(label="至", widget=CALENDAR)

    def __init__(self, *args, people, sections, roles, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = list(roles.items())
        self.fields["person"].queryset = people
        self.fields["section"].queryset = sections
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("person"), Column("role"), Column("section")),
            InlineCheckboxes("weekdays"),
            Row(Column("first"), Column("last")),
        )

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", "结束的日子不能早于开始的日子")
        whole_school = {Duty.Role.LEADER, Duty.Role.ASSISTANT}
        if data.get("role") and data["role"] not in whole_school and not data.get("section"):
            self.add_error("section", "在班里值班的要选一个服务班")
        if data.get("role") == Duty.Role.LEADER and data.get("section"):
            self.add_error("section", "带班领导管全校，请选“全校”")
        return data


class PlaceForm(forms.Form):
    """One empty place on the rota and who takes it."""

    section = forms.ModelChoiceField(None, required=False)
    role = forms.ChoiceField(choices=Duty.Role.choices)
    person = forms.ModelChoiceField(None, required=False)

    def __init__(self, *args, school, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = Section.objects.filter(school=school)
        self.fields["person"].queryset = people


class HoursForm(forms.Form):
    """Hours that were not tapped, or tapped wrong."""

    arrived = forms.TimeField(label="到岗", widget=CLOCK)
    left = forms.TimeField(label="离岗", widget=CLOCK)
    reason = forms.CharField(label="为什么改", max_length=100)

    def hours(self, duty: Duty) -> dict:
        def moment(at):
            return timezone.make_aware(datetime.combine(duty.day, at))

        data = self.cleaned_data
        return {
            "arrived_at": moment(data["arrived"]),
            "left_at": moment(data["left"]),
            "reason": data["reason"],
        }
