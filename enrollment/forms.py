"""The shape of what people fill in; the desks behind decide."""

from django import forms

from afterschool.access.models import mobile
from afterschool.errors import RuleBroken
from afterschool.pictures import PhotoField
from afterschool.plans.selectors import offerings_for
from afterschool.policy.terms import weekday_name

from .models import Application, PickupPerson
from .selectors import walks_alone

FACE = 200  # pixels: a tile at the gate, and small enough to be carried for a whole school
LeaveMode = Application.LeaveMode


def refuse_on(form, refusal: RuleBroken) -> None:
    """Show a refusal where it belongs, with its clause in `form.cite`."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    form.cite = refusal.cite


class DayInput(forms.DateInput):
    """The phone's own calendar; browsers take ISO days only."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d", attrs={"class": "form-control"})


class ApplicationForm(forms.Form):
    """One tick for each offering, with its weekdays already chosen; nothing that costs money is ticked beforehand."""

    health_note = forms.CharField(
        label="老师需要知道的健康情况（可不填）",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "如过敏、用药、不能剧烈运动"}),
    )

    def __init__(self, *args, student, term, application=None, **kwargs):
        self.offerings = list(offerings_for(student, term))
        kwargs["initial"] = self._kept(application) if application else {"leave_mode": LeaveMode.COLLECTED}
        super().__init__(*args, **kwargs)
        may_walk = walks_alone(student).answer
        self.fields["leave_mode"] = forms.ChoiceField(
            label="怎么离校", choices=[mode for mode in LeaveMode.choices if may_walk or mode[0] != LeaveMode.SELF]
        )
        self.fields["choices"] = forms.MultipleChoiceField(
            label="参加哪些服务",
            choices=[(offering.pk, offering.name) for offering in self.offerings],
            required=False,
        )
        for offering in self.offerings:
            self.fields[f"days_{offering.pk}"] = forms.MultipleChoiceField(
                choices=[(number, weekday_name(number)) for number in offering.weekdays],
                initial=offering.weekdays,
                required=False,
            )

    @staticmethod
    def _kept(application: Application) -> dict:
        """What the guardian typed before."""
        choices = list(application.choices.all())
        return {
            "leave_mode": application.leave_mode,
            "health_note": application.health_note,
            "choices": [choice.offering_id for choice in choices],
            **{f"days_{choice.offering_id}": choice.weekdays for choice in choices},
        }

    def rows(self) -> list[dict]:
        """The offerings for the page: ticked or not, and which days."""
        ticked = {str(value) for value in self["choices"].value() or []}
        rows = []
        for offering in self.offerings:
            days = self._days(offering)
            chosen = [number for number, _, on in days if on]
            rows.append({"offering": offering, "ticked": str(offering.pk) in ticked, "days": days, "chosen": chosen})
        return rows

    def _days(self, offering) -> list[tuple[int, str, bool]]:
        ticked = {str(value) for value in self[f"days_{offering.pk}"].value() or []}
        return [(number, weekday_name(number), str(number) in ticked) for number in offering.weekdays]

    def wish(self) -> dict:
        """What the desk is asked for."""
        wanted = {int(pk) for pk in self.cleaned_data["choices"]}
        return {
            "choices": [
                (offering, [int(number) for number in self.cleaned_data[f"days_{offering.pk}"]])
                for offering in self.offerings
                if offering.pk in wanted
            ],
            "leave_mode": self.cleaned_data["leave_mode"],
            "health_note": self.cleaned_data["health_note"],
        }


class PickupForm(forms.ModelForm):
    phone = forms.CharField(
        label="电话", max_length=11, validators=[mobile], widget=forms.TextInput(attrs={"inputmode": "tel"})
    )

    class Meta:
        model = PickupPerson
        fields = ["name", "relation", "phone"]


class FaceForm(forms.Form):
    photo = PhotoField(label="照片", longest=FACE)


# An adult left blank is no adult; more can be named later.
PickupFormSet = forms.formset_factory(PickupForm, extra=2, max_num=4)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200)


class RefusalForm(ReasonForm):
    def __init__(self, *args, grounds=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ground"] = forms.ChoiceField(
            label="政策允许的情形", choices=[(ground, ground) for ground in grounds]
        )


class BeginForm(forms.Form):
    began_on = forms.DateField(label="服务开始", widget=DayInput)


class SigningForm(forms.Form):
    sha256 = forms.CharField(widget=forms.HiddenInput)
    read_marked = forms.BooleanField(
        label="我已阅读协议，特别是标★的条款",
        error_messages={"required": "请先读标★的条款，再勾选这一项"},
    )


class WithdrawalForm(forms.Form):
    last_on = forms.DateField(label="最后一天", widget=DayInput)
    reason = forms.CharField(label="原因", max_length=200)


class WaiverForm(forms.Form):
    percent = forms.IntegerField(label="减免比例（%）", min_value=1, max_value=100, required=False)
    evidence = forms.CharField(label="看过的证明材料", max_length=200)
    began_on = forms.DateField(label="自哪天起", widget=DayInput)

    def __init__(self, *args, groups=(), **kwargs):
        super().__init__(*args, **kwargs)
        category = forms.ChoiceField(label="减免类别", choices=[(group.group, group.label) for group in groups])
        self.fields = {"category": category, **self.fields}


class DecisionForm(forms.Form):
    granted = forms.TypedChoiceField(choices=[("yes", "同意"), ("no", "不同意")], coerce=lambda value: value == "yes")
    reason = forms.CharField(label="理由", max_length=200, required=False)


class RestrictionForm(forms.Form):
    person_name = forms.CharField(
        label="不得接走孩子的人", max_length=60, widget=forms.TextInput({"list": "adults", "autocomplete": "off"})
    )
    document = forms.CharField(label="依据的文书及编号", max_length=100)
    began_on = forms.DateField(label="自", widget=DayInput)
    expires_on = forms.DateField(
        label="文书有效期至（没有期限的留空）",
        widget=DayInput,
        required=False,
        help_text="到期不会自动解除，到期前两周提醒办公室复审。",
    )


class RestrictionEndForm(ReasonForm):
    ended_on = forms.DateField(label="最后一天", widget=DayInput)


class RestrictionKeepForm(ReasonForm):
    expires_on = forms.DateField(label="新的有效期至（没有期限的留空）", widget=DayInput, required=False)


class DisputeForm(forms.Form):
    reason = forms.CharField(label="情况", max_length=200, help_text="只有办公室和校长看得到。")
