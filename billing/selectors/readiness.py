"""What a month still lacks, in words that say where to go."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from afterschool.errors import NoRule
from afterschool.policy import rules
from afterschool.schools.models import Student
from afterschool.schools.rules import case_of
from attendance.models import Session
from billing.ledger.balances import is_balanced, trial_balance
from billing.meals.selectors.readiness import missing_for_lock as missing_meals
from billing.models import (
    Adjustment,
    BankLine,
    Charge,
    Expense,
    FeeMonth,
    Objection,
    Reconciliation,
    Refund,
    Settlement,
)
from billing.selectors.advances import takes_part
from billing.selectors.reconciling import stands
from billing.selectors.returns import AsCharged, as_charged, left_over, with_tariff
from billing.tariffs import law_of
from billing.wechat.selectors import by_wechat
from enrollment.models import Withdrawal
from staffing.models import Duty, StipendSheet

SHEET_WAITS: dict[str, str] = {
    StipendSheet.State.DRAFT: "补助发放表等财务复核人复核",
    StipendSheet.State.REVIEWED: "补助发放表等校长同意发放",
}


@dataclass(frozen=True)
class Missing:
    text: str
    url: str
    word: str = ""  # of the button, where the clerk mends it at that address


def missing_for_draft(fee_month: FeeMonth) -> list[Missing]:
    """Without these the figures would be wrong."""
    return [*_charges(fee_month), *_withdrawals(fee_month), *_expenses(fee_month), *_stipends(fee_month)]


def missing_for_lock(fee_month: FeeMonth, today: date) -> list[Missing]:
    """What L15 asks for: nothing waits, the roll and the hours are complete, bank and book agree, families were asked."""
    return [
        *missing_for_draft(fee_month), *_adjustments(fee_month), *_bank_lines(fee_month), *_roll(fee_month),
        *_duties(fee_month), *_meals(fee_month), *_earlier(fee_month), *_trial_balance(fee_month), *_families(fee_month, today),
        *_reconciliation(fee_month),
    ]  # fmt: skip


def _charges(fee_month: FeeMonth) -> list[Missing]:
    return [] if fee_month.charged_at else [Missing("本月收费还没有生成", _month_url(fee_month))]


def _withdrawals(fee_month: FeeMonth) -> list[Missing]:
    waiting = len(unsettled_withdrawals(fee_month))
    return [Missing(f"{waiting} 个退出还没有结算", _month_url(fee_month))] if waiting else []


def unsettled_withdrawals(fee_month: FeeMonth) -> list[Withdrawal]:
    """Children who leave before the last day they were charged for, and whose days left are not given back yet."""
    charges = fee_month.charges.filter(
        agreement__withdrawal__isnull=False, net_fen__gt=0, refunded_fen=0, remitted_fen=0
    ).select_related("agreement__withdrawal__student__school_class")
    left = [charge for charge in with_tariff(charges) if charge.days[-1] > charge.agreement.withdrawal.last_on]
    tariffs = as_charged(fee_month) if left else None
    return list(
        dict.fromkeys(charge.agreement.withdrawal for charge in left if tariffs and _gives_back(tariffs, charge))
    )


def _gives_back(tariffs: AsCharged, charge: Charge) -> bool:
    """Whether anything is left to give; where the policy does not say, someone must look."""
    try:
        return bool(left_over(tariffs, charge, charge.agreement.withdrawal.last_on).amount)
    except NoRule:
        return True


def _expenses(fee_month: FeeMonth) -> list[Missing]:
    waiting = fee_month.expenses.of_service().filter(state=Expense.State.ENTERED).count()
    url = reverse("billing:expense-list", args=[fee_month.pk])
    return [Missing(f"{waiting} 笔支出等待审批", url)] if waiting else []


def _meals(fee_month: FeeMonth) -> list[Missing]:
    url = reverse("meals:meal-month", args=[fee_month.pk])
    return [Missing(text, url, "看代收餐费") for text in missing_meals(fee_month)]


def _stipends(fee_month: FeeMonth) -> list[Missing]:
    """Where anybody was on post the sheet must be approved and booked."""
    if fee_month.expenses.exclude(sheet=None).exists():
        return []
    sheet = StipendSheet.objects.filter(school=fee_month.school_id, month=fee_month.month).first()
    if sheet is None:
        days = (fee_month.month, fee_month.last_on)
        served = Duty.objects.filter(school=fee_month.school_id, day__range=days).exclude(arrived_at=None)
        return [Missing("补助发放表还没有制作", _month_url(fee_month))] if served.exists() else []
    if sheet.state != StipendSheet.State.APPROVED:
        return [Missing(SHEET_WAITS[sheet.state], _month_url(fee_month))]
    return [Missing("补助发放表还没有列支", _month_url(fee_month))] if sheet_to_book(fee_month) else []


def sheet_to_book(fee_month: FeeMonth) -> bool:
    """Whether an approved stipend sheet waits to become a cost of the month."""
    approved = StipendSheet.objects.filter(
        school=fee_month.school_id, month=fee_month.month, state=StipendSheet.State.APPROVED, expense=None
    )
    return any(sheet.total_fen for sheet in approved)


def _bank_lines(fee_month: FeeMonth) -> list[Missing]:
    lines = BankLine.objects.filter(
        school=fee_month.school_id, state=BankLine.State.OPEN, on__range=(fee_month.month, fee_month.last_on)
    )
    first = lines.first()
    if first is None:
        return []
    url = reverse("billing:statement-detail", args=[first.statement_id])
    return [Missing(f"{lines.count()} 笔银行流水待核对", url)]


def _adjustments(fee_month: FeeMonth) -> list[Missing]:
    """Those of earlier months that would be booked in this one."""
    waiting = Adjustment.objects.filter(school=fee_month.school_id, state=Adjustment.State.ENTERED)
    first = waiting.first()
    if first is None:
        return []
    return [Missing(f"{waiting.count()} 笔更正等待审批", reverse("billing:correction-list", args=[first.fee_month_id]))]


def _roll(fee_month: FeeMonth) -> list[Missing]:
    """未点名 is neither present nor absent: whoever was there must say so first."""
    days = (fee_month.month, fee_month.last_on)
    untaken = Session.objects.held().filter(school=fee_month.school_id, day__range=days, taken_at=None)
    days_untaken = list(untaken.order_by("day").values_list("day", flat=True).distinct())
    if not days_untaken:
        return []
    url = f"{reverse('attendance:day')}?day={days_untaken[0]}"
    return [Missing(f"{untaken.count()} 个场次没有点名（最早 {days_untaken[0]:%-m月%-d日}）", url)]


def _duties(fee_month: FeeMonth) -> list[Missing]:
    days = (fee_month.month, fee_month.last_on)
    duties = Duty.objects.filter(school=fee_month.school_id, day__range=days, confirmed_by=None)
    waiting = duties.exclude(arrived_at=None).count()
    return [Missing(f"{waiting} 个班次的课时还没有确认", _month_url(fee_month))] if waiting else []


def _reconciliation(fee_month: FeeMonth) -> list[Missing]:
    if stands(fee_month):
        return []
    made = Reconciliation.objects.filter(fee_month=fee_month).exists()
    say = "银行账又有变化，余额调节表要重新编制" if made else "银行存款余额调节表还没有编制"
    return [Missing(say, reverse("billing:reconciliation", args=[fee_month.pk]), "编制余额调节表")]


def _trial_balance(fee_month: FeeMonth) -> list[Missing]:
    if is_balanced(trial_balance(fee_month.school, fee_month.last_on)):
        return []
    return [Missing("科目余额表借贷不平，请先联系系统管理员", _month_url(fee_month))]


def _families(fee_month: FeeMonth, today: date) -> list[Missing]:
    settlement = Settlement.objects.filter(fee_month=fee_month).first()
    if settlement is None:
        return [Missing("还没有生成结算草案", _month_url(fee_month))]
    if settlement.state == Settlement.State.DRAFT:
        url = reverse("billing:settlement-show", args=[fee_month.pk])
        return [Missing("结算草案还没有交家长核对", url, "交家长核对")]
    missing = []
    if waiting := fee_month.objections.filter(state=Objection.State.OPEN).count():
        url = reverse("billing:objection-list", args=[fee_month.pk])
        missing.append(Missing(f"{waiting} 条家长异议待答复", url, "答复异议"))
    if settlement.hears_on(today):
        say = f"家长核对到{settlement.objections_until:%-m月%-d日}"
        missing.append(Missing(say, reverse("billing:objection-list", args=[fee_month.pk])))
    return missing


def _earlier(fee_month: FeeMonth) -> list[Missing]:
    earlier = FeeMonth.objects.filter(
        school=fee_month.school_id, month__lt=fee_month.month, state=FeeMonth.State.OPEN
    ).order_by("month")
    first = earlier.first()
    return [Missing(f"请先锁定{first}", _month_url(first))] if first else []


def _month_url(fee_month: FeeMonth) -> str:
    return reverse("billing:month-detail", args=[fee_month.pk])


def to_pay_out(fee_month: FeeMonth):
    """Refunds waiting to go to the bank: all but those that go back through WeChat."""
    waiting = _waiting(fee_month)
    return waiting.exclude(pk__in=by_wechat(waiting))


def to_pay_by_wechat(fee_month: FeeMonth):
    return by_wechat(_waiting(fee_month))


def to_set_off(fee_month: FeeMonth):
    """Refunds that the policy sets off against the next charge, of children who take part after the month."""
    fresh = fee_month.refunds.filter(state=Refund.State.PAYABLE, receipt=None)
    if not sets_off(fee_month):
        return fresh.none()
    stay = Student.objects.filter(takes_part(fee_month.last_on + timedelta(days=1)), school=fee_month.school_id)
    return fresh.filter(student__in=stay)


def route_of(fee_month: FeeMonth) -> rules.RefundRoute | None:
    return law_of(fee_month).on(fee_month.month).maybe(rules.RefundRoute, case_of(fee_month.school))


def sets_off(fee_month: FeeMonth) -> bool:
    """Whether the policy has refunds set off; where it is silent they are paid back."""
    route = route_of(fee_month)
    return route is not None and route.how == "set_off"


def _waiting(fee_month: FeeMonth):
    waiting = fee_month.refunds.filter(state__in=[Refund.State.PAYABLE, Refund.State.FAILED])
    return waiting.exclude(pk__in=to_set_off(fee_month).values("pk")) if sets_off(fee_month) else waiting
