"""What families say of a day, what the guard writes down."""

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from django import forms

from afterschool.access.models import mobile
from afterschool.templatetags.words import day, weekday

from .models import GateEntry
from .selectors import FamilyDay

CALENDAR = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FormNumber(forms.UUIDField):
    """Of which form this is: sent twice, it counts once. A form that comes back was refused, and is a new one."""

    widget = forms.HiddenInput

    def __init__(self):
        super().__init__(required=False, initial=uuid4)

    def bound_data(self, data, initial):
        return initial


class LeaveForm(forms.Form):
    """请假 in three taps: one of the next days by its button, other days by dates."""

    first_on = forms.DateField(label="自", widget=CALENDAR)
    last_on = forms.DateField(label="至", widget=CALENDAR)
    is_ill = forms.BooleanField(label="病假", required=False)
    reason = forms.CharField(label="事由（可不填）", max_length=100, required=False)

    @classmethod
    def from_tap(cls, post) -> "LeaveForm":
        """The button of a single day stands for both dates."""
        data = post.copy()
        if post.get("when"):
            data["first_on"] = data["last_on"] = post["when"]
        return cls(data)


class ChangeForm(forms.Form):
    """今日接送变更: one tap says who or when; the page sends along what was said before of the other."""

    who = forms.ChoiceField(required=False)
    comes_at = forms.ChoiceField(required=False)

    def __init__(self, *args, page: FamilyDay, **kwargs):
        super().__init__(*args, **kwargs)
        said_before = [page.change.comes_at] if page.change and page.change.comes_at else []
        self.adults = {one.key: one for one in page.adults}
        self.times = {f"{at:%H:%M}": at for at in [*page.times, *said_before]}
        self.fields["who"].choices = [(key, one.name) for key, one in self.adults.items()] + [("self", "自行离校")]
        self.fields["comes_at"].choices = [(at, at) for at in self.times]

    @property
    def said(self) -> dict:
        who = self.cleaned_data["who"]
        return {
            "collector": self.adults.get(who),
            "alone": who == "self",
            "comes_at": self.times.get(self.cleaned_data["comes_at"]),
        }


class CodeForm(forms.Form):
    """一次性接送码: who comes, on which of the next days with service."""

    name = forms.CharField(label="来接的人", max_length=60)
    relation = forms.CharField(label="与孩子的关系", max_length=20)
    phone = forms.CharField(label="手机号，填了就把码用短信发给他", max_length=11, required=False, validators=[mobile])
    day = forms.TypedChoiceField(label="哪天来接", coerce=date.fromisoformat)
    uid = FormNumber()

    def __init__(self, *args, days: Sequence[date], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].choices = [(one.isoformat(), f"{day(one)} {weekday(one)}") for one in days]


class GateEntryForm(forms.ModelForm):
    uid = FormNumber()

    class Meta:
        model = GateEntry
        fields = ["kind", "name", "purpose", "plate", "organisation", "host", "document", "checked"]

    def clean(self) -> None:
        """Said here too: the form asks the table's constraint before the deed is asked."""
        super().clean()
        if self.cleaned_data.get("kind") == GateEntry.Kind.VEHICLE and not self.cleaned_data.get("plate"):
            self.add_error("plate", "车辆要写车牌")
