"""What the bureau's keeper and a school's own administrator fill in."""

from django import forms

from afterschool.access.capabilities import Role
from afterschool.access.forms import PhoneField
from afterschool.money import Money
from afterschool.policy.rates import OwnRate

from ..models import Bureau, School
from .fields import AccountField, DayInput, MoneyField, PlainForm

GIVEN_BY_BUREAU = [
    (role.name, role.label) for role in Role if role.name.startswith("BUREAU_") or role is Role.SCHOOL_ADMIN
]
SCHOOL_CODE = r"\A\d{10}\Z"


class TermForm(PlainForm):
    name = forms.CharField(label="学期", max_length=40, help_text="如“2026年秋季学期”，各校和家长看到的就是它。")
    school_year = forms.IntegerField(
        label="学年",
        min_value=2000,
        max_value=2100,
        help_text="学年开始的那一年：2026—2027 学年填 2026，春季学期也填 2026。",
    )
    began_on = forms.DateField(label="第一天", widget=DayInput())
    ended_on = forms.DateField(label="最后一天", widget=DayInput(), help_text="照校历填，到放假前一天。")


class BureauForm(PlainForm):
    phone = forms.CharField(label="监督电话", max_length=30, help_text="印在收支公示上，家长有意见打这个电话。")
    hourly_wage = MoneyField(
        label="全市教师每小时平均工资（元）",
        required=False,
        max_length=20,
        help_text="各校的补助基数不能高于它。文件没有这样规定的地方不用填。",
    )
    hourly_wage_source = forms.CharField(
        label="平均工资出处", required=False, max_length=100, help_text="哪份公报或文件，如“2025年教师平均工资公报”。"
    )

    @classmethod
    def of(cls, bureau: Bureau, data=None):
        return cls(
            data,
            initial={
                "phone": bureau.phone,
                "hourly_wage": _yuan(bureau.hourly_wage_fen),
                "hourly_wage_source": bureau.hourly_wage_source,
            },
        )


class SchoolForm(PlainForm):
    """What a school's own administrator keeps of it."""

    phone = forms.CharField(label="办公室电话", max_length=30, help_text="家长在页面上看到，打得通的那个。")
    bank_name = forms.CharField(label="基本户开户行", required=False, max_length=60)
    bank_account = AccountField(label="基本户账号", required=False, max_length=40)
    base = MoneyField(required=False, max_length=20)

    @classmethod
    def of(cls, school: School, own: OwnRate | None, data=None):
        """`own` is the stipend rate that the policy leaves to the school; without one nothing is asked."""
        form = cls(
            data,
            initial={
                "phone": school.phone,
                "bank_name": school.bank_name,
                "bank_account": school.bank_account,
                "base": _yuan(school.stipend_base_fen),
            },
        )
        if own:
            form.fields["base"].label, form.fields["base"].help_text = own.label, own.because
        else:
            del form.fields["base"]
        return form


class NewSchoolForm(PlainForm):
    """A school and the person who goes on from there."""

    name = forms.CharField(label="学校", max_length=60, help_text="全称，公示和协议上用。")
    code = forms.RegexField(
        SCHOOL_CODE,
        label="学校标识码",
        error_messages={"invalid": "学校标识码是 10 位数字。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 10, "class": "num"}),
        help_text="教育部统一编的 10 位数字。",
    )
    stage = forms.ChoiceField(label="学段", choices=School.Stage)
    ownership = forms.ChoiceField(label="性质", choices=School.Ownership)
    area = forms.ChoiceField(label="城乡", choices=School.Area)
    boards = forms.BooleanField(label="寄宿制学校", required=False)
    phone = forms.CharField(label="办公室电话", max_length=30)
    bank_name = forms.CharField(label="基本户开户行", required=False, max_length=60, help_text="学校以后也能填。")
    bank_account = AccountField(label="基本户账号", required=False, max_length=40)
    admin_name = forms.CharField(label="学校管理员姓名", max_length=60)
    admin_phone = PhoneField(label="学校管理员手机号", help_text="本人用它登录，导入名册、安排本校其他人。")


class BureauPostForm(PlainForm):
    role = forms.ChoiceField(label="岗位", choices=[("", "请选择"), *GIVEN_BY_BUREAU])
    school = forms.ModelChoiceField(
        None, label="学校", required=False, help_text="只有学校管理员要选学校。", empty_label="在局里"
    )
    name = forms.CharField(label="姓名", max_length=60)
    phone = PhoneField(help_text="本人用这个手机号登录。")
    began_on = forms.DateField(label="自哪天起", widget=DayInput())

    def __init__(self, *args, bureau, **kwargs):
        super().__init__(*args, **kwargs)
        self.bureau = bureau
        self.fields["school"].queryset = bureau.schools.all()

    def wish(self) -> dict:
        """What `give_post` is asked for."""
        asked = dict(self.cleaned_data)
        school, role = asked.pop("school"), Role[asked.pop("role")]
        return {**asked, "role": role, "place": school or self.bureau}


def _yuan(fen: int | None) -> str:
    return "" if fen is None else Money(fen).plain()
