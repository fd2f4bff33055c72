"""A day with something in every record of the 台账, and what the workbook must say of it."""

from datetime import date, datetime, time

from afterschool.plans.models import Offering
from attendance.actions import take_roll
from attendance.models import (
    Alarm,
    Batch,
    ContactAttempt,
    DayClose,
    EmergencyPlan,
    GateEntry,
    Incident,
    LateStay,
    Leave,
    MarkCorrection,
    Patrol,
    Session,
    Transfer,
    Venue,
    VenueCheck,
)
from enrollment.models import AgreementItem, PickupPerson, Placement, Section
from staffing.models import Duty
from tests import cast
from tests.attendance.gate import hand_over
from tests.attendance.town import THURSDAY, at, build

T = datetime(2026, 10, 15)  # noqa: DTZ001 as a spreadsheet has it


def then(hour, minute=0):
    return T.replace(hour=hour, minute=minute)


def written(school, term):
    """海棠路小学: a Thursday with something in every record; on Friday there is service too, and nobody wrote anything."""
    town = build(school, term)
    (first, second, third), by = town.children, town.teacher
    town.club = add_club(town, first)
    town.open()
    session, ball = town.session, school.sessions.get(section=town.club)
    Leave.objects.create(
        school=school, student=second, first_on=THURSDAY, last_on=THURSDAY, reason="看牙", asked_by=town.mothers[1],
        asked_at=at(9),
    )  # fmt: skip
    take_roll(session, exceptions={second.pk: "leave", third.pk: "absent"}, now=at(15, 46), by=town.by_teacher)
    take_roll(ball, exceptions={first.pk: "late"}, now=at(16, 35), by=town.by_leader)
    hand_over(first, now=at(17, 42), by=town.by_teacher)
    Session.objects.filter(pk=session.pk).update(
        activity="homework", content="=1+1 完成语文作业", logged_at=at(17, 20), logged_by=by
    )
    Duty.objects.filter(person=by).update(
        arrived_at=at(15, 42), left_at=at(17, 45), confirmed_by=town.leader, confirmed_at=at(18)
    )
    write_of_children(town, session, ball)
    write_of_safety(town, session)
    return town


def add_club(town, child):
    """篮球 on Thursdays, under the child's own agreement."""
    club = Offering.objects.create(
        school=town.school, plan=town.offering.plan, name="篮球", kind="club", grades=[3], weekdays=[4],
        starts_at=time(16, 30), ends_at=time(17, 30),
    )  # fmt: skip
    section = Section.objects.create(school=town.school, term=town.term, offering=club, name="篮球", room="操场")
    seat = child.placements.get()
    item = AgreementItem.objects.create(
        school=town.school, agreement=seat.item.agreement, offering=club, weekdays=[4], fee_fen=0
    )
    Placement.objects.create(
        school=town.school, section=section, student=child, item=item, began_on=date(2026, 9, 3),
        ended_on=date(2026, 12, 31),
    )  # fmt: skip
    return section


def write_of_children(town, session, ball):
    school, (first, _, third), by = town.school, town.children, town.teacher
    PickupPerson.objects.create(
        school=school, student=first, name="李桂芳", relation="奶奶", phone="13900006021", named_by=town.mothers[0],
        began_on=cast.LONG_AGO,
    )  # fmt: skip
    ContactAttempt.objects.create(
        school=school, session=session, student=third, person=town.mothers[2], result="reached", note="发烧在家",
        at=at(15, 52), by=by,
    )  # fmt: skip
    MarkCorrection.objects.create(
        school=school, session=session, student=third, was="present", now="absent", reason="点错人", asked_at=at(15, 50),
        asked_by=by,
    )  # fmt: skip
    Transfer.objects.create(
        school=school, session=ball, from_session=session, given_by=by, received_by=town.leader, expected=1, received=1,
        note="带水壶", at=at(16, 28),
    )  # fmt: skip
    Batch.objects.create(
        school=school, name="第一批", grades=[3], leaves_at=time(17, 30), place="南门", began_on=cast.LONG_AGO
    )
    LateStay.objects.create(
        school=school, day=THURSDAY, student=first, keeper=town.leader, place="值班室", began_at=at(17, 40), by=by
    )
    Alarm.objects.create(
        school=school, day=THURSDAY, student=first, step="leader", at=at(17, 41), settled_at=at(17, 42)
    )


