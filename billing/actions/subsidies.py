"""财政补助: received from each of its payers, held and reported apart from fees, or meeting what lowered fees left due."""

from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet, Sum

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import Money
from afterschool.policy import rules, subsidy
from afterschool.schools.models import Term
from afterschool.schools.rules import case_of
from billing import accounts
from billing.ledger.posting import post
from billing.models import FeeMonth, Subsidy
from billing.selectors.subsidies import lowers_fees, owed_by_payers, rule_of
from billing.tariffs import law_of

from .till import book_day, hold_month, sent_before


@transaction.atomic
def receive_subsidy(
    fee_month: FeeMonth,
    *,
    on: date,
    heads: int,
    amount: Money,
    document: str,
    payer: str = "",
    key: str,
    by: Actor,
) -> Subsidy:
    """Book a subsidy that came in, by its document and payer. Never more than the policy grants for so many students;
    of one that lowers fees, never more than families were spared."""
    fee_month = hold_month(fee_month)
    school = fee_month.school
    row = Subsidy(
        school=school, fee_month=fee_month, on=on, heads=heads, amount_fen=amount.fen, document=document.strip(),
        payer=payer, key=key, entered_by_id=by.person_id,
    )  # fmt: skip
    if first := sent_before(row, "amount_fen", "heads", "on"):
        return first
    meets_due = lowers_fees(fee_month)
    _refuse(row, meets_due)
    row.save()
    post(
        school,
        [(accounts.BANK, accounts.SUBSIDY_DUE if meets_due else accounts.subsidy(fee_month.month), amount)],
        on=book_day(school, on),
        memo=f"收{row.payer}财政补助（{row.document}，{heads} 人）",
        key=f"subsidy:{key}",
        by=by,
    )
    record(by, "received_subsidy", row, amount_fen=amount.fen, heads=heads, payer=row.payer)
    return row


def _refuse(row: Subsidy, meets_due: bool) -> None:
    """What the policy does not grant. The payer is filled in where it names only one."""
    rule = rule_of(row.fee_month)
    if rule is None:
        raise RuleBroken("政策没有安排财政补贴")
    if row.amount_fen <= 0 or row.heads <= 0:
        raise RuleBroken("学生数和金额都必须大于零", field="amount")
    if not row.document:
        raise RuleBroken("请填写下达文号", field="document")
    row.payer = _payer(rule, row.payer)
    if meets_due:
        _refuse_above_due(row, rule)
    else:
        _refuse_above_grant(row, rule)


def _payer(rule: rules.Subsidy, named: str) -> str:
    """One of those the policy names; where it names one, there is nothing to choose."""
    names = [payer.name for payer in rule.payers]
    if not named and len(names) == 1:
        return names[0]
    if named not in names:
        raise RuleBroken(f"请选择出资方：{'、'.join(names)}", cite=rule.cite, field="payer")
    return named


def _refuse_above_due(row: Subsidy, rule: rules.Subsidy) -> None:
    owed = next((one for one in owed_by_payers(row.school) if one.payer == row.payer), None)
    if owed is None or Money(row.amount_fen) > owed.open:
        said = f"应拨 {owed.due} 元，已到账 {owed.had} 元" if owed else "还没有应拨的"
        raise RuleBroken(f"{row.payer}按家长少交的数{said}", cite=rule.cite, field="amount")


def _refuse_above_grant(row: Subsidy, rule: rules.Subsidy) -> None:
    """A subsidy may come in parts: together they are no more than is granted, for the most students named in it."""
    fee_month, payer, before = row.fee_month, row.payer, _of_the_same(row.fee_month, rule, row.on)
    most_heads = before.aggregate(heads=Max("heads", default=0))["heads"]
    had = Money(before.filter(payer=payer).aggregate(fen=Sum("amount_fen", default=0))["fen"])
    heads = max(row.heads, most_heads)
    counted = subsidy.Heads(heads, heads, heads, days=1, attended=heads)
    due = subsidy.due(law_of(fee_month), fee_month.month, case_of(fee_month.school), counted)
    part = next((part.amount for part in due.parts if part.payer == payer), Money(0)) if due else Money(0)
    if had + Money(row.amount_fen) > part:
        so_far = f"，{SO_FAR[rule.per]}已到账 {had} 元" if had else ""
        say = f"{payer}按{subsidy.PER[rule.per]} {rule.yuan.short()} 元安排，{heads} 人最多 {part} 元{so_far}"
        raise RuleBroken(say, cite=rule.cite, field="amount")


SO_FAR = {"student_year": "今年", "student_term": "本学期", "student_month": "本月", "student_day": "本月"}


def _of_the_same(fee_month: FeeMonth, rule: rules.Subsidy, on: date) -> QuerySet[Subsidy]:
    """What came before of the same year, term or month."""
    came = Subsidy.objects.filter(school=fee_month.school)
    if rule.per == "student_year":
        return came.filter(on__year=on.year)
    if rule.per == "student_term":
        terms = Term.objects.filter(bureau=fee_month.school.bureau, began_on__lte=on, ended_on__gte=on)
        spans = [(term.began_on, term.ended_on) for term in terms[:1]]
        return came.filter(on__range=spans[0]) if spans else came.filter(fee_month=fee_month)
    return came.filter(fee_month=fee_month)
