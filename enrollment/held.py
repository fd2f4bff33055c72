"""What enrolment holds on a child, and whether its guardian may take a copy now (see `afterschool.schools.held`)."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from afterschool.money import Money
from afterschool.schools.held import Held, held
from afterschool.schools.models import Student

from .models import AgreementItem, Choice, ExportRequest, PickupPerson, Placement, Waiver, Withdrawal

RELEASE_LASTS = timedelta(days=7)


def is_delicate(student: Student) -> bool:
    """Was a restriction or a dispute ever written down for this child? Then a person looks before a copy goes out."""
    return student.restrictions.exists() or student.dispute_holds.exists()


def may_export(student: Student, person: int, now: datetime) -> bool:
    return last_answer(student, person, now) == ExportRequest.State.RELEASED or not is_delicate(student)


def last_answer(student: Student, person: int, now: datetime) -> str:
    """How the newest request of this guardian stands; blank where there is none, or it was answered more than a week ago."""
    last = student.export_requests.filter(asked_by=person).last()
    is_over = last and last.decided_at and last.decided_at <= now - RELEASE_LASTS
    return last.state if last and not is_over else ""


def records(student: Student, reader: int) -> list[Held]:
    return [
        _asked_for(student, reader), _signed(student), _seats(student),
        *_adults(student, reader), *_relief(student, reader),
    ]  # fmt: skip


def _asked_for(student: Student, reader: int) -> Held:
    choices = Choice.objects.filter(application__student=student).select_related("application__term", "offering")
    return held(
        "报名",
        "受理编号 学期 项目 提交 状态 离校方式 健康情况",
        (
            (
                one.application.number, str(one.application.term), one.offering.name, one.application.submitted_at,
                one.application.get_state_display(), one.application.get_leave_mode_display(),
                _own(one.application.health_note, one.application.guardian_id, reader),
            )
            for one in choices.order_by("application", "id")
        ),
    )  # fmt: skip


def _signed(student: Student) -> Held:
    items = AgreementItem.objects.filter(agreement__student=student).select_related("agreement__term", "offering")
    return held(
        "协议",
        "协议编号 学期 项目 价格（元） 收费单位 自 至",
        (
            (
                one.agreement.number, str(one.agreement.term), one.offering.name, Money(one.fee_fen).plain(),
                one.get_unit_display(), one.agreement.began_on, one.agreement.ended_on,
            )
            for one in items.order_by("agreement", "id")
        ),
    )  # fmt: skip


def _seats(student: Student) -> Held:
    seats = _in_order(Placement.objects.filter(student=student).select_related("section__offering"))
    rows = ((one.section.name, one.section.offering.name, one.began_on, one.ended_on) for one in seats)
    return held("在册", "服务班 项目 自 至", rows)


def _adults(student: Student, reader: int) -> list[Held]:
    named = _in_order(PickupPerson.objects.filter(student=student, named_by=reader))
    return [
        held(
            "您授权的接送人",
            "姓名 关系 电话 照片 自 至",
            ((one.name, one.relation, one.phone, bool(one.photo), one.began_on, one.ended_on) for one in named),
        )
    ]


def _relief(student: Student, reader: int) -> list[Held]:
    waivers = _in_order(Waiver.objects.filter(student=student))
    withdrawals = Withdrawal.objects.filter(student=student).order_by("id")
    return [
        held(
            "减免",
            "减免比例（%） 状态 自 至",
            ((one.percent, one.get_state_display(), one.began_on, one.ended_on) for one in waivers),
        ),
        held(
            "退出",
            "最后服务日 提出 收悉 原因",
            (
                (one.last_on, one.asked_at, one.acknowledged_at, _own(one.reason, one.asked_by_id, reader))
                for one in withdrawals
            ),
        ),
    ]


def _own(text: str, writer: int, reader: int) -> str:
    """What the other guardian wrote may say where they are."""
    return text if writer == reader else ""


def _in_order(rows: QuerySet) -> QuerySet:
    return rows.order_by("began_on", "id")
