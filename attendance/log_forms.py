"""服务内容、照片、场所、预案: the shape of what is typed."""

from django import forms

from afterschool.pictures import PhotoField

from .models import EmergencyPlan, Session, Venue


class LogForm(forms.Form):
    """What may be chosen has no 讲新课 in it."""

    activity = forms.ChoiceField(
        label="做了什么", choices=Session.Activity.choices, error_messages={"required": "请选做了什么"}
    )
    content = forms.CharField(label="具体内容（可不填）", max_length=200, required=False)
    reason = forms.CharField(label="为什么改", max_length=100, required=False)


class PhotoForm(forms.Form):
    image = PhotoField(label="照片")
    place = forms.CharField(label="在哪里拍的", max_length=40)
    without_faces = forms.BooleanField(
        label="拍的是公共场所，看不清人脸",
        error_messages={"required": "只能上传看不清人脸的照片；看得清的不要传"},
    )


class CalendarInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class VenueForm(forms.ModelForm):
    class Meta:
        model = Venue
        fields = ["name", "every_days"]
        labels = {"name": "场所（和教室、场地的名字一样）", "every_days": "几天查一次"}


class CheckForm(forms.Form):
    """One tap where all is well; what and by when where it is not."""

    is_safe = forms.TypedChoiceField(choices=[("yes", "安全"), ("no", "有隐患")], coerce=lambda value: value == "yes")
    found = forms.CharField(label="发现了什么", max_length=200, required=False)
    mend_by = forms.DateField(label="哪天以前改好", required=False, widget=CalendarInput)


class PlanForm(forms.ModelForm):
    class Meta:
        model = EmergencyPlan
        fields = ["title", "steps", "contacts"]
        labels = {"title": "什么情况", "steps": "怎么办（一步一行）", "contacts": "找谁（一行一个，写上电话）"}
        widgets = {"steps": forms.Textarea(attrs={"rows": 7}), "contacts": forms.Textarea(attrs={"rows": 4})}
