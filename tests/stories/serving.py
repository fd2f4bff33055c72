"""The third chapter: the rota, and one service day from the first teacher on post to the leader's signature."""

import re
from datetime import date, timedelta

from django.utils import timezone
from playwright.sync_api import expect

from afterschool.demo.days import families_of, live_through, service_days
from afterschool.demo.founding import cast_of

from .enrolling import ABSENT_CHILD, FIRST_CHILD
from .opening import TEACHERS

FIRST_DAY, LAST_DAY = date(2026, 10, 8), date(2026, 10, 31)
WEEKDAYS = ("周一", "周二", "周四", "周五")


def the_rota_is_written(wall, admin):
    wall.put(date(2026, 9, 30), "15:00")
    admin.go("/staffing/?week=2026-10-08")
    admin.sees("缺人")
    admin.shot("rota-with-gaps")
    for name, _, klass in TEACHERS:
        _plan(admin, name, f"{klass} 课后托管", "值班教师")
    _plan(admin, "何组长", "全校（带班领导、教辅）", "带班领导")
    admin.sees("已为 何组长 排 ")
    admin.go("/staffing/?week=2026-10-08")
    expect(admin.page.get_by_role("link", name="缺人")).to_have_count(0)
    admin.shot("rota-complete")


def _plan(admin, name, section, role):
    admin.go("/staffing/plan/")
    admin.choose("谁", name)
    admin.choose("服务班", section)
    admin.choose("岗位", role)
    for weekday in WEEKDAYS:
        admin.page.get_by_label(weekday).check()
    admin.fill({"自": FIRST_DAY.isoformat(), "至": LAST_DAY.isoformat()})
    admin.press("排上", exact=True)
    admin.sees(f"已为 {name} 排")


def the_roll_is_taken(stage, wall, town, teachers, mothers):
    wall.put(FIRST_DAY, "15:32")
    leader = stage.phone(password_of=town.leader)
    leader.go("/staffing/mine/")
    leader.press("到岗", exact=True)
    leader.press("今天各班情况")
    leader.press("生成今天的名单")
    leader.sees("2 个班未点名")
    leader.shot("leader-before-the-roll")
    for name, teacher in teachers.items():
        teacher.go("/staffing/mine/")
        if name == "王芳":
            teacher.shot("teacher-due-on-post")
        teacher.press("到岗", exact=True)
        teacher.sees("在岗")
    wall.put(FIRST_DAY, "15:44")
    for name, teacher in teachers.items():
        teacher.press("点名", exact=True)
        if name == "王芳":
            teacher.press(ABSENT_CHILD)
            teacher.sees("× 缺勤")
            teacher.shot("roll-with-one-absent")
        teacher.press(re.compile("提交：出勤"))
        teacher.sees("已点名")
    teachers["王芳"].sees("出勤 1，缺勤 1", "已通知家长")
    teachers["王芳"].shot("roll-taken")
    told = mothers[ABSENT_CHILD]
    told.go("/inbox/")
    told.sees(re.compile(f"{ABSENT_CHILD}.*缺勤"))
    told.shot("guardian-hears-of-the-absence")
    return leader


def children_go_home(wall, teachers, leader, mothers):
    wall.put(FIRST_DAY, "17:31")
    teacher = teachers["王芳"]
    teacher.press("去交接")
    teacher.press(FIRST_CHILD)
    teacher.reads("交接")
    teacher.sees(f"{FIRST_CHILD} 交给谁？", "奶奶", "母亲")
    teacher.shot("who-collects")
    teacher.press("都不是这几位")
    teacher.sees("不要放行 · 联系办公室", "这个班的另一位老师拨学校登记的号码")
    _all_is_sent(teacher)
    teacher.shot("stranger-refused")
    teacher.press("接着交接")

    leader.go("/attendance/day/")
    leader.reads("还有孩子待交接")
    leader.sees("签字（还剩 3 人）", "非授权人员接领")
    expect(leader.page.get_by_role("button", name="签字（还剩 3 人）")).to_be_disabled()
    leader.shot("leader-cannot-close")

    teacher.press(FIRST_CHILD)
    teacher.press(re.compile("奶奶"))
    teacher.sees("由奶奶接走", "现在没有要交接的孩子")
    _all_is_sent(teacher)
    teacher.shot("handed-over")
    other = teachers["张敏"]
    other.press("去交接")
    for child in ("古丽米热·艾力", "欧阳若曦"):
        other.press(child)
        other.press(re.compile("母亲"))
        other.sees(f"{child} 由母亲接走")
    _all_is_sent(other)
    mother = mothers[FIRST_CHILD]
    mother.go("/")
    mother.sees("由奶奶接走")
    mother.shot("guardian-sees-the-way-home")


def _all_is_sent(visitor):
    """Taps are on the telephone first and reach the school in their own time."""
    expect(visitor.page.locator(".action-bar [data-now=queue]")).to_have_text("0")


def the_leader_closes_the_day(stage, wall, town, teachers, leader):
    wall.put(FIRST_DAY, "17:41")
    leader.go("/attendance/day/")
    leader.reads("都有着落了，还有事没办完")
    leader.page.get_by_label("巡查与服务记录").fill("巡查两次，秩序正常，门窗已锁。")
    leader.shot("leader-may-close")
    leader.press("清零签字")
    leader.sees("还有 1 个没到的孩子没有联系上家长、1 件异常没处理完")
    leader.press("仍要签字")
    leader.sees("已签字。还有 1 个没到的孩子没有联系上家长、1 件异常没处理完")
    leader.shot("leader-closed")
    for on_post in (*teachers.values(), leader):
        on_post.go("/staffing/mine/")
        on_post.press("离岗", exact=True)
        on_post.sees("已离岗")
    leader.go("/staffing/hours/")
    leader.shot("leader-confirms-hours")
    leader.press("确认勾选的时间")
    leader.sees("已确认 2 条值班时间")


def the_other_days_go_by(wall, town):
    """One day through the pages tells how; the rest of the month is lived by calling the same actions."""
    people, families = cast_of(town.school), families_of(town.school, LAST_DAY)
    for day in service_days(town.school, FIRST_DAY + timedelta(days=1), LAST_DAY):
        wall.put(day, "18:30")
        live_through(town.school, people, day, families)
    assert timezone.localdate() == date(2026, 10, 30)
