"""What attendance holds on a child (see `afterschool.schools.held`)."""

from afterschool.schools.held import Held, held
from afterschool.schools.models import Student

from .models import (
    Alarm,
    ContactAttempt,
    Handover,
    Incident,
    LateStay,
    Leave,
    Mark,
    MarkCorrection,
    PickupChange,
    PickupCode,
)
from .models.gate import afterwards

OTHERS = "另一位有权接的人"
HEALTH = (Incident.Kind.ILLNESS, Incident.Kind.INJURY)  # the others are about adults


def records(student: Student, reader: int) -> list[Held]:
    return [*_days(student), *_leaving(student, reader), *_said(student, reader)]


def _days(student: Student) -> list[Held]:
    marks = Mark.objects.filter(student=student).select_related("session__section").order_by("session__day", "id")
    changed = MarkCorrection.objects.filter(student=student).select_related("session__section").order_by("id")
    return [
        held("考勤", "日期 服务班 状态", ((one.session.day, one.session.section.name, one.get_status_display()) for one in marks)),
        held(
            "考勤更正",
            "日期 服务班 原来 改为 结果",
            (
                (one.session.day, one.session.section.name, one.get_was_display(), one.get_now_display(), one.get_state_display())
                for one in changed
            ),
        ),
        held(
            "生病和受伤",
            "日期 类别 告知家长",
            (
                (one.day, one.get_kind_display(), one.guardian_told_at)
                for one in Incident.objects.filter(student=student, kind__in=HEALTH).order_by("id")
            ),
        ),
    ]  # fmt: skip


def _leaving(student: Student, reader: int) -> list[Held]:
    left = Handover.objects.filter(student=student).select_related("pickup_person", "code", "event")
    stays, alarms = LateStay.objects.filter(student=student), Alarm.objects.filter(student=student)
    return [
        held(
            "离校",
            "时间 方式 接领人 撤销",
            ((one.at, _mode(one), _collector(one, reader), one.undone_at) for one in left),
        ),
        held("晚接看护", "日期 开始 结束", ((one.day, one.began_at, one.ended_at) for one in stays)),
        held(
            "滞留告警",
            "日期 时间 告知 有着落",
            ((one.day, one.at, one.get_step_display(), one.settled_at) for one in alarms),
        ),
    ]


def _said(student: Student, reader: int) -> list[Held]:
    """Leave belongs to the child's record; its reason, a changed collector and a code to whoever wrote them."""
    changes = PickupChange.objects.filter(student=student, asked_by=reader)
    codes = PickupCode.objects.filter(student=student, made_by=reader)
    calls = ContactAttempt.objects.filter(student=student, person=reader).order_by("id")
    return [
        held(
            "请假",
            "自 至 病假 事由 撤销",
            (
                (one.first_on, one.last_on, one.is_ill, one.reason if one.asked_by_id == reader else "", one.cancelled_at)
                for one in Leave.objects.filter(student=student)
            ),
        ),
        held(
            "您改的接送",
            "日期 方式 时间 留言 撤销",
            (
                (one.day, one.get_mode_display(), one.comes_at and f"{one.comes_at:%H:%M}", one.note, one.cancelled_at)
                for one in changes
            ),
        ),
        held("您给的一次性接送码", "日期 姓名 关系 撤销", ((one.day, one.name, one.relation, one.cancelled_at) for one in codes)),
        held("给您打的电话", "时间 结果", ((one.at, one.get_result_display()) for one in calls)),
    ]  # fmt: skip


def _mode(one: Handover) -> str:
    return f"{one.get_mode_display()}{afterwards(one.how, one.event.device)}"


def _collector(one: Handover, reader: int) -> str:
    """The reader, an adult the reader named, or nobody by name."""
    named = one.pickup_person and one.pickup_person.named_by_id == reader
    given = one.code and one.code.made_by_id == reader
    if one.mode != Handover.Mode.COLLECTED:
        return ""
    if one.guardian_id == reader or named or given:
        return f"{one.collector_name}（{one.collector_relation}）"
    return OTHERS
