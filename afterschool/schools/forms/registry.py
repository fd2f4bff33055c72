from django import forms

from afterschool.access.capabilities import Role
from afterschool.access.forms import PhoneField
from afterschool.policy.terms import weekday_name
from afterschool.xlsx import LARGEST_FILE

from ..models import CalendarDay, School
from .fields import DayInput, PlainForm, offer

SCHOOL_ROLES = [(role.name, role.label) for role in Role if not role.name.startswith(("BUREAU_", "GUARDIAN"))]


class ClassChoiceForm(PlainForm):
    """Which students to list; it travels in the address, so no name is asked for here."""

    klass = forms.ModelChoiceField(None, label="班级", required=False, empty_label="全部班级")
    left = forms.BooleanField(label="看已离校的", required=False)

    def __init__(self, *args, classes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["klass"].queryset = classes

    def narrow(self, students):
        """The students asked for; of an address nobody understands, none."""
        if not self.is_valid():
            return students.none()
        students = students.exclude(left_on=None) if self.cleaned_data["left"] else students.enrolled()
        klass = self.cleaned_data["klass"]
        return students.filter(school_class=klass) if klass else students


class NameSearchForm(PlainForm):
    """Searched by POST, so that a child's name stays out of addresses and logs."""

    name = forms.CharField(label="姓名或学籍号", max_length=60)

    def narrow(self, students):
        return students.named(self.cleaned_data["name"]) if self.is_valid() else students.none()


class RosterForm(PlainForm):
    school = forms.ModelChoiceField(None, label="学校")
    file = forms.FileField(
        label="学籍导出表",
        help_text="学籍系统导出的 .xlsx 原表，不超过 5 MB。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args, reach, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "school", School.objects.within(reach))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(".xlsx"):
            raise forms.ValidationError("只收 .xlsx 文件。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。")
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("文件超过 5 MB，请删去空行空列，或按年级分几次传。")
        return file


class ApplyForm(forms.Form):
    """Which of the students that lack in the sheet have really left."""

    left = forms.TypedMultipleChoiceField(coerce=int, required=False)
    all_left = forms.BooleanField(required=False)

    def __init__(self, *args, roster_import, **kwargs):
        super().__init__(*args, **kwargs)
        self.lacking = [student["id"] for student in roster_import.preview["left"]]
        self.fields["left"].choices = [(pk, pk) for pk in self.lacking]

    def clean(self):
        if self.cleaned_data.get("all_left"):
            self.cleaned_data["left"] = self.lacking
        return self.cleaned_data


class PostForm(PlainForm):
    school = forms.ModelChoiceField(None, label="学校")
    role = forms.ChoiceField(label="岗位", choices=[("", "请选择"), *SCHOOL_ROLES])
    klass = forms.ModelChoiceField(
        None, label="班级", required=False, help_text="只有班主任要选班级。", empty_label="不是班主任"
    )
    name = forms.CharField(label="姓名", max_length=60)
    phone = PhoneField(help_text="本人用这个手机号登录。")
    began_on = forms.DateField(label="自哪天起", widget=DayInput())

    def __init__(self, *args, reach, classes, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "school", School.objects.within(reach))
        self.fields["klass"].queryset = classes

    def clean(self):
        klass, school = self.cleaned_data.get("klass"), self.cleaned_data.get("school")
        if klass and school and klass.school_id != school.pk:
            self.add_error("klass", "这个班不在所选的学校")
        return self.cleaned_data

    def wish(self) -> dict:
        """What `give_post` is asked for."""
        asked = self.cleaned_data
        role = Role[asked["role"]]
        return {
            "phone": asked["phone"], "name": asked["name"], "role": role, "began_on": asked["began_on"],
            "place": asked["klass"] if role is Role.CLASS_TEACHER and asked["klass"] else asked["school"],
        }  # fmt: skip


class PostEndForm(PlainForm):
    ended_on = forms.DateField(label="最后一天", widget=DayInput())


class CalendarChangeForm(PlainForm):
    day = forms.DateField(label="日期", widget=DayInput())
    until = forms.DateField(label="到", widget=DayInput(), required=False, help_text="只改一天不用填。")
    only = forms.TypedChoiceField(
        label="只改其中的",
        choices=[("", "每一天"), *((n, weekday_name(n)) for n in range(1, 8))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="如整学期的周六开展服务，选“周六”。",
    )
    kind = forms.ChoiceField(label="这一天是", choices=CalendarDay.Kind, help_text="值班补助按它计算。")
    serves = forms.BooleanField(label="开展课后服务", required=False)
    follows_weekday = forms.TypedChoiceField(
        label="按星期几的课表",
        choices=[("", "不另定"), *((n, weekday_name(n)) for n in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="调休上班那天用。不另定时，周一至周五的服务项目都开。",
    )
    forced = forms.BooleanField(
        label="因不可抗力停课", required=False, help_text="台风、疫情等。有的文件对它另有退费规定。"
    )
    reason = forms.CharField(label="原因", max_length=200, help_text="家长和教师会看到，如“台风停课”。")

    def wish(self) -> dict:
        """What `change_days` is asked for."""
        asked = dict(self.cleaned_data)
        first = asked.pop("day")
        return {"first": first, "last": asked.pop("until") or first, **asked}
