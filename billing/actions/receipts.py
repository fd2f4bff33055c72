"""Money that comes in for a child."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.schools.models import School, Student
from billing import accounts
from billing.ledger.posting import Voucher, post_many
from billing.meals.selectors.purse import require_order
from billing.models import BankLine, Fund, Receipt
from billing.selectors.typed import known_as

from .allocations import Part, allocate, debts_by_student, save_allocations
from .till import first_open_day, hold


@transaction.atomic
def enter_receipt(
    student: Student,
    *,
    on: date,
    amount: Money,
    payer: str,
    payer_account: str = "",
    method: str = Receipt.Method.BANK,
    fund: str = Fund.FEES,
    key: str,
    another: bool = False,
    by: Actor,
) -> Receipt:
    """Take what a clerk typed. What looks like a payment already told is asked about, unless it is said to be another."""
    school = hold(student.school)
    if fund == Fund.MEAL:
        require_order(student)
    known = known_as(student, on=on, amount=amount, payer=payer, key=key)
    if known and not another:
        raise RuleBroken(f"{known}。确是另一笔付款的，请勾选后再登记", field="another")
    receipt = receive(
        school, student, on=on, amount=amount, payer=payer, payer_account=payer_account, method=method, fund=fund,
        key=key, by=by,
    )  # fmt: skip
    if known:
        record(by, "said_another", receipt, known=known)
    return receipt


@transaction.atomic
def receive(
    school: School,
    student: Student,
    *,
    on: date,
    amount: Money,
    payer: str,
    method: str = Receipt.Method.BANK,
    fund: str = Fund.FEES,
    key: str,
    payer_account: str = "",
    bank_line: BankLine | None = None,
    by: Actor,
) -> Receipt:
    """Take a payment: it pays the oldest dues of its fund, the rest is prepaid. The same key again returns the first
    receipt."""
    school = hold(school)
    if student.school_id != school.pk:
        raise RuleBroken("这个学生不在本校", field="student")
    if amount.fen <= 0:
        raise RuleBroken("金额必须大于零", field="amount")
    if first := Receipt.objects.filter(school=school, key=key).first():
        if (first.student_id, first.amount_fen, first.on, first.fund) != (student.pk, amount.fen, on, fund):
            raise RuleBroken(f"这张表已经记成 {first.number} 号收据，内容不同；要再记一笔请重新打开表单")
        return first
    receipt = Receipt(
        school=school, student=student, on=on, amount_fen=amount.fen, payer=payer, payer_account=payer_account,
        method=method, fund=fund, bank_line=bank_line, key=key, entered_by_id=by.person_id,
    )  # fmt: skip
    book_receipts(school, [receipt], by=by)
    record(by, "received", receipt, student=student.name, amount_fen=amount.fen, number=receipt.number)
    return receipt


def book_receipts(school: School, receipts: Sequence[Receipt], *, by: Actor) -> list[list[Part]]:
    """Number, allocate and post new receipts, many at once. Returns what each paid. The school's till is held."""
    last = Receipt.objects.filter(school=school).aggregate(last=Max("number"))["last"] or 0
    for number, receipt in enumerate(receipts, last + 1):
        receipt.number = number
    sets.add(receipts)
    debts = debts_by_student(school, {receipt.student_id for receipt in receipts})
    # Money for meals pays no fee: the whole of it stands in the family's meal account.
    parts = [
        allocate(receipt.amount_fen, debts[receipt.student_id]) if receipt.fund == Fund.FEES else []
        for receipt in receipts
    ]
    save_allocations(school, [(receipt, one) for receipt, made in zip(receipts, parts, strict=True) for one in made])
    open_from = first_open_day(school)
    vouchers = [
        _voucher(receipt, max(receipt.on, open_from), sum(one.fen for one in made))
        for receipt, made in zip(receipts, parts, strict=True)
    ]
    post_many(school, vouchers, by=by)
    return parts


def _voucher(receipt: Receipt, on: date, paid_fen: int) -> Voucher:
    rest = accounts.prepaid if receipt.fund == Fund.FEES else accounts.meals_of
    sides = (
        (accounts.receivable(receipt.student_id), paid_fen),
        (rest(receipt.student_id), receipt.amount_fen - paid_fen),
    )
    memo = f"收 {receipt.payer} {Fund(receipt.fund).label}（收据 {receipt.number} 号，{receipt.on:%Y-%m-%d} 到账）"
    # WeChat has it until it settles with the bank.
    place = accounts.IN_TRANSIT if receipt.method == Receipt.Method.WECHAT else accounts.BANK
    moves = [(place, credit, Money(fen)) for credit, fen in sides if fen]
    return Voucher(on, f"receipt:{receipt.key}", memo, moves)
