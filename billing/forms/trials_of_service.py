"""Hours, stipends, people and spending, tried on a policy; and whatever else, from a file."""

from __future__ import annotations

from django import forms

from afterschool.policy import rules, trial
from afterschool.policy.terms import FUNDS, SLOTS, WEEKDAYS
from afterschool.schools.models import School
from billing.forms.books import DayField, MoneyField
from billing.forms.trying import CountField, OfferingForm, TimeField, TrialForm
from billing.selectors.trials import calendar_of, school_of

LARGEST_FILE = 1024 * 1024


class HoursForm(OfferingForm):
    what, title = "hours", "时间"
    asks = ("grade", "on", "item", "slot", "weekdays", "starts", "ends", "afternoon_dismissal", "work_ends", "boarding")

    on = DayField(label="按哪一天的规定")
    slot = forms.ChoiceField(label="时段", choices=[*SLOTS.items()])
    weekdays = forms.TypedMultipleChoiceField(
        label="星期几",
        coerce=int,
        choices=[(number, f"周{name}") for number, name in enumerate(WEEKDAYS, 1)],
        widget=forms.CheckboxSelectMultiple,
    )
    starts = TimeField(label="几点开始")
    ends = TimeField(label="几点结束")
    afternoon_dismissal = TimeField(label="下午放学", required=False)
    work_ends = TimeField(label="当地下班", required=False)

    def uses(self):
        windows = [rule for rule in self.held if isinstance(rule, rules.Window)]
        ends = [rule for rule in self.held if isinstance(rule, rules.EndsNotBefore)]
        return super().uses() | {
            "afternoon_dismissal": any(rule.starts_from_bell == "afternoon_dismissal" for rule in windows),
            "work_ends": any(rule.bell for rule in ends),
        }

    def scenario(self):
        item = self.given(weekdays="weekdays", starts="starts", ends="ends", slot="slot", item="item")
        bells = self.given(afternoon_dismissal="afternoon_dismissal", work_ends="work_ends")
        return {**self.given(on="on"), "school": {**self.school(), "bells": bells}, "items": [item]}


class StipendForm(TrialForm):
    what, title = "stipend", "补助"
    asks = ("base", "city_average", "day", "lessons", "starts", "ends", "slot", "students", "role")

    base = MoneyField(
        label="学校的补助标准（元）",
        required=False,
    )
    city_average = MoneyField(label="教师每小时平均工资（元）", required=False)
    day = DayField(label="哪天值班")
    starts = TimeField(label="几点到岗", required=False)
    ends = TimeField(label="几点离岗", required=False)
    lessons = CountField(label="几课时", required=False, max_value=20, help_text="按课时发的填这里")
    slot = forms.ChoiceField(label="时段", choices=[*SLOTS.items()])
    students = CountField(label="班上多少学生", required=False)
    role = forms.ChoiceField(label="岗位", required=False)

    def choices(self):
        roles = {rule.role: rule.label for rule in self.held if isinstance(rule, rules.StipendRole)}
        return {"role": [("teacher", "值班教师"), *roles.items()]}

    def uses(self):
        rates = [rule for rule in self.held if isinstance(rule, rules.StipendRate)]
        by_base = any(isinstance(rule, rules.StipendBase) for rule in self.held)
        return {
            "base": by_base or any(rate.nature != "fixed" for rate in rates),
            "city_average": by_base,
            "lessons": any(rate.unit == "lesson" for rate in rates),
            "students": any(rate.by_size for rate in rates),
            "slot": any(rate.slots for rate in rates),
            "role": len(self.fields["role"].choices) > 1,
        }

    def clean(self):
        starts, ends = self.cleaned_data.get("starts"), self.cleaned_data.get("ends")
        if not self.errors and self.cleaned_data.get("lessons") is None and not (starts and ends):
            self.add_error("starts", "请填几点到几点" + ("，或者填几课时" if "lessons" in self.fields else ""))
        if starts and ends and ends <= starts:
            self.add_error("ends", "离岗要晚于到岗")
        return self.cleaned_data

    def scenario(self):
        school = school_of(self.place) if isinstance(self.place, School) else {}
        duty = self.given(day="day", lessons="lessons", slot="slot", students="students", role="role")
        if self.cleaned_data["starts"] and self.cleaned_data["ends"]:
            duty |= self.given(starts="starts", ends="ends")
        first = self.cleaned_data["day"].replace(day=1)
        staff = self.given(base="base", city_average="city_average")
        return {"school": school, "staff": staff, "duties": [duty], **calendar_of(self.place, first)}


class PeopleForm(TrialForm):
    what, title = "people", "人手"
    asks = ("grade", "on", "students", "classes", "teachers", "assistants", "leaders")

    grade = forms.TypedChoiceField(label="年级", coerce=int)
    on = DayField(label="按哪一天的规定")
    students = CountField(label="学生多少人")
    classes = CountField(label="几个班")
    teachers = CountField(label="现有教师", required=False, help_text="不填就只算要多少")
    assistants = CountField(label="现有教辅人员", required=False)
    leaders = CountField(label="每天的带班领导", required=False)

    def scenario(self):
        counts = self.given(**{name: name for name in ("students", "classes", "teachers", "assistants", "leaders")})
        return {**self.given(on="on"), "school": self.school(), "staffing": [counts]}


class SpendingForm(TrialForm):
    what, title = "spending", "开支"
    asks = ("fund", "category", "on")

    fund = forms.ChoiceField(label="从哪笔钱里出", choices=[*FUNDS.items()])
    category = forms.ChoiceField(label="开支项目")
    on = DayField(label="按哪一天的规定")

    def choices(self):
        listed = {rule.key: rule.label for rule in self.law.rules if isinstance(rule, rules.Expense)}
        return {"category": [*listed.items(), ("not_listed", "没有列出的别的开支")]}

    def scenario(self):
        return {**self.given(on="on"), "costs": [self.given(category="category", fund="fund")]}


class FileForm(TrialForm):
    """A scenario as a file, for whatever the other forms do not ask."""

    what, title = "file", "情况文件"
    asks = ("file",)

    file = forms.FileField(
        label="情况文件（.json）",
        widget=forms.FileInput(attrs={"accept": ".json"}),
        help_text="先在别的页签里试算一次，下载下来照着改。",
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("文件不能超过 1 MB")
        try:
            return trial.read(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as odd:
            raise forms.ValidationError("不是 UTF-8 编码的文本，请另存为 UTF-8") from odd
        except trial.ScenarioError as odd:
            raise forms.ValidationError(str(odd)) from odd

    def scenario(self):
        return self.cleaned_data["file"]
