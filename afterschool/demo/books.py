"""The money of a month: charged, received, spent, settled, given back, published."""

from datetime import date, timedelta
from random import Random

from afterschool.access.reach import Actor
from afterschool.money import ZERO, Money
from afterschool.schools.models import GRADES, School
from afterschool.xlsx import Column, Sheet, write_xlsx
from billing import actions as billing
from billing.disclosures import actions as disclosures
from billing.models import Charge, FeeMonth, Refund
from billing.selectors.reconciling import in_book, suggested, unexplained
from staffing import actions as staffing

from . import town
from .clock import at, clock_shows
from .office import Office, scan

HEADS = (
    "交易日期",
    "交易时间",
    "借方发生额(支出)",
    "贷方发生额(收入)",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
    "流水号",
)
# Yuan a month; a school of another size pays in proportion to its heads.
COSTS = {
    "dalian-2024": (
        ("electricity", "国网电力公司", 7.20),
        ("water", "自来水公司", 2.10),
        ("consumables", "文华文具店", 6.40),
        ("insurance", "人保财险", 4.00),
    ),
    "changle-2021": (("consumables", "榕城文具店", 5.00), ("insurance", "人保财险", 4.00)),
}


def collect(school: School, cast: town.Cast, month: date, until: date, *, whole: bool) -> FeeMonth:
    """Open the month, charge it, take in the bank's statement up to a day; `whole`: everybody has paid."""
    office = Office(school, cast, month)
    with clock_shows(at(month, "09:00")):
        fee_month = billing.open_month(school, month=month, by=office.clerk)
        billing.charge_month(fee_month, by=office.clerk)
    with clock_shows(at(until, "16:00")):
        data = _statement(school, fee_month, until, whole)
        billing.import_statement(school, file_name=f"{month:%Y-%m} 交易明细.xlsx", data=data, by=office.clerk)
    return fee_month


def spend(school: School, cast: town.Cast, fee_month: FeeMonth, day: date, *, approve: bool) -> None:
    """Enter the month's costs, each with its voucher; another person approves them."""
    office, heads = Office(school, cast, day), school.agreements.count()
    fund = "subsidy" if fee_month.policy == "changle-2021" else "fees"
    with clock_shows(at(day, "10:00")) as now:
        if fund == "subsidy" and approve:
            _subsidise(fee_month, day, office.clerk)
        for ticket, (category, payee, yuan) in enumerate(COSTS[fee_month.policy], 1):
            amount, number = Money(round(yuan * 100) * heads), f"{day:%y%m}-{school.pk:02}-{ticket}"
            expense = billing.enter_expense(
                fee_month, category=category, fund=fund, amount=amount, on=day, payee=payee, voucher_number=number,
                key=f"demo-{day}-{category}", voucher=scan(payee), by=office.clerk,
            )  # fmt: skip
            if approve:
                billing.approve_expense(expense, now=now, by=office.reviewer)


def settle(school: School, cast: town.Cast, fee_month: FeeMonth, day: date) -> None:
    """Stipends and the settlement's draft, which the guardians see until tomorrow; bank and book agree."""
    office = Office(school, cast, day)
    with clock_shows(at(day, "14:00")) as now:
        sheet = staffing.draft_sheet(school=school, month=fee_month.month, by=office.clerk)
        staffing.review_sheet(sheet, now=now, by=office.reviewer)
        staffing.approve_sheet(sheet, now=now, by=office.principal)
        billing.book_stipends(fee_month, by=office.clerk)
        billing.draft_settlement(fee_month, by=office.clerk)
        billing.show_settlement(fee_month, until=day + timedelta(days=1), now=now, by=office.clerk)
        items, book = suggested(fee_month), in_book(fee_month)
        bank = -unexplained(ZERO, book, items)
        billing.reconcile(fee_month, bank=bank, items=items, now=now, by=office.clerk)


def close(school: School, cast: town.Cast, fee_month: FeeMonth, day: date) -> None:
    """Lock, refunds, publication."""
    office = Office(school, cast, day)
    with clock_shows(at(day, "14:00")) as now:
        billing.lock_month(fee_month, now=now, by=office.reviewer)
        billing.pay_stipends(fee_month, paid_on=day, by=office.clerk)
        if Refund.objects.filter(fee_month=fee_month).exists():
            batch = billing.instruct_refunds(fee_month, now=now, by=office.reviewer)
            billing.payouts_paid(batch.payouts.all(), paid_on=day, by=office.clerk)
        disclosure = disclosures.compose(fee_month, by=Actor.system("disclosures.compose_due"))
        disclosures.publish(disclosure, now=now, by=office.principal)


def _subsidise(fee_month: FeeMonth, day: date, clerk: Actor) -> None:
    """区财政每生每年 200 元: received for all pupils of the school."""
    heads = fee_month.school.students.count()
    billing.receive_subsidy(
        fee_month, on=day, heads=heads, amount=Money(200_00) * heads, document="长宁财教指〔示范〕12 号",
        key=f"demo-subsidy-{fee_month.month:%Y}", by=clerk,
    )  # fmt: skip


def _statement(school: School, fee_month: FeeMonth, until: date, whole: bool) -> bytes:
    """The bank's export: most families have paid; in the month under way some have not, and one payment names nobody."""
    dice = Random(f"{school.code}{fee_month.month}")
    charges = Charge.objects.filter(fee_month=fee_month, net_fen__gt=0).select_related("student__school_class")
    rows, balance = [], 0
    for number, charge in enumerate(charges.order_by("pk")):
        if not whole and dice.random() < 0.15:
            continue
        day = fee_month.month + timedelta(days=dice.randrange(min(20, max(1, (until - fee_month.month).days))))
        balance += charge.net_fen
        rows.append(_line(dice, charge, day, balance, number))
    if not whole and rows:
        rows.append((*rows[-1][:5], "陈先生", "6217000000000000000", "课后服务费", f"{fee_month.month:%Y%m}999999"))
    columns = [Column(head, width=20) for head in HEADS]
    return write_xlsx([Sheet("交易明细", columns, rows, titles=["账户交易明细清单", f"户名：{school.name}"])])


def _line(dice: Random, charge: Charge, day: date, balance: int, number: int) -> tuple:
    student = charge.student
    klass = f"{GRADES[student.school_class.grade]}{student.school_class.number}班"
    name, register = student.name, student.number
    memo = dice.choice([f"{register} {name}", f"课后服务费 {register}", f"{klass}{name} 课后服务费 {register}"])
    payer = student.guardianships.earliest("pk").person.name
    account = f"6217{student.number[-12:]:0>12}"
    paid, left = Money(charge.net_fen).plain(), Money(balance).plain()
    return (f"{day}", "10:18:24", "", paid, left, payer, account, memo, f"{day:%Y%m%d}{charge.school_id:03}{number:05}")
