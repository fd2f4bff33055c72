"""Records eight and nine: who came through the gate; what happened, and whether the rooms were safe."""

from afterschool.xlsx import Column, Sheet
from attendance.models import Alarm, EmergencyPlan, Incident, VenueCheck

from .books import Books, clock, local
from .record import DAY, KLASS, NAME, NUMBER, Record, plain


def gate_book(books: Books) -> Record:
    columns = [
        NUMBER, DAY, Column("类别", width=10), NAME, Column("单位", width=18), Column("证件", width=14),
        Column("事由", width=22), Column("被访人", width=10), Column("车牌", width=12), Column("检查情况", width=20),
        Column("进校", "time", 8), Column("离校", "moment", 14), Column("登记人", width=10),
    ]  # fmt: skip
    rows = [
        [
            number, one.day, one.get_kind_display(), one.name, one.organisation, one.document, one.purpose, one.host,
            one.plate, one.checked, clock(one.in_at), local(one.out_at), one.by.name,
        ]
        for number, one in enumerate(books.entries, 1)
    ]  # fmt: skip
    return plain(8, "门卫登记", ("门卫", "带班领导", "日期"), Sheet("8 门卫登记", columns, rows))


def safety(books: Books) -> Record:
    sheets = [
        Sheet("9 异常与处置", INCIDENT, [_incident(one) for one in books.incidents]),
        Sheet("9 滞留告警", ALARM, [_alarm(books, one) for one in books.of(Alarm).order_by("at", "pk")]),
        Sheet("9 场所检查", CHECK, [_check(one) for one in _checks(books)]),
        Sheet("9 应急预案", PLAN, [_plan(one) for one in books.open_in(EmergencyPlan).select_related("written_by")]),
    ]
    return plain(9, "安全与应急记录", ("带班领导", "校长", "日期"), *sheets)


INCIDENT = [
    DAY, Column("时间", "time", 11), Column("类别", width=12), Column("学生", width=10), Column("班级", width=9),
    Column("经过与处置", width=34), Column("急救处理", width=16), Column("告知家长", "moment", 14),
    Column("告知人", width=9), Column("上报", width=14), Column("上报时间", "moment", 14), Column("后续处理", width=24),
    Column("处理完毕", "moment", 14), Column("记录人", width=9),
]  # fmt: skip
ALARM = [
    DAY, Column("时间", "time", 8), NAME, KLASS, Column("告知", width=14), Column("有着落", "moment", 18),
]  # fmt: skip
CHECK = [
    Column("场所", width=16), Column("应查日期", "date", 11), Column("检查日期", "date", 11), Column("安全", width=7),
    Column("隐患", width=40), Column("整改期限", "date", 11), Column("整改完成", "date", 11), Column("检查人", width=12),
]  # fmt: skip
PLAN = [
    Column("预案", width=16), Column("怎么办", width=50), Column("找谁", width=30), Column("自", "date", 11),
    Column("至", "date", 11), Column("编写人", width=10),
]  # fmt: skip


def _incident(one: Incident) -> list:
    student = one.student
    return [
        one.day, clock(one.at), one.get_kind_display(), student.name if student else "",
        str(student.school_class) if student else "", one.note, one.first_aid, local(one.guardian_told_at),
        one.guardian_told_by.name if one.guardian_told_by else "", one.reported_to, local(one.reported_at),
        one.follow_up, local(one.settled_at), one.by.name,
    ]  # fmt: skip


def _alarm(books: Books, one: Alarm) -> list:
    student = books.students[one.student_id]
    who = [student.name, str(student.school_class)]
    return [one.day, clock(one.at), *who, one.get_step_display(), local(one.settled_at)]


def _checks(books: Books):
    return books.of(VenueCheck, "checked_on").select_related("venue", "by").order_by("checked_on", "pk")


def _check(one: VenueCheck) -> list:
    return [
        one.venue.name, one.due_on, one.checked_on, "√" if one.is_safe else "×", one.found, one.mend_by,
        one.mended_on, one.by.name,
    ]  # fmt: skip


def _plan(one: EmergencyPlan) -> list:
    return [one.title, one.steps, one.contacts, one.began_on, one.ended_on, one.written_by.name]
