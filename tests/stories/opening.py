"""The first chapter: the register comes in, the plan is written, filed and noted."""

import re
from datetime import date

from playwright.sync_api import expect

from .town import CHILDREN, register_export

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEACHERS = (("王芳", "13800003200", "三(2)班"), ("张敏", "13800001100", "一(1)班"))
REST_OF_THE_PLAN = (
    ("形式与内容", {"服务形式与内容": "完成作业、自主阅读和答疑为主，每周安排体育、美术活动，不讲新课。"}),
    ("人员配备", {"参加服务教师人数": "6", "带班领导人数": "2", "教辅人员人数": "1"}),
    (
        "经费预算",
        {"经费预算": "收费全部用于教师补助和必要的水电、耗材。", "结算与退费办法": "每月据实结算，多退少不补。"},
    ),
    (
        "供餐与安全",
        {
            "供餐安排": "不统一供餐，学生可自带点心。",
            "场地与安全": "每日开课前检查教室、走廊、校门。",
            "应急预案": "突发情况先救治、同时通知家长，十分钟内报告校长。",
        },
    ),
    (
        "家委会意见",
        {"家委会会议日期": "2026-09-04", "到会人数": "15", "同意人数": "14", "家委会意见": "同意，请按月公示。"},
    ),
)


def the_register_comes_in(stage, wall, town):
    wall.put(date(2026, 9, 7), "09:00")
    admin = stage.desk(password_of=town.admin)
    admin.reads("刘主任")
    admin.shot("admin-home")
    admin.go("/registry/rosters/")
    admin.page.set_input_files(
        "input[type=file]", {"name": "学籍导出.xlsx", "mimeType": XLSX, "buffer": register_export(town.school)}
    )
    admin.press("上传并预览")
    admin.reads("看一遍，再导入")
    admin.sees("新增学生，按班", "三(2)班", "第 11 行", "没有导入")
    admin.shot("roster-preview")
    admin.press("导入名册")
    admin.reads("名册已导入")
    admin.go("/registry/students/")
    admin.sees(*(name for name, *_ in CHILDREN))
    admin.shot("students")
    for name, phone, klass in TEACHERS:
        for role in ("班主任", "值班教师"):
            _give_post(admin, name, phone, role, klass if role == "班主任" else "")
    admin.shot("posts")
    return admin


def _give_post(admin, name, phone, role, klass):
    admin.go("/registry/posts/new/")
    admin.choose("岗位", role)
    if klass:
        admin.choose("班级", klass)
    admin.fill({"姓名": name, "手机号": phone})
    admin.press("安排", exact=True)
    admin.sees(f"{name}已任{role}")


def the_plan_is_filed(stage, wall, town, admin):
    wall.put(date(2026, 9, 7), "14:00")
    admin.go("/plans/")
    admin.press("开始写方案")
    admin.fill({"领导小组组长（校长）": "周校长", "学校监督电话": "0411-85550100"})
    admin.press("时间与收费", exact=True)
    admin.press("加一项服务")
    findings, button = admin.page.locator("#findings"), admin.page.locator("#file-button")
    fee, ends = admin.box("每月每生（元）"), admin.box("结束")
    admin.fill({"名称": "课后托管", "开始": "15:40", "预计人数": "8"})
    for weekday in ("周一", "周二", "周四", "周五"):
        admin.page.get_by_label(weekday).check()
    fee.fill("220")
    ends.fill("17:45")

    breaches = findings.locator(".alert-danger")
    expect(breaches.filter(has_text="超 20.00 元").locator(".clause")).to_have_text("实施方案 四.4")
    expect(breaches.filter(has_text="请提前 15 分钟").locator(".clause")).to_have_text(re.compile("实施方案 四.2"))
    expect(button.get_by_role("button")).to_be_disabled()
    admin.shot("plan-breaches-as-typed")

    fee.fill("200")
    ends.fill("17:30")
    expect(breaches).to_have_count(0)
    admin.shot("plan-mended")
    for part, boxes in REST_OF_THE_PLAN:
        admin.press(part, exact=True)
        expect(admin.page.get_by_role("heading", name=part, exact=True)).to_be_visible()
        admin.fill(boxes)
    expect(button).to_have_text("保存并报送教育局")
    admin.shot("plan-complete")
    button.get_by_role("button").click()
    admin.sees("已报送，请等教育局答复")
    admin.shot("plan-filed")


def the_bureau_takes_note(stage, wall, town):
    wall.put(date(2026, 9, 8), "10:00")
    reviewer = stage.desk(password_of=town.bureau_reviewer)
    reviewer.shot("bureau-home")
    reviewer.go("/plans/review/")
    reviewer.shot("bureau-plans")
    reviewer.press("去答复")
    reviewer.sees("课后托管", "200.00")
    reviewer.shot("bureau-reads-the-plan")
    reviewer.press("予以备案，方案生效")
    reviewer.sees("海棠路小学：已备案")
    reviewer.shot("bureau-noted")
