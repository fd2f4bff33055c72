from datetime import date, timedelta

from django import forms

from .models import Incident, Mark

CALENDAR = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def roll_exceptions(post, listed) -> dict[int, str]:
    """What the tiles say: `mark-<child>` for each listed child."""
    typed = {student.pk: post.get(f"mark-{student.pk}") for student in listed}
    return {pk: status for pk, status in typed.items() if status}


class MarkForm(forms.Form):
    status = forms.ChoiceField(choices=Mark.Status.choices)


class LeaveForm(forms.Form):
    """请假 in three taps: today or tomorrow by one button, other days by dates."""

    first_on = forms.DateField(label="自", widget=CALENDAR)
    last_on = forms.DateField(label="至", widget=CALENDAR)
    is_ill = forms.BooleanField(label="病假", required=False)
    reason = forms.CharField(label="事由（可不填）", max_length=100, required=False)

    @classmethod
    def from_tap(cls, post, today: date) -> "LeaveForm":
        """The buttons 今天 and 明天 stand for both dates."""
        data = post.copy()
        if post.get("when") in ("today", "tomorrow"):
            day = today + timedelta(days=post["when"] == "tomorrow")
            data["first_on"] = data["last_on"] = day.isoformat()
        return cls(data)


class IncidentForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=Incident.Kind.choices)
    student = forms.ModelChoiceField(None, label="涉及的孩子", required=False, empty_label="不涉及孩子")
    note = forms.CharField(label="经过与处置", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)

    def __init__(self, *args, students, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["student"].queryset = students
