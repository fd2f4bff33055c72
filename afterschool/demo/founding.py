"""Bureaus, schools, people and rosters."""

from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.schools.actions import (
    adopt_policy,
    apply_roster,
    confirm_year,
    fill_calendar,
    give_post,
    open_term,
    read_roster,
    upload_roster,
)
from afterschool.schools.models import GRADES, Bureau, Post, School, Term
from afterschool.schools.people import actor_for
from afterschool.xlsx import Column, Sheet, write_xlsx

from . import town


def found_bureau(plan: town.DemoBureau, today: date) -> tuple[Bureau, Term]:
    bureau = Bureau.objects.create(
        name=plan.name, short_name=plan.short_name, phone=plan.phone,
        hourly_wage_fen=plan.hourly_wage_fen, hourly_wage_source=plan.hourly_wage_source,
    )  # fmt: skip
    name, school_year, began_on, ended_on = town.term_around(today)
    adopt_policy(bureau, plan.policy, began_on=began_on, by=town.FOUNDER)
    for role, who, number in town.BUREAU_STAFF:
        give_post(
            phone=f"139000{plan.digit}09{number:02}",
            name=who,
            role=role,
            place=bureau,
            began_on=began_on,
            by=town.FOUNDER,
        )
    keeper = actor_for(Person.objects.get(phone=f"139000{plan.digit}0903"), today)
    for year in range(began_on.year, ended_on.year + 1):
        fill_calendar(bureau, year, by=keeper)
        if year <= today.year:
            confirm_year(bureau, year, by=keeper)
    term = open_term(bureau, name, school_year=school_year, began_on=began_on, ended_on=ended_on, by=keeper)
    return bureau, term


def found_school(bureau: Bureau, term: Term, plan: town.DemoSchool, digit: str) -> School:
    """The school with its staff and its roster, read from a register export as a real one would be."""
    school = School.objects.create(
        bureau=bureau, name=plan.name, code=plan.code, stage=plan.stage, boards=plan.boards, phone=plan.phone,
        bank_name="中国银行营业部", bank_account=f"21020000{plan.code}", stipend_base_fen=plan.stipend_base_fen,
    )  # fmt: skip
    for role, who, number in town.SCHOOL_STAFF:
        _give(f"{digit}{number:02}", who, role, school, term)
    admin = actor_for(cast_of(school).by_role[Role.SCHOOL_ADMIN], term.began_on)
    roster = upload_roster(school, f"{plan.name}学籍导出.xlsx", _register(school, plan, term), by=admin)
    apply_roster(read_roster(roster, by=admin), on=term.began_on, by=admin)
    dice = Random(plan.code)
    for index, school_class in enumerate(school.classes.order_by("grade", "number")):
        tail, who = f"{digit}{20 + index}", _adult(dice)
        _give(tail, who, Role.CLASS_TEACHER, school_class, term)
        _give(tail, who, Role.TEACHER, school, term)
    # Two teachers take turns in each section.
    for index in range(2 * plan.sections - school.classes.count()):
        _give(f"{digit}{40 + index}", _adult(dice), Role.TEACHER, school, term)
    return school


def cast_of(school: School) -> town.Cast:
    """The people of a school by what they do."""
    cast = town.Cast()
    for post in Post.objects.filter(school=school).select_related("person").order_by("pk"):
        role = Role[post.role]
        cast.by_role.setdefault(role, post.person)
        if role is Role.LEADER:
            cast.leaders.append(post.person)
        elif role is Role.TEACHER:
            cast.teachers.append(post.person)
        elif post.school_class_id:
            cast.class_teachers[post.school_class_id] = post.person
    return cast


def _give(tail: str, name: str, role: Role, place, term: Term) -> Person:
    phone = f"1390000{tail:0>4}"
    return give_post(phone=phone, name=name, role=role, place=place, began_on=term.began_on, by=town.FOUNDER).person


def set_passwords() -> None:
    """One hash for all: the demonstration's password is printed at every start anyway."""
    Person.objects.update(password=make_password(town.PASSWORD))


COLUMNS = (
    *("姓名", "性别", "出生日期", "学籍号", "年级", "班级", "就读方式"),
    *("是否随迁子女", "是否留守儿童", "是否孤儿", "是否残疾", "是否建档立卡"),
    *("监护人1姓名", "监护人1关系", "监护人1电话", "监护人2姓名", "监护人2关系", "监护人2电话"),
)


def _register(school: School, plan: town.DemoSchool, term: Term) -> bytes:
    """A register export as the office would have it, the same at every seeding."""
    dice = Random(plan.code)
    rows = [
        _child(dice, plan, term, grade, number, place)
        for grade in school.grades
        for number in range(1, plan.classes + 1)
        for place in range(1, plan.children + 1)
    ]
    columns = [Column(name, "date" if name == "出生日期" else "text") for name in COLUMNS]
    return write_xlsx([Sheet("学籍信息", columns, rows, titles=[f"{school.name}学生学籍信息导出表"])])


def _child(dice: Random, plan: town.DemoSchool, term: Term, grade: int, number: int, place: int) -> tuple:
    # A few families have a second child two grades above: same parents, same phones.
    elder = grade + 2 if place <= 3 and plan.stage == "primary" and grade <= 2 else grade
    # No two adults of a child have numbers that end alike: the gate shows the last four digits.
    tail = f"{plan.code[-1]}{plan.code[0]}{elder:02}{number}{place:02}"
    parents = Random(tail)
    family = parents.choice(town.SURNAMES)
    father = family + parents.choice(town.FATHERS)
    mother = parents.choice(town.SURNAMES) + parents.choice(town.MOTHERS)
    girl = dice.random() < 0.5
    born_on = date.fromordinal(date(term.school_year - 5 - grade, 9, 1).toordinal() - dice.randrange(360))
    odd = ["是" if dice.random() < share else "否" for share in (0.06, 0.05, 0.005, 0.01, 0.02)]
    return (
        family + dice.choice(town.GIRLS if girl else town.BOYS), "女" if girl else "男", born_on,
        f"G{plan.code}{term.school_year % 100}{grade:02}{number}{place:02}", GRADES[grade], f"{number}班",
        "住校" if plan.boards and dice.random() < 0.5 else "走读", *odd,
        mother, "母亲", f"137{tail:0>8}", father, "父亲", f"138{int(tail) * 7 % 10**8:08}",
    )  # fmt: skip


def _adult(dice: Random) -> str:
    return dice.choice(town.SURNAMES) + dice.choice(town.MOTHERS + town.FATHERS)
