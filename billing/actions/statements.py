"""Bank statements: read, and matched as far as nobody can doubt."""

from collections.abc import Collection, Sequence
from hashlib import sha256

from django.db import transaction

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.money import Money
from afterschool.schools.models import School
from billing import matching
from billing.meals.selectors.purse import eaters_of
from billing.models import BankLine, Fund, Receipt, StatementImport
from billing.selectors.students import children_of
from billing.selectors.typed import typed_for
from billing.statement_file import Line, read_statement

from .receipts import book_receipts
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
    sets.add(lines)
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


def _without_known(school: School, lines: Sequence[Line], odd: list[dict]) -> list[Line]:
    """Lines whose serial number was not seen before, in this file or in an earlier one."""
    rows = BankLine.objects.filter(school=school, serial__among={line.serial for line in lines})
    seen = {
        row.serial: (f"{row.statement.file_name} 第 {row.row} 行", (row.on, row.in_fen, row.out_fen, row.payer))
        for row in rows.select_related("statement")
    }
    fresh = []
    for line in lines:
        facts = (line.on, line.in_.fen, line.out.fen, line.payer)
        if line.serial in seen:
            place, first = seen[line.serial]
            say = f"流水号 {line.serial} 与{place}相同，是已导入的一笔，没有再入账"
            odd.append({"row": line.row, "say": say if first == facts else f"{say}；但内容不同，请向银行核实"})
            continue
        fresh.append(line)
        seen[line.serial] = f"本文件第 {line.row} 行", facts
    return fresh


def _lines(statement: StatementImport, lines: Sequence[Line]) -> list[BankLine]:
    children = matching.School(children_of(statement.school))
    guesses = {line.serial: children.guess(line) for line in lines if line.in_ and not _interest(line)}
    settled = {guess.child.pk for guess in guesses.values() if guess.child}
    eaters = eaters_of(statement.school)
    made = []
    for line in lines:
        row, guess = _row(statement, line), guesses.get(line.serial)
        if line.in_ and matching.RETURNED.search(line.memo):
            row.hint = "像是退汇，请核对是哪一笔退费"
        elif guess and guess.child:
            row.suggested_id, row.hint = guess.child.pk, _unclear(line, guess.child, eaters)
            row.state = State.OPEN if row.hint else State.MATCHED
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


def _row(statement: StatementImport, line: Line) -> BankLine:
    return BankLine(
        school=statement.school, statement=statement, row=line.row, serial=line.serial, on=line.on,
        in_fen=line.in_.fen, out_fen=line.out.fen, payer=line.payer, payer_account=line.account, memo=line.memo,
    )  # fmt: skip


def _unclear(line: Line, child: matching.Child, eaters: Collection[int]) -> str:
    """Money for one thing pays nothing else, so it must be plain what it is for."""
    for_meals = matching.is_for_meals(line.memo)
    if for_meals is None:
        return f"摘要里又写课后服务费又写餐费，请问清楚是 {child.name} 的哪一样"
    return f"摘要写的是餐费，{child.name} 没有订餐，请核对" if for_meals and child.pk not in eaters else ""


def fund_of(line: BankLine) -> Fund:
    return Fund.MEAL if matching.is_for_meals(line.memo) else Fund.FEES


def _leave_typed(lines: Sequence[BankLine]) -> None:
    """What seems to be typed by hand already is not received again: a person looks. A receipt stops one line only."""
    matched = [line for line in lines if line.state == State.MATCHED]
    typed, taken = typed_for(matched), set()
    for line in matched:
        receipt = next((one for one in typed[line.serial] if one.pk not in taken), None)
        if receipt:
            taken.add(receipt.pk)
            line.state, line.hint = State.OPEN, typed_hint(receipt)


def typed_hint(receipt: Receipt) -> str:
    return f"已手工登记过收据 {receipt.number} 号，请核对后认领"


def _interest(line: Line) -> bool:
    return bool(matching.INTEREST.search(line.memo))


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
            method=method_of(line),
            fund=fund_of(line),
            bank_line=line,
            key=f"bank:{line.serial}",
            entered_by_id=by.person_id,
        )
        for line in lines
        if line.suggested_id  # a matched line always names its student
    ]
    parts = book_receipts(lines[0].school, receipts, by=by)
    paid = ([(part.fen, part.debt.owed_fen) for part in made] for made in parts)
    said = [
        (line.pk, outcome(line, made)) for line, made in zip(lines, paid, strict=True) if fund_of(line) == Fund.FEES
    ]
    sets.change(BankLine, "hint", [(pk, hint) for pk, hint in said if hint])


def outcome(line: BankLine, parts: Sequence[tuple[int, int]]) -> str:
    """What became of a line that is in the books: how much of it paid each charge, and what is still owed on that."""
    paid, owed = sum(fen for fen, _ in parts), sum(rest for _, rest in parts)
    if not parts:
        return "没有待交的应收，全部转为预收"
    if paid < line.in_fen:
        return f"{Money(paid)} 元抵应收，{Money(line.in_fen - paid)} 元转为预收"
    return f"还差 {Money(owed)} 元" if owed else ""


def method_of(line: BankLine) -> str:
    return Receipt.Method.CASH if CASH in line.memo else Receipt.Method.BANK
