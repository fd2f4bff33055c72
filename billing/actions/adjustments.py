"""更正: a cost of a locked month was really less or more. Two people, a reason and a clause; booked in the open month."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.policy import expenses, load
from afterschool.schools.models import School
from billing import accounts
from billing.disclosures.actions import write_again
from billing.disclosures.linter import personal_data
from billing.ledger.posting import Move, post
from billing.models import Adjustment, BankLine, Expense, FeeMonth, Fund
from billing.selectors.corrections import ADJUSTABLE, clauses_of, unspent_subsidy
from billing.selectors.terms import together

from .till import book_day, hold, sent_before

State, Side = Adjustment.State, Adjustment.Side


@transaction.atomic
def enter_adjustment(
    fee_month: FeeMonth,
    *,
    side: str,
    amount: Money,
    on: date,
    reason: str,
    clause: str,
    voucher_number: str,
    key: str,
    expense: Expense | None = None,
    category: str = "",
    fund: str = Fund.FEES,
    grade: int | None = None,
    bank_line: BankLine | None = None,
    by: Actor,
) -> Adjustment:
    """Say what a cost of the locked month really was: an `expense` in its books, or of a `category` it has not booked.
    It counts when another person has approved it. A line of the statement may stand for it."""
    fee_month = locked_month(fee_month)
    if expense:
        category, fund, grade = expense.category, expense.fund, grade if expense.sheet_id else expense.grade
    adjustment = Adjustment(
        school=fee_month.school, fee_month=fee_month, expense=expense, side=side, category=category, fund=fund, grade=grade,
        amount_fen=max(amount.fen, 0), on=on, reason=reason.strip(), clause=clause, voucher_number=voucher_number.strip(),
        key=key, entered_by_id=by.person_id,
    )  # fmt: skip
    if first := sent_before(adjustment, "side", "amount_fen", "on"):
        return first
    _refuse(adjustment)
    adjustment.bank_line = _take_line(adjustment, bank_line) if bank_line else None
    adjustment.save()
    record(by, "entered", adjustment, month=f"{fee_month.month:%Y-%m}", side=side, amount_fen=amount.fen)
    return adjustment


@transaction.atomic
def approve_adjustment(adjustment: Adjustment, *, now: datetime, by: Actor) -> Adjustment:
    """Book it in the open month. What came back waits to be given to the families; what was more is the school's."""
    adjustment = _waiting(adjustment, by)
    _refuse(adjustment)
    fee_month, day = adjustment.fee_month, book_day(adjustment.school, adjustment.on)
    adjustment.booked_in = open_month_of(adjustment.school, day)
    adjustment.state, adjustment.decided_by_id, adjustment.decided_at = State.APPROVED, by.person_id, now
    adjustment.save(update_fields=["booked_in", "state", "decided_by", "decided_at"])
    memo = f"更正{fee_month}{adjustment.get_side_display()}（票据 {adjustment.voucher_number}）"
    key = f"adjustment:{adjustment.pk}"
    post(adjustment.school, _moves(adjustment), on=day, memo=memo, key=key, by=by)
    record(
        by, "approved", adjustment, amount_fen=adjustment.amount_fen, booked_in=f"{adjustment.booked_in.month:%Y-%m}"
    )
    write_again(fee_month, reason=f"{adjustment.get_side_display()}：{adjustment.reason}", by=by)
    return adjustment


@transaction.atomic
def reject_adjustment(adjustment: Adjustment, *, reason: str, now: datetime, by: Actor) -> Adjustment:
    if not reason.strip():
        raise RuleBroken("请写明原因", field="reason")
    adjustment = _waiting(adjustment, by)
    if adjustment.bank_line_id:
        BankLine.objects.filter(pk=adjustment.bank_line_id).update(state=BankLine.State.OPEN, hint="")
    adjustment.state, adjustment.answer, adjustment.bank_line = State.REJECTED, reason.strip()[:200], None
    adjustment.decided_by_id, adjustment.decided_at = by.person_id, now
    adjustment.save(update_fields=["state", "answer", "decided_by", "decided_at", "bank_line"])
    record(by, "rejected", adjustment, reason=adjustment.answer)
    return adjustment


def open_month_of(school: School, day: date) -> FeeMonth:
    """The month in which a deed of that day is booked; it must have been opened."""
    month = FeeMonth.objects.filter(school=school, month=day.replace(day=1), state=FeeMonth.State.OPEN).first()
    if month is None:
        raise RuleBroken(f"请先开启{day.year}年{day.month}月的账，更正和追加退还记在那个月")
    return month


def locked_month(fee_month: FeeMonth) -> FeeMonth:
    hold(fee_month.school)
    fee_month = FeeMonth.objects.select_related("school__bureau").get(pk=fee_month.pk)
    if fee_month.is_open:
        raise RuleBroken(f"{fee_month}还没有锁定，直接记支出，不用更正")
    return fee_month


