"""What billing holds on a child (see `afterschool.schools.held`): sums, never who paid or whose account it was."""

from afterschool.money import Money
from afterschool.schools.held import Held, held
from afterschool.schools.models import Student

from .models import Charge, MealCharge, MealConsent, Objection, Receipt, Refund


def records(student: Student, reader: int) -> list[Held]:
    return [*_fees(student), _refunds(student), *_meals(student), _objections(student, reader)]


def _fees(student: Student) -> list[Held]:
    charges = Charge.objects.filter(student=student).select_related("fee_month", "item__offering")
    receipts = Receipt.objects.filter(student=student).order_by("on", "number")
    return [
        held(
            "收费",
            "月份 项目 服务日（天） 标准（元） 减免（元） 应收（元） 已收（元） 应退（元）",
            (
                (_month(one), one.item.offering.name, len(one.days), *map(_yuan, (
                    one.gross_fen, one.waived_fen, one.net_fen, one.paid_fen, one.refunded_fen,
                )))
                for one in charges.order_by("fee_month__month", "id")
            ),
        ),
        held(
            "收款",
            "收据号 到账 款项 金额（元） 方式 作废",
            (
                (one.number, one.on, one.get_fund_display(), _yuan(one.amount_fen), one.get_method_display(), one.voided_at)
                for one in receipts
            ),
        ),
    ]  # fmt: skip


def _refunds(student: Student) -> Held:
    settled = Refund.objects.filter(student=student).exclude(state=Refund.State.DRAFT).select_related("fee_month")
    rows = (
        (_month(one), one.get_cause_display(), _yuan(one.amount_fen), one.get_state_display(), one.paid_on)
        for one in settled.order_by("fee_month__month", "id")
    )
    return held("退费", "月份 原因 金额（元） 状态 到账", rows)


def _meals(student: Student) -> list[Held]:
    agreed = MealConsent.objects.filter(student=student).select_related("meal").order_by("began_on", "id")
    eaten = MealCharge.objects.filter(student=student).select_related("fee_month", "meal")
    return [
        held("代收同意书", "名称 自 至", ((one.meal.name, one.began_on, one.ended_on) for one in agreed)),
        held(
            "代收餐费",
            "月份 名称 供餐日（天） 应交（元） 没有用餐退回（元） 结余返还（元）",
            (
                (_month(one), one.meal.name, len(one.days), _yuan(one.net_fen), _yuan(one.back_fen), _yuan(one.share_fen))
                for one in eaten.order_by("fee_month__month", "id")
            ),
        ),
    ]  # fmt: skip


def _objections(student: Student, reader: int) -> Held:
    raised = Objection.objects.filter(student=student, raised_by=reader).select_related("fee_month")
    said = ((_month(one), one.text, one.get_state_display(), one.answer) for one in raised)
    return held("您提的异议", "月份 内容 状态 答复", said)


def _month(one) -> str:
    return f"{one.fee_month.month:%Y-%m}"


def _yuan(fen: int) -> str:
    return Money(fen).plain()
