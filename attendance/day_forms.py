"""What the leader and the office fill in about a day."""

from itertools import groupby

from django import forms
from django.forms.models import ModelChoiceIterator

from afterschool.policy.terms import GRADES

from .models import Incident

CALENDAR = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
NOTE = forms.Textarea(attrs={"rows": 3})
# What a person writes down; what the gate finds out by itself is not among it.
WRITTEN = (Incident.Kind.ILLNESS, Incident.Kind.INJURY, Incident.Kind.WRONG_ADULT, Incident.Kind.OTHER)


class _ByClass(ModelChoiceIterator):
    """The children under their classes."""

    def __iter__(self):
        yield "", self.field.empty_label
        children = sorted(self.queryset, key=lambda child: (child.school_class.grade, child.school_class.number))
        for klass, group in groupby(children, key=lambda child: child.school_class):
            yield str(klass), [self.choice(child) for child in group]


class _ChildField(forms.ModelChoiceField):
    iterator = _ByClass

    def label_from_instance(self, child):
        return child.name


class IncidentForm(forms.Form):
    kind = forms.ChoiceField(
        label="类别",
        choices=[(kind.value, kind.label) for kind in WRITTEN],
        error_messages={"required": "请选出了什么事"},
    )
    student = _ChildField(
        None,
        label="哪个孩子（生病、受伤要选）",
        required=False,
        empty_label="没有选孩子",
        widget=forms.Select(attrs={"class": "form-select", "id": "student"}),
    )
    note = forms.CharField(label="经过与处置", widget=NOTE, max_length=1000)
    first_aid = forms.CharField(label="急救处理（可不填）", max_length=200, required=False)
    told_guardian = forms.BooleanField(label="已经告知家长", required=False)

    def __init__(self, *args, students, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["student"].queryset = students.select_related("school_class")


class StepForm(forms.Form):
    """What was done since. The button says whether it is over."""

    first_aid = forms.CharField(label="急救处理", max_length=200, required=False)
    told_guardian = forms.BooleanField(label="已经告知家长", required=False)
    reported_to = forms.CharField(label="上报给谁", max_length=60, required=False)
    follow_up = forms.CharField(label="后来怎样处理", widget=NOTE, max_length=1000, required=False)
    settles = forms.BooleanField(required=False)


class CallBackForm(forms.Form):
    """Who answered, and what was said. `agreed` is the button."""

    guardian = forms.ModelChoiceField(None, label="接电话的监护人", empty_label=None)
    adult_name = forms.CharField(label="来接的人", max_length=60)
    adult_relation = forms.CharField(label="和孩子的关系", max_length=20)
    agreed = forms.BooleanField(required=False)

    def __init__(self, *args, guardians, about_dispute: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["guardian"].queryset = guardians
        if about_dispute:
            del self.fields["adult_name"], self.fields["adult_relation"]


class KeeperForm(forms.Form):
    keeper = forms.ModelChoiceField(None, label="看护人", empty_label="请选")
    place = forms.CharField(label="地点", max_length=40)

    def __init__(self, *args, keepers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["keeper"].queryset = keepers
        self.fields["keeper"].label_from_instance = lambda person: person.name


class LateForm(KeeperForm):
    children = forms.ModelMultipleChoiceField(None, label="孩子", error_messages={"required": "请勾选要看护的孩子"})

    def __init__(self, *args, children, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["children"].queryset = children


class PatrolForm(forms.Form):
    """`fine` is the one tap; otherwise what is wrong is ticked."""

    WRONG = {
        "late": "没有准时开始",
        "teacher_away": "教师不在岗",
        "headcount_wrong": "人数不符",
        "unsafe": "场所不安全",
    }
    wrong = forms.MultipleChoiceField(choices=list(WRONG.items()), required=False)
    note = forms.CharField(label="情况", max_length=200, required=False)

    @property
    def findings(self) -> dict:
        wrong = self.cleaned_data["wrong"]
        return {
            "on_time": "late" not in wrong,
            "teacher_there": "teacher_away" not in wrong,
            "headcount_right": "headcount_wrong" not in wrong,
            "is_safe": "unsafe" not in wrong,
            "note": self.cleaned_data["note"],
        }


class BatchForm(forms.Form):
    name = forms.CharField(label="批次，如“第一批”", max_length=20)
    grades = forms.TypedMultipleChoiceField(label="年级", coerce=int, widget=forms.CheckboxSelectMultiple)
    leaves_at = forms.TimeField(label="放学时间", widget=CLOCK)
    place = forms.CharField(label="校门（可不填）", max_length=40, required=False)
    began_on = forms.DateField(label="从哪天起", widget=CALENDAR)
    despite = forms.CharField(required=False)  # which classes end only later: the button says it has been read

    def __init__(self, *args, school, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grades"].choices = [(grade, GRADES[grade]) for grade in school.grades]


class LastDayForm(forms.Form):
    ended_on = forms.DateField(label="最后一天", widget=CALENDAR)