def _take_line(adjustment: Adjustment, line: BankLine) -> BankLine:
    """Money that came back for less, that went out for more; of the same amount, and nobody else's."""
    line = BankLine.objects.get(pk=line.pk, school=adjustment.school)
    moved = line.in_fen if adjustment.side == Side.LESS else line.out_fen
    if line.state != BankLine.State.OPEN or moved != adjustment.amount_fen:
        raise RuleBroken("这笔流水已经处理过，或者收付、金额和更正不同", field="bank_line")
    line.state, line.hint = BankLine.State.MATCHED, f"就是{adjustment.fee_month}的更正"
    line.save(update_fields=["state", "hint"])
    return line


def _waiting(adjustment: Adjustment, by: Actor) -> Adjustment:
    hold(adjustment.school)
    adjustment = Adjustment.objects.select_related("fee_month__school__bureau", "school", "expense").get(
        pk=adjustment.pk
    )
    if adjustment.state != State.ENTERED:
        raise RuleBroken(f"这笔更正{adjustment.get_state_display()}，不用再审")
    if adjustment.entered_by_id == by.person_id:
        raise RuleBroken("自己录入的更正要由另一个人审批")
    return adjustment


def _refuse(adjustment: Adjustment) -> None:
    fee_month = adjustment.fee_month
    if not adjustment.amount_fen:
        raise RuleBroken("金额必须大于零", field="amount")
    if adjustment.on < fee_month.month:
        raise RuleBroken(f"日期不能早于{fee_month}", field="on")
    if not adjustment.voucher_number:
        raise RuleBroken("请填写票据号", field="voucher_number")
    if adjustment.clause not in dict(clauses_of(fee_month)):
        raise RuleBroken("请从本月政策的条款里选一条作依据", field="clause")
    if not adjustment.reason:
        raise RuleBroken("请写明原因", field="reason")
    if found := personal_data(adjustment.reason, adjustment.school):
        raise RuleBroken(f"原因会写进公示，请去掉其中的{found}", field="reason")
    if adjustment.grade is not None and adjustment.grade not in fee_month.school.grades:
        raise RuleBroken("本校没有这个年级", field="grade")
    if adjustment.fund not in ADJUSTABLE:
        raise RuleBroken(f"{Fund(adjustment.fund).label}按实收实付，不用更正", field="cost")
    _refuse_less(adjustment) if adjustment.side == Side.LESS else _refuse_more(adjustment)


def _refuse_less(adjustment: Adjustment) -> None:
    """Never more comes back than was spent."""
    cost = adjustment.expense
    if cost is None or cost.fee_month_id != adjustment.fee_month_id or cost.state != Expense.State.APPROVED:
        raise RuleBroken("冲减要选本月已入账的一笔支出", field="cost")
    others = cost.adjustments.filter(side=Side.LESS).exclude(state=State.REJECTED).exclude(pk=adjustment.pk)
    left = cost.amount_fen - (others.aggregate(fen=Sum("amount_fen"))["fen"] or 0)
    if adjustment.amount_fen > left:
        raise RuleBroken(f"这笔支出最多还能冲减 {Money(left)} 元", field="amount")


def _refuse_more(adjustment: Adjustment) -> None:
    fee_month = adjustment.fee_month
    fund = Fund(adjustment.fund)
    may = expenses.may_book(load(fee_month.policy), fee_month.month, category=adjustment.category, fund=fund.in_policy)
    if not may.answer:
        raise RuleBroken(may.because, cite=may.cite, field="cost")
    if fund == Fund.SUBSIDY and adjustment.amount_fen > (left := unspent_subsidy(fee_month)).fen:
        raise RuleBroken(f"没用完的财政补助只有 {left} 元，不够补记", field="amount")


def _moves(adjustment: Adjustment) -> list[Move]:
    month, amount = adjustment.fee_month.month, Money(adjustment.amount_fen)
    cost, income = accounts.expense(month, adjustment.fund, adjustment.category), accounts.fee_income(month)
    term = together(adjustment.fee_month)
    settles = (term.settled_by if term else adjustment.fee_month) if adjustment.fund == Fund.FEES else None
    if adjustment.category == Expense.STIPENDS:
        cost = accounts.stipend_expense(month, adjustment.fund)
    # In a term that is still to be settled it counts with the other costs.
    if adjustment.side == Side.LESS:
        shared = [(income, accounts.surplus(settles.month), amount)] if settles else []
        return [(accounts.BANK, cost, amount), *shared]
    borne = [(accounts.deficit(settles.month), income, amount)] if settles else []
    return [(cost, accounts.BANK, amount), *borne]
