"""Bank statements: read, matched as far as nobody can doubt, the rest worked by hand."""

from collections.abc import Sequence
from hashlib import sha256

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.schools.models import Guardianship, School, Student
from billing import matching
from billing.models import BankLine, Receipt, StatementImport
from billing.selectors.typed import is_perhaps, typed_for
from billing.statement_file import Line, read_statement

from .receipts import book_receipts, receive
from .till import hold

State = BankLine.State
CASH = "现金"


@transaction.atomic
def import_statement(school: School, *, file_name: str, data: bytes, by: Actor) -> StatementImport:
    """Take in a bank statement. Lines already known by their serial number are said and left alone."""
    school = hold(school)
    digest = sha256(data).hexdigest()
    if known := StatementImport.objects.filter(school=school, sha256=digest).first():
        return known
    read = read_statement(data)
    odd = list(read.odd)
    own = "".join(filter(str.isdigit, school.bank_account))
    if own and read.account and own != read.account:
        odd.append({"row": 2, "say": "表头的账号不是学校登记的基本户账号，请核对是不是传错了文件"})
    fresh = _without_known(school, read.lines, odd)

    statement = StatementImport.objects.create(
        school=school, file_name=file_name[:200], sha256=digest, uploaded_by_id=by.signer
    )
    lines = _lines(statement, fresh)
    _leave_typed(lines)
    BankLine.objects.bulk_create(lines, batch_size=2000)
    _receive_matched([line for line in lines if line.state == State.MATCHED], by)
    statement.counts = {
        "lines": len(read.lines),
        "new": len(lines),
        "matched": sum(line.state == State.MATCHED for line in lines),
        "open": sum(line.state == State.OPEN for line in lines),
        "odd": odd,
    }
    statement.save(update_fields=["counts"])
    record(by, "imported", statement, **statement.counts)
    return statement


@transaction.atomic
def match_line(line: BankLine, student: Student, *, by: Actor) -> Receipt:
    """A person says whose payment this line is."""
    line = _open_line(line)
    if not line.in_fen:
        raise RuleBroken("这是一笔支出，不能作为缴费入账")
    receipt = receive(
        line.school,
        student,
        on=line.on,
        amount=Money(line.in_fen),
        payer=line.payer,
        payer_account=line.payer_account,
        method=_method(line),
        key=f"bank:{line.serial}",
        bank_line=line,
        by=by,
    )
    _close([line], [receipt])
    record(by, "matched", line, student=student.name, amount_fen=line.in_fen)
    return receipt


@transaction.atomic
def link_line(line: BankLine, receipt: Receipt, *, by: Actor) -> Receipt:
    """The payment stands in the books already, typed by hand: the line proves it, and nothing is received again."""
    line = _open_line(line)
    receipt = Receipt.objects.select_related("student").get(pk=receipt.pk)
    if not is_perhaps(line, receipt):
        raise RuleBroken(f"收据 {receipt.number} 号已经认领，或者和这笔流水的金额、日期不符")
    receipt.bank_line = line
    receipt.save(update_fields=["bank_line"])
    line.state, line.hint = State.MATCHED, f"就是手工登记的收据 {receipt.number} 号，没有再入账"
    line.save(update_fields=["state", "hint"])
    record(by, "linked", line, student=receipt.student.name, number=receipt.number)
    return receipt


@transaction.atomic
def set_aside_line(line: BankLine, *, reason: str, by: Actor) -> BankLine:
    """This line is no business of the after-school service."""
    if not reason.strip():
        raise RuleBroken("请写明原因", field="reason")
    line = _open_line(line)
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


def _open_line(line: BankLine) -> BankLine:
    hold(line.school)
    line = BankLine.objects.select_related("school").get(pk=line.pk)
    if line.state != State.OPEN:
        raise RuleBroken(f"这笔流水{line.get_state_display()}，不用再处理")
    return line


def _without_known(school: School, lines: Sequence[Line], odd: list[dict]) -> list[Line]:
    """Lines whose serial number was not seen before, in this file or in an earlier one."""
    rows = BankLine.objects.filter(school=school, serial__in=[line.serial for line in lines])
    seen = {row.serial: (f"{row.statement.file_name} 第 {row.row} 行", row) for row in rows.select_related("statement")}
    fresh = []
    for line in lines:
        if line.serial in seen:
            place, first = seen[line.serial]
            same = (first.on, first.in_fen, first.out_fen, first.payer) == (
                line.on, line.in_.fen, line.out.fen, line.payer,
            )  # fmt: skip
            say = f"流水号 {line.serial} 与{place}相同，是已导入的一笔，没有再入账"
            odd.append({"row": line.row, "say": say if same else f"{say}；但内容不同，请向银行核实"})
            continue
        fresh.append(line)
        row = BankLine(on=line.on, in_fen=line.in_.fen, out_fen=line.out.fen, payer=line.payer)
        seen[line.serial] = f"本文件第 {line.row} 行", row
    return fresh


