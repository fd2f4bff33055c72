"""Who is there before the story begins, and the files that come from elsewhere: the register and the bank."""

from datetime import date
from types import SimpleNamespace

from afterschool.access.capabilities import Role
from afterschool.schools.actions.calendar import confirm_year, fill_calendar
from afterschool.xlsx import Column, Sheet, write_xlsx
from tests import cast

from .stage import PASSWORD

STAFF = {
    "admin": ("刘主任", Role.SCHOOL_ADMIN),
    "principal": ("周校长", Role.PRINCIPAL),
    "leader": ("何组长", Role.LEADER),
    "second_leader": ("秦组长", Role.LEADER),
    "guard": ("郑师傅", Role.GUARD),
    "clerk": ("孙会计", Role.FINANCE_CLERK),
    "reviewer": ("钱复核", Role.FINANCE_REVIEWER),
}
# Child, sex, born, class, mother, her phone; the number is made from the row.
CHILDREN = (
    ("陈一诺", "女", date(2018, 3, 1), "三年级", "2班", "李敏", "13700003201"),
    ("周子涵", "男", date(2017, 11, 9), "三年级", "2班", "吴丽", "13700003202"),
    ("林可欣", "女", date(2018, 1, 20), "三年级", "2班", "郑娟", "13700003203"),
    ("何浩然", "男", date(2018, 6, 5), "三年级", "2班", "孙静", "13700003204"),
    ("古丽米热·艾力", "女", date(2019, 10, 2), "一年级", "1班", "阿依古丽", "13700001101"),
    ("欧阳若曦", "女", date(2020, 2, 14), "一年级", "1班", "马艳", "13700001102"),
    ("张思远", "男", date(2019, 12, 30), "一年级", "1班", "韩霞", "13700001103"),
    ("王嘉树", "男", date(2020, 4, 8), "一年级", "1班", "许雪梅", "13700001104"),
)
NAMES = tuple(child[0] for child in CHILDREN)
MOTHERS = {child[0]: child[6] for child in CHILDREN}
REGISTER = ("姓名", "性别", "出生日期", "学籍号", "年级", "班级", "监护人1姓名", "监护人1关系", "监护人1电话")
STATEMENT = (
    "交易日期",
    "借方发生额(支出)",
    "贷方发生额(收入)",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
    "流水号",
)


def found() -> SimpleNamespace:
    """碧海县 with its calendar and term, 海棠路小学 with its office; no class, no child, no plan yet."""
    bureau = cast.make_bureau(hourly_wage_fen=62_00)
    # So few children pay for no city wage: the base is small, so that something is left to give back.
    school = cast.make_school(bureau, stipend_base_fen=6_00, bank_account="2102000012345678")
    term = cast.make_term(bureau)
    people = {key: with_password(name, role, school) for key, (name, role) in STAFF.items()}
    people["bureau_reviewer"] = with_password("赵科长", Role.BUREAU_REVIEWER, bureau)
    keeper = cast.act(cast.make_person("冯科员", Role.BUREAU_KEEPER, bureau), term.began_on)
    fill_calendar(bureau, 2026, by=keeper)
    confirm_year(bureau, 2026, by=keeper)
    return SimpleNamespace(school=school, term=term, **{key: who.phone for key, who in people.items()})


def with_password(name, role, place):
    person = cast.make_person(name, role, place)
    person.set_password(PASSWORD)
    person.save()
    return person


def register_number(name: str) -> str:
    """The student number the register has given this child."""
    return f"G21028100012026{NAMES.index(name) + 1:03}"


def register_export(school) -> bytes:
    """What the student register sends: eight children in two classes, and below them one row without a phone."""
    rows = [
        (name, sex, born, register_number(name), grade, klass, mother, "母亲", phone)
        for name, sex, born, grade, klass, mother, phone in CHILDREN
    ]
    odd = ("赵小满", "女", date(2018, 5, 5), "G21028100012026099", "三年级", "2班", "赵大力", "父亲", "1370000")
    columns = [Column(head, "date" if head == "出生日期" else "text") for head in REGISTER]
    return write_xlsx([Sheet("学籍信息", columns, [*rows, odd], titles=[f"{school.name}学生学籍信息导出表"])])


def bank_statement(school, lines) -> bytes:
    """The bank's export; `lines` are (day, yuan, payer, memo)."""
    rows = [
        (f"{day}", "", yuan, yuan, payer, f"62170000{number:08}", memo, f"{day:%Y%m%d}{number:06}")
        for number, (day, yuan, payer, memo) in enumerate(lines, 1)
    ]
    columns = [Column(head, width=20) for head in STATEMENT]
    return write_xlsx([Sheet("交易明细", columns, rows, titles=["账户交易明细清单", f"户名：{school.name}"])])
