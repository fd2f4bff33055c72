"""A month at a glance: its steps, what is missing, and the one thing to do now."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.timezone import localtime

from afterschool.access.reach import Actor
from afterschool.money import Money
from afterschool.schools.models import School
from billing.disclosures.models import Disclosure
from billing.disclosures.selectors import DUE_DAY
from billing.meals.selectors.overview import progress
from billing.models import BankLine, Expense, FeeMonth, Receipt, Refund, Settlement

from .changes import Part, parts
from .readiness import missing_for_draft, missing_for_lock
from .settling import has_moved
from .terms import Together, accrues, together
from .what_now import Deed, what_now
from .withdrawing import leaving


@dataclass(frozen=True)
class Line:
    text: str
    url: str = ""


@dataclass(frozen=True)
class Step:
    word: str
    state: str = ""  # "done", "missing" or "" for later
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Overview:
    fee_month: FeeMonth
    steps: list[Step]
    say: str
    deed: Deed | None
    groups: list[dict]
    changes: list[Part]
    term: Together | None
    is_stale: bool
    withdrawals: list
    without_scan: QuerySet
    cash: dict


def overview(fee_month: FeeMonth, actor: Actor, today: date) -> Overview:
    settlement = Settlement.objects.filter(fee_month=fee_month).first()
    stale = bool(settlement and fee_month.is_open and has_moved(settlement))
    facts = _facts(fee_month)
    before_draft = missing_for_draft(fee_month) if fee_month.is_open else []
    before_lock = missing_for_lock(fee_month, today) if fee_month.is_open else []
    say, deed = what_now(fee_month, actor, today, before_draft, before_lock, settlement, stale, facts)
    return Overview(
        fee_month=fee_month,
        steps=_steps(fee_month, facts, settlement, stale, before_lock),
        say=say,
        deed=deed,
        groups=settlement.groups if settlement else [],
        term=together(fee_month),
        changes=parts(settlement.changes) if settlement and fee_month.is_open else [],
        is_stale=stale,
        withdrawals=leaving(fee_month) if fee_month.is_open else [],
        without_scan=without_scan(fee_month),
        cash=facts,
    )


def without_scan(fee_month: FeeMonth):
    """Costs whose voucher has not been scanned; a stipend sheet is its own voucher."""
    costs = fee_month.expenses.of_service().exclude(state=Expense.State.REJECTED).filter(sheet=None, voucher=None)
    return costs.defer("voucher").order_by("on", "pk")


def _facts(fee_month: FeeMonth) -> dict:
    """All counts and sums of the month, in six queries."""
    days = {"school": fee_month.school_id, "on__range": (fee_month.month, fee_month.last_on)}
    charges = fee_month.charges.aggregate(
        paying=Count("student", filter=Q(net_fen__gt=0), distinct=True),
        heads=Count("student", distinct=True),
        net_fen=Sum("net_fen", default=0),
        waived_fen=Sum("waived_fen", default=0),
        paid_fen=Sum("paid_fen", default=0),
        remitted_fen=Sum("remitted_fen", default=0),
    )
    receipts = (
        Receipt.objects.standing()
        .of_fees()
        .filter(**days)
        .aggregate(receipts=Count("pk"), received_fen=Sum("amount_fen", default=0))
    )
    lines = BankLine.objects.filter(**days, state=BankLine.State.OPEN).aggregate(open_lines=Count("pk"))
    subsidies = fee_month.subsidies.aggregate(subsidy_fen=Sum("amount_fen", default=0))
    facts = charges | receipts | lines | _costs(fee_month) | _refunds(fee_month) | subsidies
    facts["owed_fen"] = facts["net_fen"] - facts["remitted_fen"] - facts["paid_fen"]
    return facts


def _costs(fee_month: FeeMonth) -> dict:
    return fee_month.expenses.of_service().aggregate(
        expenses=Count("pk", filter=~Q(state=Expense.State.REJECTED) & Q(sheet=None)),
        waiting=Count("pk", filter=Q(state=Expense.State.ENTERED)),
        unscanned=Count("pk", filter=~Q(state=Expense.State.REJECTED) & Q(sheet=None, voucher=None)),
        stipend_fen=Sum("amount_fen", filter=~Q(sheet=None), default=0),
        spent_fen=Sum("amount_fen", filter=Q(state=Expense.State.APPROVED), default=0),
    )


def _refunds(fee_month: FeeMonth) -> dict:
    """Of the bank all that is under way, also of meals; of money the fees' alone."""
    of_fees = ~Q(cause=Refund.Cause.MEAL)
    return fee_month.refunds.exclude(state=Refund.State.DRAFT).aggregate(
        refunds=Count("pk", filter=of_fees),
        payable=Count("pk", filter=Q(state__in=[Refund.State.PAYABLE, Refund.State.FAILED])),
        instructed=Count("pk", filter=Q(state=Refund.State.INSTRUCTED)),
        unpaid_fen=Sum(
            "amount_fen", filter=of_fees & ~Q(state__in=[Refund.State.PAID, Refund.State.SET_OFF]), default=0
        ),
        refund_fen=Sum("amount_fen", filter=of_fees, default=0),
    )