def _lines(statement: StatementImport, lines: Sequence[Line]) -> list[BankLine]:
    children = matching.School(_children(statement.school))
    guesses = {line.serial: children.guess(line) for line in lines if line.in_ and not _interest(line)}
    settled = {guess.child.pk for guess in guesses.values() if guess.child}
    made = []
    for line in lines:
        row = BankLine(
            school=statement.school,
            statement=statement,
            row=line.row,
            serial=line.serial,
            on=line.on,
            in_fen=line.in_.fen,
            out_fen=line.out.fen,
            payer=line.payer,
            payer_account=line.account,
            memo=line.memo,
        )
        guess = guesses.get(line.serial)
        if guess and guess.child:
            row.state, row.suggested_id = State.MATCHED, guess.child.pk
        elif guess:
            nobody_named = guess.hint == "摘要里没有写学生"
            guess = children.by_payer(line.payer, settled) if nobody_named else guess
            row.hint, row.suggested_id = guess.hint, guess.maybe.pk if guess.maybe else None
        elif line.out:
            row.hint = "支出，可以列为本月开支"
        else:
            row.state, row.hint = State.SET_ASIDE, "银行利息，不是课后服务费"
        made.append(row)
    return made


def _leave_typed(lines: Sequence[BankLine]) -> None:
    """What seems to be typed by hand already is not received again: a person looks. A receipt stops one line only."""
    matched = [line for line in lines if line.state == State.MATCHED]
    typed, taken = typed_for(matched), set()
    for line in matched:
        receipt = next((one for one in typed[line.serial] if one.pk not in taken), None)
        if receipt:
            taken.add(receipt.pk)
            line.state, line.hint = State.OPEN, f"已手工登记过收据 {receipt.number} 号，请核对后认领"


def _interest(line: Line) -> bool:
    return bool(matching.INTEREST.search(line.memo))


def _children(school: School) -> list[matching.Child]:
    guardians: dict[int, set[str]] = {}
    for student_id, name in Guardianship.objects.filter(school=school, ended_on=None).values_list(
        "student_id", "person__name"
    ):
        guardians.setdefault(student_id, set()).add(name)
    rows = Student.objects.filter(school=school, left_on=None).values_list(
        "pk", "number", "name", "school_class__grade", "school_class__number"
    )
    return [matching.Child(*row, frozenset(guardians.get(row[0], ()))) for row in rows]


def _receive_matched(lines: Sequence[BankLine], by: Actor) -> None:
    if not lines:
        return
    receipts = [
        Receipt(
            school=line.school,
            student_id=line.suggested_id,
            on=line.on,
            amount_fen=line.in_fen,
            payer=line.payer,
            payer_account=line.payer_account,
            method=_method(line),
            bank_line=line,
            key=f"bank:{line.serial}",
            entered_by_id=by.person_id,
        )
        for line in lines
        if line.suggested_id  # a matched line always names its student
    ]
    book_receipts(lines[0].school, receipts, by=by)
    _close(lines, receipts)


def _close(lines: Sequence[BankLine], receipts: Sequence[Receipt]) -> None:
    """The lines are in the books; each says what became of it."""
    rows = Receipt.objects.filter(pk__in=[receipt.pk for receipt in receipts])
    allocated = {row.bank_line_id: list(row.allocations.all()) for row in rows.prefetch_related("allocations__charge")}
    for line in lines:
        line.state = State.MATCHED
        line.hint = _outcome(line, allocated[line.pk])
    BankLine.objects.bulk_update(lines, ["state", "hint"], batch_size=1000)


def _outcome(line: BankLine, parts) -> str:
    paid = sum(part.fen for part in parts)
    if not parts:
        return "没有待交的应收，全部转为预收"
    if paid < line.in_fen:
        return f"{Money(paid)} 元抵应收，{Money(line.in_fen - paid)} 元转为预收"
    owed = sum(part.charge.owed_fen for part in parts)
    return f"还差 {Money(owed)} 元" if owed else ""


def _method(line: BankLine) -> str:
    return Receipt.Method.CASH if CASH in line.memo else Receipt.Method.BANK
