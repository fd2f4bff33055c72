"""Costs of the month: only what the policy lists, entered by one person and approved by another."""

from datetime import date, datetime

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.policy import expenses, load
from billing import accounts
from billing.ledger.posting import post
from billing.models import BankLine, Expense, FeeMonth, Fund, Meal
from billing.selectors.costs import stipends_paid_key
from billing.vouchers import kind_of
from staffing.models import StipendSheet

from .till import book_day, hold, hold_month, sent_before

State = Expense.State


@transaction.atomic
def enter_expense(
    fee_month: FeeMonth,
    *,
    category: str,
    fund: str,
    amount: Money,
    on: date,
    payee: str,
    voucher_number: str,
    key: str,
    note: str = "",
    grade: int | None = None,
    meal: Meal | None = None,
    voucher: bytes | None = None,
    bank_line: BankLine | None = None,
    another: bool = False,
    by: Actor,
) -> Expense:
    """Enter a cost with its voucher. It counts when another person has approved it. A voucher that stands in the books
    already is asked about, unless this is said to be another part of it. What was collected for a `meal` pays nothing
    else, and nothing else pays for it."""
    fee_month = hold_month(fee_month)
    expense = Expense(
        school=fee_month.school, fee_month=fee_month, category=category, fund=fund, amount_fen=amount.fen, on=on,
        payee=payee, note=note, voucher_number=voucher_number.strip(), voucher=voucher,
        voucher_type=kind_of(voucher) if voucher else "", grade=grade, meal=meal, key=key, entered_by_id=by.person_id,
    )  # fmt: skip
    if first := sent_before(expense, "category", "fund", "meal_id", "amount_fen", "on"):
        return first
    _refuse(expense)
    if not another:
        _refuse_known(expense)
    expense.bank_line = _take_line(fee_month, bank_line, amount) if bank_line else None
    expense.save()
    record(by, "entered", expense, category=category, fund=fund, amount_fen=amount.fen)
    return expense


@transaction.atomic
def attach_voucher(expense: Expense, *, voucher: bytes, by: Actor) -> Expense:
    """Add the scan that was missing; one that is there stays."""
    hold_month(expense.fee_month)
    expense = Expense.objects.get(pk=expense.pk)
    if expense.voucher:
        raise RuleBroken("扫描件已经传过了")
    expense.voucher, expense.voucher_type = voucher, kind_of(voucher)
    expense.save(update_fields=["voucher", "voucher_type"])
    record(by, "attached", expense, bytes=len(voucher))
    return expense


@transaction.atomic
def approve_expense(expense: Expense, *, now: datetime, by: Actor) -> Expense:
    """Approve and book it. Whoever entered it may not."""
    fee_month, expense = _waiting(expense, by)
    _may_book(fee_month, expense.category, expense.fund, expense.meal)
    expense.state, expense.approved_by_id, expense.approved_at = State.APPROVED, by.person_id, now
    expense.save(update_fields=["state", "approved_by", "approved_at"])
    post(
        fee_month.school,
        [(accounts.expense(fee_month.month, expense.fund, expense.category), accounts.BANK, Money(expense.amount_fen))],
        on=book_day(fee_month.school, expense.on),
        memo=f"付 {expense.payee}（票据 {expense.voucher_number}）",
        key=f"expense:{expense.pk}",
        by=by,
    )
    record(by, "approved", expense, amount_fen=expense.amount_fen)
    return expense


@transaction.atomic
def reject_expense(expense: Expense, *, reason: str, by: Actor) -> Expense:
    """Turn it down with a reason; a bank line it stood for is open again."""
    if not reason.strip():
        raise RuleBroken("请写明原因", field="reason")
    _, expense = _waiting(expense, by)
    if expense.bank_line_id:
        BankLine.objects.filter(pk=expense.bank_line_id).update(state=BankLine.State.OPEN)
    expense.state, expense.reason, expense.bank_line = State.REJECTED, reason.strip()[:200], None
    expense.save(update_fields=["state", "reason", "bank_line"])
    record(by, "rejected", expense, reason=expense.reason)
    return expense


@transaction.atomic
def book_stipends(fee_month: FeeMonth, *, by: Actor) -> Expense:
    """Take the approved stipend sheet of the month into the books, once."""
    fee_month = hold_month(fee_month)
    sheet = StipendSheet.objects.filter(school=fee_month.school, month=fee_month.month).first()
    if sheet is None or sheet.state != StipendSheet.State.APPROVED:
        raise RuleBroken(f"{fee_month}的补助发放表还没有审批")
    if existing := Expense.objects.filter(sheet=sheet).first():
        return existing
    if not sheet.total_fen:
        raise RuleBroken("补助发放表合计是零，没有可列支的")
    expense = _of_sheet(fee_month, sheet)
    _may_book(fee_month, expense.category, expense.fund)
    expense.save()
    cost = accounts.stipend_expense(fee_month.month, expense.fund)
    post(
        fee_month.school,
        [(cost, accounts.stipend_payable(fee_month.month), Money(sheet.total_fen))],
        on=fee_month.last_on,
        memo=f"{fee_month}值班教师补助",
        key=f"stipends:{fee_month.month:%Y-%m}",
        by=by,
    )
    record(by, "booked_stipends", expense, amount_fen=sheet.total_fen)
    return expense