def _steps(fee_month: FeeMonth, facts: dict, settlement, stale: bool, before_lock: list) -> list[Step]:
    return [
        _charge_step(fee_month, facts),
        _receipt_step(fee_month, facts),
        _expense_step(fee_month, facts),
        _stipend_step(facts, before_lock),
        *_meal_steps(fee_month),
        _draft_step(settlement, stale),
        _lock_step(fee_month, before_lock),
        _refund_step(fee_month, facts),
        _disclosure_step(fee_month),
    ]


def _charge_step(fee_month: FeeMonth, facts: dict) -> Step:
    if not fee_month.charged_at:
        return Step("收费减免", "missing", [Line("还没有生成")])
    free = facts["heads"] - facts["paying"]
    url = reverse("billing:charge-list", args=[fee_month.pk])
    return Step("收费减免", "done", [Line(f"{facts['paying']} 人缴费", url), Line(f"{free} 人免收")])


def _receipt_step(fee_month: FeeMonth, facts: dict) -> Step:
    url = reverse("billing:receipt-list", args=[fee_month.pk])
    lines = [Line(f"{facts['receipts']} 笔到账", url)]
    if facts["open_lines"]:
        return Step("收款到账", "missing", [*lines, Line(f"{facts['open_lines']} 笔流水待核对", url)])
    lines.append(Line(f"未交 {Money(facts['owed_fen'])}" if facts["owed_fen"] else "已全部交清"))
    return Step("收款到账", "done" if facts["receipts"] or not facts["net_fen"] else "", lines)


def _expense_step(fee_month: FeeMonth, facts: dict) -> Step:
    url = reverse("billing:expense-list", args=[fee_month.pk])
    lines = [Line(f"{facts['expenses']} 笔支出", url)]
    if facts["waiting"]:
        lines.append(Line(f"{facts['waiting']} 笔待审批", url))
    if facts["unscanned"]:
        lines.append(Line(f"{facts['unscanned']} 笔缺扫描件", url))
    state = "missing" if len(lines) > 1 else "done" if facts["expenses"] else ""
    return Step("支出凭证", state, lines)


def _stipend_step(facts: dict, before_lock: list) -> Step:
    missing = [one.text for one in before_lock if one.text.startswith("补助")]
    if missing:
        return Step("教师补助", "missing", [Line(missing[0].removeprefix("补助发放表"))])
    if facts["stipend_fen"]:
        return Step("教师补助", "done", [Line(f"{Money(facts['stipend_fen'])}"), Line("已列支")])
    return Step("教师补助", "", [Line("本月没有值班")])


def _draft_step(settlement: Settlement | None, stale: bool) -> Step:
    if settlement is None:
        return Step("结算草案", "", [Line("还没有生成")])
    if stale:
        return Step("结算草案", "missing", [Line("账有变化，请重算")])
    back = f"返还 {Money(sum(group['refund_fen'] for group in settlement.groups))}"
    say = "学期末一起结算" if accrues(settlement.fee_month) else back
    return Step("结算草案", "done", [Line(say), Line(f"{localtime(settlement.drafted_at):%m-%d} 已算")])


def _lock_step(fee_month: FeeMonth, before_lock: list) -> Step:
    if not fee_month.is_open:
        return Step("锁定", "done", [Line(f"{localtime(fee_month.locked_at):%m-%d} 已锁定")])
    return Step("锁定", "", [Line(f"差 {len(before_lock)} 件" if before_lock else "可以锁定")])


def _refund_step(fee_month: FeeMonth, facts: dict) -> Step:
    url = reverse("billing:refund-list", args=[fee_month.pk])
    if not facts["refunds"]:
        if of_meals := facts["payable"] + facts["instructed"]:
            return Step("退费", "missing", [Line(f"代收餐费 {of_meals} 笔待付", url)])
        return Step("退费", "done" if not fee_month.is_open else "", [Line("没有退费")])
    lines = [Line(f"{facts['refunds']} 人次", url)]
    if facts["unpaid_fen"]:
        return Step("退费", "missing", [*lines, Line(f"待付 {Money(facts['unpaid_fen'])}")])
    return Step("退费", "done", [*lines, Line(f"已退 {Money(facts['refund_fen'])}")])


def _disclosure_step(fee_month: FeeMonth) -> Step:
    shown = Disclosure.objects.filter(fee_month=fee_month, published_at__isnull=False).order_by("version").last()
    if shown:
        return Step("收支公示", "done", [Line(f"{localtime(shown.published_at):%m-%d} 已公示")])
    due = (fee_month.last_on + timedelta(days=DUE_DAY)).strftime("%m-%d")
    return Step("收支公示", "", [Line(f"{due} 前")])


def _meal_steps(fee_month: FeeMonth) -> list[Step]:
    """Of schools that collect for meals."""
    told = progress(fee_month)
    if told is None:
        return []
    lines = [Line(told.word, reverse("meals:meal-month", args=[fee_month.pk]))]
    return [Step("代收餐费", told.state, lines)]


def openable(schools, today: date) -> list[tuple[School, date]]:
    """For each school the month that could be opened next: the one after its last, or this one."""
    opened = FeeMonth.objects.filter(school__in=schools).order_by("month")
    last = dict(opened.values_list("school_id", "month"))
    first_of_next = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    found = []
    for school in schools:
        month = _month_after(last[school.pk]) if school.pk in last else today.replace(day=1)
        if month <= first_of_next:
            found.append((school, month))
    return found


def _month_after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