def write_of_safety(town, session):
    school, by = town.school, town.leader
    Patrol.objects.create(school=school, session=session, is_safe=False, note="窗户松动", at=at(16, 10), by=by)
    GateEntry.objects.create(
        school=school, day=THURSDAY, kind="vehicle", name="张强", organisation="供水公司", document="身份证 1234",
        purpose="检修", host="王静", plate="辽B12345", checked="后备箱无异常", in_at=at(15, 10), out_at=at(15, 55), by=by,
    )  # fmt: skip
    Incident.objects.create(
        school=school, day=THURSDAY, kind="injury", note="擦破膝盖", first_aid="碘伏", student=town.children[0],
        guardian_told_at=at(16, 55), guardian_told_by=by, reported_to="教育局", reported_at=at(17), at=at(16, 50), by=by,
    )  # fmt: skip
    venue = Venue.objects.create(school=school, name="操场", every_days=7, began_on=date(2026, 10, 8))
    VenueCheck.objects.create(
        school=school, venue=venue, due_on=date(2026, 10, 8), checked_on=date(2026, 10, 9), is_safe=False,
        found="篮架螺丝松动", mend_by=date(2026, 10, 12), mended_on=date(2026, 10, 11), by=by,
    )  # fmt: skip
    EmergencyPlan.objects.create(
        school=school, title="火情", steps="打 119\n走最近的出口", contacts="赵立新", began_on=date(2026, 9, 1),
        written_by=by,
    )  # fmt: skip
    DayClose.objects.create(
        school=school, day=THURSDAY, closed_at=at(18, 20), closed_by=by, note="秩序好\U0001f600",
        counts={"listed": 3, "present": 1, "absent": 1, "leave": 1, "handed_over": 1, "kept": 0, "unresolved": 0,
                "incidents": 1},
    )  # fmt: skip


LACKING = [
    *(f"10月{day}日 有课后服务，没有任何记录" for day in (8, 9, 10, 12, 13)),
    "10月15日 篮球没有记服务内容", "10月15日 篮球没有巡查", "10月15日 篮球没有值班教师", "10月15日 赵立新没有到岗记录",
    "10月15日 有 1 件异常没有处理完毕（受伤）", "10月16日 有课后服务，没有任何记录",
    "操场应在10月16日检查，没有检查记录",
]  # fmt: skip


