"""考勤表、交接记录、值班记录 as spreadsheets, in the columns people know."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from afterschool.schools.models import School
from afterschool.xlsx import Column, Sheet
from staffing.models import Duty

from .models import DayClose, Handover, LateStay, Mark, Patrol
from .models.corrections import later_in_words, typed_in_words
from .selectors import day_book
from .selectors.owing import owing_words

# The signs of the paper 考勤表.
SIGNS = {
    Mark.Status.PRESENT: "√",
    Mark.Status.ABSENT: "×",
    Mark.Status.LEAVE: "△",
    Mark.Status.EARLY: "○",
    Mark.Status.LATE: "☆",
    Mark.Status.ILL: "病",
}
LEGEND = "√出勤　×缺勤　△请假　○早退　☆迟到　病"


def day_tables(school: School, day: date, sessions, incidents) -> list[Sheet]:
    """`sessions` and `incidents`: those within the reader's reach."""
    head = f"{school.name} {day:%Y年%-m月%-d日}"
    book = day_book(school, day, sessions=sessions)
    return [
        Sheet("考勤表", ROLL_COLUMNS, _roll_rows(book), titles=[f"{head} 考勤表", LEGEND]),
        Sheet("交接记录", HANDOVER_COLUMNS, _handover_rows(book), titles=[f"{head} 交接（离校）记录"]),
        Sheet(
            "值班记录",
            DUTY_COLUMNS,
            _duty_rows(school, day, book, incidents),
            titles=[f"{head} 值班记录", _closing(school, day)],
        ),
    ]


ROLL_COLUMNS = [
    Column("序号", "int", 6), Column("服务班", width=12), Column("班级", width=12), Column("姓名", width=12),
    Column("状态", width=8), Column("点名时间", "time", 10), Column("点名教师", width=12),
]  # fmt: skip
HANDOVER_COLUMNS = [
    Column("序号", "int", 6), Column("班级", width=12), Column("姓名", width=12), Column("离校时间", "time", 10),
    Column("方式", width=10), Column("接领人", width=12), Column("关系", width=10), Column("移交教师", width=12),
    Column("备注", width=24),
]  # fmt: skip
DUTY_COLUMNS = [
    Column("岗位", width=12), Column("服务班", width=14), Column("姓名", width=12), Column("到岗", "time", 10),
    Column("离岗", "time", 10), Column("应到", "int", 8), Column("实到", "int", 8), Column("情况与处置", width=48),
]  # fmt: skip


def _roll_rows(book) -> list[list]:
    listed = [(session, student) for session in book.sessions for student in book.listed[session.pk]]
    rows = []
    for number, (session, student) in enumerate(listed, 1):
        mark = book.marks.get((session.pk, student.pk))
        sign, at, by = (SIGNS[mark.status], _clock(mark.at), mark.by.name) if mark else ("未点名", None, "")
        rows.append([number, session.section.name, str(student.school_class), student.name, sign, at, by])
    return rows


def _handover_rows(book) -> list[list]:
    """Undone ones too: they stay on record."""
    children = book.children
    made = Handover.objects.filter(student__in=children, day=book.day).select_related(
        "by", "undone_by", "event__later__decided_by"
    )
    return [
        [
            number,
            str(children[one.student_id].school_class),
            children[one.student_id].name,
            _clock(one.at),
            one.get_mode_display(),
            one.collector_name,
            one.collector_relation,
            "" if one.is_later else one.by.name,
            "；".join(filter(None, [_later(one), _typed(one), _undone(one)])),
        ]
        for number, one in enumerate(made, 1)
    ]


def _later(handover: Handover) -> str:
    if not handover.is_later:
        return ""
    later = handover.event.later
    agreed_by = later.decided_by.name if later.decided_by else ""
    return f"补记：{later_in_words(handover.by.name, later.at, later.source, later.reason, agreed_by)}"


def _typed(handover: Handover) -> str:
    return typed_in_words(handover.event.device, handover.by.name, handover.event.received_at)


def _undone(handover: Handover) -> str:
    if not handover.undone_at:
        return ""
    who = handover.undone_by.name if handover.undone_by else "系统"
    return f"{_clock(handover.undone_at):%H:%M} 由 {who} 撤销"


def _duty_rows(school: School, day: date, book, incidents) -> list[list]:
    counts = {}
    for session in book.sessions:
        marks = [book.marks.get((session.pk, student.pk)) for student in book.listed[session.pk]]
        here = sum(mark.status in Mark.HERE for mark in marks if mark)
        counts[session.section_id] = (len(marks), here)
    duties = Duty.objects.filter(school=school, day=day).select_related("person", "section").order_by("role", "pk")
    rows = [
        [
            duty.get_role_display(),
            duty.section.name if duty.section else "全校",
            duty.person.name,
            _clock(duty.arrived_at),
            _clock(duty.left_at),
            *counts.get(duty.section_id, (None, None)),
            "",
        ]
        for duty in duties
    ]
    return [*rows, *_what_happened(school, day, book, incidents)]


def _what_happened(school: School, day: date, book, incidents) -> Iterator[list]:
    """Rooms looked into, children who stayed on with a keeper, incidents."""
    for look in Patrol.objects.standing().filter(session__in=book.sessions).select_related("session__section", "by"):
        yield ["巡查", look.session.section.name, look.by.name, _clock(look.at), None, None, None, look.words]
    for stay in LateStay.objects.filter(student__in=book.children, day=day).select_related("student", "keeper"):
        said = f"{stay.student.name}，{stay.place}"
        yield ["晚接看护", "", stay.keeper.name, _clock(stay.began_at), _clock(stay.ended_at), None, None, said]
    for incident in incidents.filter(school=school, day=day).select_related("student", "by"):
        who = incident.student.name if incident.student else ""
        said = f"{who} {incident.note}".strip()
        yield [incident.get_kind_display(), "", incident.by.name, _clock(incident.at), None, None, None, said]


def _closing(school: School, day: date) -> str:
    close = DayClose.objects.filter(school=school, day=day).select_related("closed_by").first()
    if close is None:
        return "当日尚未签字结束"
    on_the_day = timezone.localdate(close.closed_at) == day
    when = f"{_clock(close.closed_at):%H:%M}" if on_the_day else _moment(close.closed_at)
    still = owing_words(close.counts.get("unresolved", 0), close.counts.get("incidents", 0))
    return f"带班领导 {close.closed_by.name} {when} 签字。{f'签字时还有 {still}。' if still else ''}{close.note}"


def _moment(at) -> str:
    return f"{timezone.localtime(at):%-m月%-d日 %H:%M}"


def _clock(at):
    return timezone.localtime(at).time().replace(microsecond=0) if at else None