@transaction.atomic
def pay_stipends(fee_month: FeeMonth, *, paid_on: date, by: Actor) -> Expense:
    """The bank has paid the sheet out; said twice it is booked once."""
    hold(fee_month.school)
    expense = Expense.objects.filter(fee_month=fee_month).exclude(sheet=None).select_related("school").first()
    if expense is None:
        raise RuleBroken("补助还没有列支")
    post(
        expense.school,
        [(accounts.stipend_payable(fee_month.month), accounts.BANK, Money(expense.amount_fen))],
        on=book_day(expense.school, paid_on),
        memo=f"发放{fee_month}值班教师补助",
        key=stipends_paid_key(fee_month),
        by=by,
    )
    record(by, "paid_stipends", expense, paid_on=paid_on.isoformat())
    return expense


def _may_book(fee_month: FeeMonth, category: str, fund: str, meal: Meal | None = None) -> None:
    if (fund == Fund.MEAL) != (meal is not None):
        raise RuleBroken("代收餐费不是课后服务的钱，只付这项供餐的结算单", field="category")
    if meal and fee_month.meal_settlements.exists():
        raise RuleBroken(f"{fee_month}的代收餐费已经结清，请记入下个月")
    verdict = expenses.may_book(load(fee_month.policy), fee_month.month, category=category, fund=Fund(fund).in_policy)
    if not verdict.answer:
        raise RuleBroken(verdict.because, cite=verdict.cite, field="category")


def _refuse(expense: Expense) -> None:
    """What cannot be a cost of this month."""
    month = expense.fee_month
    _may_book(month, expense.category, expense.fund, expense.meal)
    if expense.category == Expense.STIPENDS:
        raise RuleBroken("校内教师补助由审批过的补助发放表列支，不单独录入", field="category")
    if expense.amount_fen <= 0:
        raise RuleBroken("金额必须大于零", field="amount")
    if not month.month <= expense.on <= month.last_on:
        raise RuleBroken(f"日期不在{month}里，请记入它所在的月份", field="on")
    if not expense.voucher_number:
        raise RuleBroken("请填写票据号", field="voucher_number")
    if expense.grade is not None and expense.grade not in month.school.grades:
        raise RuleBroken("本校没有这个年级", field="grade")


def _refuse_known(expense: Expense) -> None:
    of_school = Expense.objects.filter(school=expense.school)
    known = of_school.on_voucher(expense.voucher_number, expense.payee, expense.amount_fen)
    if first := known.defer("voucher").first():
        raise RuleBroken(
            f"票据 {expense.voucher_number} 已经记过一笔：{first.on:%-m月%-d日} {first.payee} {Money(first.amount_fen)} 元"
            f"（{first.get_state_display()}）。一张票据分几笔记的，请勾选后再录入",
            field="another",
        )


def _of_sheet(fee_month: FeeMonth, sheet: StipendSheet) -> Expense:
    """The sheet is its own voucher, and was approved where it was drafted."""
    approved_by = sheet.approved_by_id if sheet.approved_by_id != sheet.drafted_by_id else None
    return Expense(
        school=fee_month.school, fee_month=fee_month, category=Expense.STIPENDS, fund=_fund_of_stipends(fee_month),
        amount_fen=sheet.total_fen, on=fee_month.last_on, payee=f"值班教师 {sheet.lines.count()} 人",
        voucher_number=f"补助发放表 {fee_month.month:%Y-%m}", sheet=sheet, key=f"stipends:{sheet.pk}",
        state=State.APPROVED, entered_by_id=sheet.drafted_by_id, approved_by_id=approved_by, approved_at=sheet.approved_at,
    )  # fmt: skip


def _fund_of_stipends(fee_month: FeeMonth) -> Fund:
    """Fees pay for the month they were charged for; where none are charged the subsidy pays, if it may."""
    may = expenses.may_book(load(fee_month.policy), fee_month.month, category=Expense.STIPENDS, fund="subsidy")
    charged = fee_month.charges.filter(net_fen__gt=0).exists()
    return Fund.SUBSIDY if may.answer and not charged else Fund.FEES


def _take_line(fee_month: FeeMonth, line: BankLine, amount: Money) -> BankLine:
    line = BankLine.objects.get(pk=line.pk, school=fee_month.school)
    if line.state != BankLine.State.OPEN or not line.out_fen:
        raise RuleBroken("这笔流水不是待核对的支出")
    if line.out_fen != amount.fen:
        raise RuleBroken(f"流水上支出的是 {Money(line.out_fen)} 元，与填写的金额不同", field="amount")
    line.state = BankLine.State.EXPENSE
    line.save(update_fields=["state"])
    return line


def _waiting(expense: Expense, by: Actor) -> tuple[FeeMonth, Expense]:
    fee_month = hold_month(expense.fee_month)
    expense = Expense.objects.get(pk=expense.pk)
    if expense.state != State.ENTERED:
        raise RuleBroken(f"这笔支出{expense.get_state_display()}，不用再审")
    if expense.entered_by_id == by.person_id:
        raise RuleBroken("自己录入的支出要由另一个人审批")
    return fee_month, expense
