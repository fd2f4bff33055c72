"""The second chapter: families apply, the school answers, both sides sign."""

import io
import re
from datetime import date

from playwright.sync_api import expect
from pypdf import PdfReader

from .opening import TEACHERS
from .town import MOTHERS

FIRST_CHILD, ABSENT_CHILD = "陈一诺", "周子涵"
OTHERS = (ABSENT_CHILD, "古丽米热·艾力", "欧阳若曦")
FIRST_DAY = "2026-10-08"


def families_apply(stage, wall):
    wall.put(date(2026, 9, 28), "19:30")
    mother = stage.phone(code_to=MOTHERS[FIRST_CHILD])
    mother.shot("guardian-home")
    mother.go("/enrollment/apply/")
    mother.press("报名", exact=True)
    mother.sees("小学每月每生不高于 200 元", "实施方案 四.4")
    mother.shot("guardian-sees-the-fee")
    mother.page.get_by_role("checkbox", name="课后托管").tap()
    mother.page.get_by_text("再加接送人").tap()
    mother.fill({"姓名": "王秀兰", "与孩子的关系": "奶奶", "电话": "13600008866"})
    mother.shot("guardian-names-grandmother")
    mother.press("提交报名")
    expect(mother.page.get_by_role("list", name="报名进度")).to_contain_text("初审")
    mother.sees("奶奶 王秀兰", "等班主任王芳答复")
    mother.shot("guardian-applied")
    mothers = {FIRST_CHILD: mother}
    for child in OTHERS:
        mothers[child] = other = stage.phone(code_to=MOTHERS[child])
        other.go("/enrollment/apply/")
        other.press("报名", exact=True)
        other.page.get_by_role("checkbox", name="课后托管").tap()
        other.press("提交报名")
        other.sees("受理编号")
    return mothers


def the_school_answers(stage, wall, town):
    wall.put(date(2026, 9, 29), "12:10")
    teachers = {name: stage.phone(code_to=phone) for name, phone, _ in TEACHERS}
    teachers["王芳"].shot("class-teacher-home")
    for name, teacher in teachers.items():
        teacher.go("/enrollment/applications/")
        if name == "王芳":
            teacher.sees(FIRST_CHILD, ABSENT_CHILD)
            expect(teacher.page.locator("main")).not_to_contain_text("欧阳若曦")
            teacher.shot("class-teacher-reviews")
        teacher.press("初审通过（勾选的）")
        teacher.sees("初审通过 2 份")
    wall.put(date(2026, 9, 29), "16:00")
    admin = stage.desk(password_of=town.admin)
    admin.go("/enrollment/applications/")
    admin.fill({"服务开始": FIRST_DAY})
    admin.shot("school-approves")
    admin.press("核准（勾选的）")
    admin.sees("已核准 4 份，已请家长签协议")
    return admin, teachers


def both_sides_sign(wall, admin, mothers):
    wall.put(date(2026, 9, 29), "20:00")
    mother = mothers[FIRST_CHILD]
    mother.go("/")
    mother.shot("guardian-has-something-to-sign")
    for visitor in mothers.values():
        visitor.go("/enrollment/apply/")
        visitor.press("看办到哪一步")
        visitor.press("看协议，签字")
        visitor.page.get_by_label("我已阅读协议").check()
        if visitor is mother:
            visitor.shot("guardian-signs")
        visitor.press("签字", exact=True)
        visitor.sees("您已签字")
    wall.put(date(2026, 9, 30), "09:00")
    admin.go("/enrollment/applications/?tab=to-sign")
    admin.press("学校签章（勾选的）")
    admin.sees("已签 4 份，孩子已编入服务班")
    _the_paper_says_what_was_signed(mother)


def _the_paper_says_what_was_signed(mother):
    mother.go("/enrollment/apply/")
    mother.press("看报名和协议")
    mother.sees("已在册")
    mother.shot("guardian-enrolled")
    mother.press("看协议", exact=True)
    shown = mother.page.locator("body").inner_text()
    number, sha256 = re.search(r"编号\s*(\S+)", shown)[1], re.search(r"摘要 ([0-9a-f]{64})", shown)[1]
    mother.shot("agreement-signed-by-both")
    paper = PdfReader(io.BytesIO(mother.download("PDF")))
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in paper.pages))
    assert number in text and sha256 in text
    assert FIRST_CHILD in text and "王秀兰" in text
