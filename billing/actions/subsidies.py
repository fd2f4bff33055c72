"""财政补助: received, held and reported apart from fees."""

from datetime import date

from django.db import transaction
from django.db.models import Max, Sum

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.policy import load, subsidy
from afterschool.policy.verdict import Verdict
from afterschool.schools.models import School
from billing import accounts
from billing.ledger.posting import post
from billing.models import FeeMonth, Subsidy

from .till import book_day, hold_month


@transaction.atomic
def receive_subsidy(
    fee_month: FeeMonth, *, on: date, heads: int, amount: Money, document: str, key: str, by: Actor
) -> Subsidy:
    """Book a subsidy that came in, by its document. Never more than the policy grants for so many students."""
    fee_month = hold_month(fee_month)
    school = fee_month.school
    if first := Subsidy.objects.filter(school=school, key=key).first():
        if (first.amount_fen, first.heads, first.on) != (amount.fen, heads, on):
            raise RuleBroken("这张表已经记过一笔内容不同的补助；要再记一笔请重新打开表单")
        return first
    granted = subsidy.per_student_year(load(fee_month.policy), fee_month.month)
    if granted.answer is None:
        raise RuleBroken(granted.because)
    if amount.fen <= 0 or heads <= 0:
        raise RuleBroken("学生数和金额都必须大于零", field="amount")
    _refuse_above_grant(school, granted, on=on, heads=heads, amount=amount)
    if not document.strip():
        raise RuleBroken("请填写下达文号", field="document")
    row = Subsidy.objects.create(
        school=school,
        fee_month=fee_month,
        on=on,
        heads=heads,
        amount_fen=amount.fen,
        document=document.strip(),
        key=key,
        entered_by_id=by.person_id,
    )
    post(
        school,
        [(accounts.BANK, accounts.subsidy(fee_month.month), amount)],
        on=book_day(school, on),
        memo=f"收财政补助（{row.document}，{heads} 人）",
        key=f"subsidy:{key}",
        by=by,
    )
    record(by, "received_subsidy", row, amount_fen=amount.fen, heads=heads)
    return row


def _refuse_above_grant(school: School, granted: Verdict, *, on: date, heads: int, amount: Money) -> None:
    """A subsidy may come in parts: together they are no more than the year's, for the most students named in it."""
    year = Subsidy.objects.filter(school=school, on__year=on.year).aggregate(
        fen=Sum("amount_fen", default=0), heads=Max("heads", default=0)
    )
    had, heads = Money(year["fen"]), max(heads, year["heads"])
    most = granted.answer * heads
    if had + amount > most:
        so_far = f"，今年已到账 {had} 元" if had else ""
        say = f"{granted.because}，{heads} 人一年最多 {most} 元{so_far}"
        raise RuleBroken(say, cite=granted.cite, field="amount")
