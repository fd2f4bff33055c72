"""What nobody could match: a bank line worked by hand."""

from django.db import transaction
from django.db.models import Q

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.schools.models import Student
from billing.meals.selectors.purse import require_order
from billing.models import BankLine, Expense, Fund, Payout, Receipt, RefundBatch
from billing.selectors.outflows import offers
from billing.selectors.typed import is_perhaps, typed_for

from .batches import held, pay_rows
from .expenses import pay_stipends
from .receipts import receive
from .statements import method_of, outcome, typed_hint
from .till import hold

State = BankLine.State


def match_line(line: BankLine, student: Student, *, fund: str = Fund.FEES, another: bool = False, by: Actor) -> Receipt:
    """A person says whose payment this line is, and for what. What may be typed by hand already is offered to be claimed
    first."""
    with transaction.atomic():
        line = open_line(line)
        if not line.in_fen:
            raise RuleBroken("这是一笔支出，不能作为缴费入账")
        line.suggested = student
        typed = next(iter(typed_for([line])[line.serial]), None)
        if another or not typed:
            return _match(line, student, fund, by)
        line.hint = typed_hint(typed)
        line.save(update_fields=["suggested", "hint"])
    raise RuleBroken(f"{student.name} {line.hint}；确是另一笔的，请点“另外一笔”")


def _match(line: BankLine, student: Student, fund: str, by: Actor) -> Receipt:
    if fund == Fund.MEAL:
        require_order(student)
    receipt = receive(
        line.school,
        student,
        on=line.on,
        amount=Money(line.in_fen),
        payer=line.payer,
        payer_account=line.payer_account,
        method=method_of(line),
        fund=fund,
        key=_key_of(line),
        bank_line=line,
        by=by,
    )
    paid = [(one.fen, one.charge.owed_fen) for one in receipt.allocations.select_related("charge")]
    line.state, line.hint = State.MATCHED, outcome(line, paid) if fund == Fund.FEES else "记为代收餐费"
    line.save(update_fields=["state", "hint"])
    record(by, "matched", line, student=student.name, amount_fen=line.in_fen, fund=fund)
    return receipt


def _key_of(line: BankLine) -> str:
    """One receipt a line; after one was made void, another."""
    key = f"bank:{line.serial}"
    void = Receipt.objects.filter(Q(key=key) | Q(key__startswith=f"{key}#"), school=line.school_id)
    return f"{key}#{times + 1}" if (times := void.exclude(voided_at=None).count()) else key


@transaction.atomic
def link_line(line: BankLine, receipt: Receipt, *, by: Actor) -> Receipt:
    """The payment stands in the books already, typed by hand: the line proves it, and nothing is received again."""
    line = open_line(line)
    receipt = Receipt.objects.select_related("student").get(pk=receipt.pk)
    if not is_perhaps(line, receipt):
        raise RuleBroken(f"收据 {receipt.number} 号已经认领，或者和这笔流水的金额、日期不符")
    was = [receipt.payer, receipt.payer_account]
    if line.payer_account:  # who paid, and where a refund goes, is what the bank saw
        receipt.payer, receipt.payer_account = line.payer, line.payer_account
    receipt.bank_line = line
    receipt.save(update_fields=["bank_line", "payer", "payer_account"])
    line.state, line.hint = State.MATCHED, f"就是手工登记的收据 {receipt.number} 号，没有再入账"
    line.save(update_fields=["state", "hint"])
    record(by, "linked", line, student=receipt.student.name, number=receipt.number, was=was)
    return receipt


@transaction.atomic
def link_outflow(line: BankLine, paper: Expense | RefundBatch | Payout, *, by: Actor) -> BankLine:
    """The outflow is a cost or a batch of refunds that stands in the books: the line proves it, nothing is booked twice.
    Stipends, and a row of a batch, are hereby paid out."""
    line = open_line(line)
    offer = next((one for one in offers([line]).get(line.pk, []) if one.paper == paper), None)
    if offer is None:
        raise RuleBroken("金额、日期不符，或者已经对上另一笔流水了")
    if isinstance(paper, Expense) and paper.sheet_id:
        pay_stipends(paper.fee_month, paid_on=line.on, by=by)
    elif isinstance(paper, Payout):
        pay_rows([(row, line.on) for row in held([paper])], by=by)
    type(paper).objects.filter(pk=paper.pk).update(bank_line=line)
    line.state = State.EXPENSE if isinstance(paper, Expense) else State.MATCHED
    line.hint = offer.word
    line.save(update_fields=["state", "hint"])
    record(by, "linked", line, paper=offer.key, amount_fen=line.out_fen)
    return line


@transaction.atomic
def set_aside_line(line: BankLine, *, reason: str, by: Actor) -> BankLine:
    """This line is no business of the after-school service."""
    if not reason.strip():
        raise RuleBroken("请写明原因", field="reason")
    line = open_line(line)
    line.state, line.hint = State.SET_ASIDE, reason.strip()[:200]
    line.save(update_fields=["state", "hint"])
    record(by, "set_aside", line, reason=line.hint)
    return line


@transaction.atomic
def reopen_line(line: BankLine, *, by: Actor) -> BankLine:
    """Take a line up again that was set aside."""
    hold(line.school)
    line = BankLine.objects.get(pk=line.pk)
    if line.state != State.SET_ASIDE:
        raise RuleBroken("只有放到一边的流水可以重新打开")
    line.state = State.OPEN
    line.save(update_fields=["state"])
    record(by, "reopened", line)
    return line


def open_line(line: BankLine) -> BankLine:
    """The line as it is now, with the school's till held. Refuses one that somebody has worked already."""
    hold(line.school)
    line = BankLine.objects.select_related("school").get(pk=line.pk)
    if line.state != State.OPEN:
        raise RuleBroken(f"这笔流水{line.get_state_display()}，不用再处理")
    return line
