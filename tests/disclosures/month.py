"""October 2026 at 海棠路小学, worked out by hand: four children of grade 3 charged 200, 200, 100 and 0; cost 437.50.

500.00 came in, 62.50 is left; 200 : 200 : 100 of it are 25.00, 25.00 and 12.50, and the freed child gets nothing back.
"""

from datetime import date

from afterschool.access.reach import Actor
from afterschool.money import Money
from billing.actions import approve_expense, charge_month, draft_settlement, enter_expense
from enrollment.models import Waiver
from tests import cast
from tests.billing.conftest import NOW, family, pay

NAMES = ("陈一诺", "周子涵", "古丽米热·艾力", "欧阳若曦")
SYSTEM = Actor.system("test")


def waive(town, student, percent):
    Waiver.objects.create(
        school=town.school, student=student, category="hardship", percent=percent, evidence="街道证明", state="granted",
        asked_by=town.people["clerk"], began_on=date(2026, 9, 1),
    )  # fmt: skip


def spend(town, yuan="437.50", category="electricity", **more):
    key = f"expense-{category}-{yuan}"
    expense = enter_expense(
        town.month, **{"category": category, "fund": "fees", "amount": Money.parse(yuan), "on": date(2026, 10, 20),
        "payee": "碧海县供电公司", "voucher_number": key, "key": key, "by": town.clerk, **more},
    )  # fmt: skip
    return approve_expense(expense, now=NOW, by=town.reviewer)


def close(town):
    """Charge, let everybody pay in full, settle and lock."""
    charge_month(town.month, by=town.clerk)
    for charge in town.month.charges.select_related("student").filter(net_fen__gt=0):
        pay(town, charge.student, Money(charge.net_fen))
    spend(town)
    draft_settlement(town.month, by=town.clerk)
    town.month = cast.lock(town.month, now=NOW, by=town.reviewer)
    return town.month


def four_children(town):
    town.children = [family(town, name, guardian=cast.make_person(f"{name}的妈妈")) for name in NAMES]
    waive(town, town.children[2], 50)
    waive(town, town.children[3], 100)
    close(town)
    return town
