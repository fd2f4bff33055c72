"""点名、更正、联系、转班、停课: the shape of what is tapped."""

from django import forms

from .forms import FormNumber
from .models import ContactAttempt, Mark, Session

SAID_OFTEN = ("点错了", "漏点了", "后来到了", "提前走了", "家长来电请假", "身体不舒服")


def roll_exceptions(post, listed) -> dict[int, str]:
    """What the tiles say: `mark-<child>` for each listed child."""
    typed = {student.pk: post.get(f"mark-{student.pk}") for student in listed}
    return {pk: status for pk, status in typed.items() if status}


class CorrectionForm(forms.Form):
    """What it becomes, and why: one of the common reasons by its button, or words of one's own."""

    status = forms.ChoiceField(choices=Mark.Status.choices, error_messages={"required": "请先选改成什么"})
    reason = forms.CharField(max_length=100, required=False)
    words = forms.CharField(label="别的原因", max_length=100, required=False)

    def clean(self):
        said = self.cleaned_data
        return {"status": said.get("status"), "reason": said.get("words") or said.get("reason", "")}


class ContactForm(forms.Form):
    """Whom one called, and what came of it: one tap where it was the first guardian."""

    person = forms.ModelChoiceField(None, required=False)
    result = forms.ChoiceField(choices=ContactAttempt.Result.choices, error_messages={"required": "请选联系结果"})
    note = forms.CharField(label="说明（可不填）", max_length=100, required=False)
    uid = FormNumber()

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class TransferForm(forms.Form):
    """From where, and who of the list did not come."""

    origin = forms.ModelChoiceField(None, required=False)
    missing = forms.TypedMultipleChoiceField(coerce=int, required=False)
    note = forms.CharField(label="注意事项（可不填）", max_length=100, required=False)

    def __init__(self, *args, moves, **kwargs):
        super().__init__(*args, **kwargs)
        origins = [move.origin.pk for move in moves if move.origin]
        self.fields["origin"].queryset = Session.objects.filter(pk__in=origins)
        self.fields["missing"].choices = [(child.pk, child.name) for move in moves for child in move.students]


class StopForm(forms.Form):
    """One session or, said in so many words, all of today's: nothing is chosen beforehand."""

    ALL = "all"
    which = forms.ChoiceField(label="停哪些班", error_messages={"required": "请选停哪个班，还是全校都停"})
    until = forms.TimeField(label="几点起停", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    cause = forms.ChoiceField(label="原因", choices=Session.Unserved.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="说明（家长会看到）", max_length=60)
    counts = forms.BooleanField(label="提前结束的照常计一次服务，不退费", required=False)

    def __init__(self, *args, sessions, **kwargs):
        super().__init__(*args, **kwargs)
        self.sessions = {str(one.pk): one for one in sessions}
        each = [(pk, f"只停 {one.section.name}") for pk, one in self.sessions.items()]
        self.fields["which"].choices = [("", "请选"), *each, (self.ALL, f"全校今天的 {len(each)} 个班都停")]

    def clean(self):
        which = self.cleaned_data.pop("which", "")
        return {**self.cleaned_data, "session": self.sessions.get(which)}


class RoomForm(forms.Form):
    """Another room, or another class to sit with; both blank: as planned."""

    room = forms.CharField(label="今天换到（教室）", max_length=40, required=False)
    merged_into = forms.ModelChoiceField(None, label="和哪个班合在一起", required=False, empty_label="不合班")

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["merged_into"].queryset = others
        self.fields["merged_into"].label_from_instance = lambda one: f"{one.section.name} {one.place}".strip()