def expected(town) -> dict[str, list[tuple]]:
    """What the fixture wrote, as the papers of the field have it."""
    seats = [child.placements.first().item.agreement.number for child in town.children]
    phones = [f"{mother.phone[:3]}****{mother.phone[-4:]}" for mother in town.mothers]
    n, weekly, ball = (
        [child.number for child in town.children],
        "三(2)班 周一、周二、周四、周五 15:40–17:30",
        "篮球 周四 16:30–17:30",
    )
    began, early, late = datetime(2026, 9, 1), time(15, 40), time(17, 30)  # noqa: DTZ001
    return {
        "缺项": [("序号", "缺项"), *enumerate(LACKING, 1)],
        "1 参加学生名册": [
            ("序号", "学籍号", "姓名", "性别", "班级", "时段", "特色课程", "监护人", "监护人电话", "授权接送人", "离校方式",
             "协议编号", "自", "至", "备注"),
            (1, n[0], "学生01", "女", "三(2)班", weekly, ball,
             "母亲 学生01妈妈", phones[0], "奶奶 李桂芳", "家长或授权人接", seats[0], began, "", ""),
            (2, n[1], "学生02", "女", "三(2)班", weekly, "", "母亲 学生02妈妈", phones[1], "", "家长或授权人接", seats[1], began, "", ""),
            (3, n[2], "学生03", "女", "三(2)班", weekly, "", "母亲 学生03妈妈", phones[2], "", "家长或授权人接", seats[2], began, "", ""),
        ],
        "2 考勤表": [
            ("序号", "月份", "服务班", "班级", "姓名", "15日", "应到", "出勤", "迟到", "早退", "缺勤", "请假", "病", "未点名"),
            (1, "2026年10月", "三(2)班", "三(2)班", "学生01", "√", 1, 1, 0, 0, 0, 0, 0, 0),
            (2, "2026年10月", "三(2)班", "三(2)班", "学生02", "△", 1, 0, 0, 0, 0, 1, 0, 0),
            (3, "2026年10月", "三(2)班", "三(2)班", "学生03", "×", 1, 0, 0, 0, 1, 0, 0, 0),
            (4, "2026年10月", "篮球", "三(2)班", "学生01", "☆", 1, 1, 1, 0, 0, 0, 0, 0),
            ("合计", "", "", "", "", "", 4, 2, 1, 0, 1, 1, 0, 0),
        ],
        "2 每日出勤": [
            ("日期", "服务班", "开始", "结束", "地点", "应到", "出勤", "缺勤", "请假", "病", "未点名",
             "点名时间", "点名教师", "值班教师", "说明"),
            (T, "三(2)班", early, late, "", 3, 1, 1, 1, 0, 0, time(15, 46), "王静", "王静", ""),
            (T, "篮球", time(16, 30), late, "操场", 1, 1, 0, 0, 0, 0, time(16, 35), "赵立新", "", ""),
            ("合计", "", "", "", "", 4, 2, 1, 1, 0, 0, "", "", "", ""),
        ],
        "2 缺勤与联系": [
            ("日期", "服务班", "班级", "姓名", "状态", "原因", "联系时间", "联系人", "结果", "说明", "联系教师"),
            (T, "三(2)班", "三(2)班", "学生02", "请假", "看牙", "", "", "", "", ""),
            (T, "三(2)班", "三(2)班", "学生03", "缺勤", "", time(15, 52), "学生03妈妈", "已联系上，家长知情", "发烧在家", "王静"),
        ],
        "2 考勤更正": [
            ("日期", "服务班", "姓名", "原来", "改为", "原因", "提出人", "提出时间", "决定人", "决定时间", "状态",
             "为什么不同意"),
            (T, "三(2)班", "学生03", "出勤", "缺勤", "点错人", "王静", then(15, 50), "", "", "已更正", ""),
        ],
        "3 离校记录": [
            ("序号", "日期", "班级", "姓名", "离校时间", "方式", "接领人", "关系", "核验方式", "移交教师", "地点（门）", "批次", "异常"),
            (1, T, "三(2)班", "学生01", time(17, 42), "接走", "学生01妈妈", "母亲", "当面认人", "王静", "", "第一批",
             "晚接：赵立新在值班室看护，17:40起"),
        ],
        "3 晚接看护": [
            ("序号", "日期", "班级", "姓名", "看护人", "地点", "自", "至", "后来"),
            (1, T, "三(2)班", "学生01", "赵立新", "值班室", time(17, 40), time(17, 42), "已交接"),
        ],
        "3 教师间交接": [
            ("日期", "时间", "服务班", "从", "移交", "接收", "应到", "实到", "请假名单", "注意事项"),
            (T, time(16, 28), "篮球", "三(2)班", "王静", "赵立新", 1, 1, "", "带水壶"),
        ],
        "4 课时汇总": [
            ("序号", "姓名", "岗位", "次数", "在岗（分钟）", "在岗时长", "其中已确认（分钟）", "已确认课时", "没有确认（次）"),
            (1, "王静", "值班教师", 1, 108, "1 小时 48 分钟", 108, 2, 0),
            (2, "赵立新", "带班领导", 1, 0, "0 分钟", 0, 0, 1),
            ("合计", "", "", 2, 108, "", 108, 2, 1),
        ],
        "4 值班明细": [
            ("日期", "岗位", "服务班", "姓名", "代谁的班", "应到", "应离", "到岗", "离岗", "在岗（分钟）", "课时", "确认人", "确认时间",
             "说明"),
            (T, "带班领导", "全校", "赵立新", "", early, late, "", "", 0, "", "", "",
             "没有到岗记录"),
            (T, "值班教师", "三(2)班", "王静", "", early, late, time(15, 42), time(17, 45), 108, 2, "赵立新", then(18), ""),
            ("合计", "", "", "", "", "", "", "", "", 108, 2, "", "", ""),
        ],
        "5 服务内容": [
            ("日期", "服务班", "开始", "结束", "地点", "值班教师", "活动", "服务内容", "提示", "照片（张）", "记录人", "记录时间"),
            (T, "三(2)班", early, late, "", "王静", "作业辅导", "=1+1 完成语文作业", "", 0, "王静", then(17, 20)),
            (T, "篮球", time(16, 30), late, "操场", "", "", "", "", 0, "", ""),
        ],
        "6 在岗情况": [
            ("日期", "岗位", "服务班", "姓名", "应到岗", "到岗", "离岗", "是否按时", "在岗（分钟）", "学生应到", "学生实到", "最后离校"),
            (T, "带班领导", "全校", "赵立新", early, "", "", "没有到岗记录", 0, 3, 1, time(17, 42)),
            (T, "值班教师", "三(2)班", "王静", early, time(15, 42), time(17, 45), "迟到 2 分", 108, 3, 1, time(17, 42)),
        ],
        "7 巡查记录": [
            ("日期", "时间", "服务班", "地点", "准时", "教师在岗", "人数相符", "场所安全", "情况", "带班领导"),
            (T, time(16, 10), "三(2)班", "", "√", "√", "√", "×", "窗户松动", "赵立新"),
        ],
        "7 当日签字": [
            ("日期", "签字人", "签字时间", "应到", "出勤", "缺勤", "请假", "已交接", "晚接", "签字时没有办完",
             "巡查与服务记录"),
            (T, "赵立新", then(18, 20), 3, 1, 1, 1, 1, 0, "1 件异常没处理完", "秩序好\U0001f600"),
        ],
        "8 门卫登记": [
            ("序号", "日期", "类别", "姓名", "单位", "证件", "事由", "被访人", "车牌", "检查情况", "进校", "离校", "登记人"),
            (1, T, "车辆", "张强", "供水公司", "身份证 1234", "检修", "王静", "辽B12345",
             "后备箱无异常", time(15, 10), then(15, 55), "赵立新"),
        ],
        "9 异常与处置": [
            ("日期", "时间", "类别", "学生", "班级", "经过与处置", "急救处理", "告知家长", "告知人", "上报", "上报时间", "后续处理",
             "处理完毕", "记录人"),
            (T, time(16, 50), "受伤", "学生01", "三(2)班", "擦破膝盖", "碘伏", then(16, 55),
             "赵立新", "教育局", then(17), "", "", "赵立新"),
        ],
        "9 滞留告警": [
            ("日期", "时间", "姓名", "班级", "告知", "有着落"),
            (T, time(17, 41), "学生01", "三(2)班", "带班领导", then(17, 42)),
        ],
        "9 场所检查": [
            ("场所", "应查日期", "检查日期", "安全", "隐患", "整改期限", "整改完成", "检查人"),
            ("操场", T.replace(day=8), T.replace(day=9), "×", "篮架螺丝松动", T.replace(day=12), T.replace(day=11), "赵立新"),
        ],
        "9 应急预案": [
            ("预案", "怎么办", "找谁", "自", "至", "编写人"),
            ("火情", "打 119\n走最近的出口", "赵立新", began, "", "赵立新"),
        ],
    }  # fmt: skip
