"""银行回单: brought, looked at, and taken once."""

from collections import defaultdict
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from billing.answer_file import read_answer
from billing.models import BankAnswer, Payout, RefundBatch
from billing.selectors.answers import Weighed, weigh

from .batches import fail_rows, pay_rows
from .till import hold


@transaction.atomic
def bring_answer(batch: RefundBatch, *, file_name: str, data: bytes, by: Actor) -> BankAnswer:
    """Keep what the bank says, to be looked at. The same file again is the same answer."""
    hold(batch.school)
    digest = sha256(data).hexdigest()
    if known := BankAnswer.objects.filter(batch=batch, sha256=digest).first():
        return known
    read = read_answer(data)
    if not read.lines:
        raise RuleBroken("这份回单里没有一行看得懂的结果", field="file")
    answer = BankAnswer.objects.create(
        school=batch.school, batch=batch, file_name=file_name[:200], sha256=digest, rows=read.kept(), odd=read.odd,
        uploaded_by_id=by.signer,
    )  # fmt: skip
    record(by, "brought", answer, batch=batch.number, lines=len(read.lines), odd=len(read.odd))
    return answer


@transaction.atomic
def take_answer(answer: BankAnswer, *, paid_on: date, now: datetime, by: Actor) -> BankAnswer:
    """Book what it says that is new; `paid_on` where a line names no day. Taken again it changes nothing."""
    hold(answer.school)
    answer = BankAnswer.objects.select_related("school", "batch__school").get(pk=answer.pk)
    if answer.taken_at:
        return answer
    said: dict[str, list[tuple[Payout, Weighed]]] = defaultdict(list)
    weighed = [(one.payout, one) for one in weigh(answer) if one.payout]
    rows = Payout.objects.select_related("school", "batch", "refund").in_bulk([row.pk for row, _ in weighed])
    for row, one in weighed:
        said[one.verdict].append((rows[row.pk], one))
    pay_rows([(row, one.day(paid_on)) for row, one in said["paid"]], by=by)
    fail_rows([(row, one.line.reason) for row, one in said["failed"]], by=by)
    answer.taken_at, answer.taken_by_id = now, by.signer
    answer.save(update_fields=["taken_at", "taken_by"])
    if said["against"]:
        record(by, "contradicted", answer, rows=[f"{one.line.line}: {one.say}" for _, one in said["against"]])
    record(by, "took", answer, paid=len(said["paid"]), failed=len(said["failed"]), against=len(said["against"]))
    return answer
