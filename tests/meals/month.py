"""A school that also collects for its kitchen: lunch at 15 a day, under a policy that lists it apart from the fee."""

from datetime import date, datetime, time

from afterschool.money import Money
from billing.actions import approve_expense, charge_month, enter_expense, receive
from billing.meals.actions import charge_meals, enter_meal, order_meal, publish_meal, settle_meals
from billing.meals.consent import sentences_of, sha256_of
from tests.billing.conftest import NOW, SHANGHAI, act

SEPTEMBER_END = datetime(2026, 9, 28, 9, tzinfo=SHANGHAI)


def lunch(town, name="午餐", yuan="15", **more):
    told = {
        "item": "meals", "name": name, "supplier": "碧海县鲜味餐饮有限公司", "licence": "JY32102000012345",
        "weekdays": [1, 2, 3, 4, 5], "price": Money.parse(yuan), "leave_days": 1, "leave_until": time(16),
        "began_on": date(2026, 10, 12), **more,
    }  # fmt: skip
    meal = enter_meal(town.school, by=town.clerk, **told)
    return publish_meal(meal, now=SEPTEMBER_END, by=town.reviewer)


def order(town, nth=0, *, began_on=date(2026, 10, 12), meal=None, now=SEPTEMBER_END):
    meal = meal or town.meal
    told = {"began_on": began_on, "sha256": sha256_of(sentences_of(meal)), "now": now}
    return order_meal(town.children[nth], meal, by=act(town.mothers[nth]), **told)


def put_in(town, nth, yuan, *, fund="meal", key=None, on=date(2026, 10, 9)):
    child = town.children[nth]
    return receive(
        town.school, child, on=on, amount=Money.parse(yuan), payer=f"{child.name}的妈妈", payer_account="6217001",
        fund=fund, key=key or f"{fund}-{nth}-{yuan}-{on}", by=town.clerk,
    )  # fmt: skip


def bill(town, yuan, *, meal=None, approve=True, number="JS-10"):
    meal = meal or town.meal
    invoice = enter_expense(
        town.month, category="meal_supplier", fund="meal", meal=meal, amount=Money.parse(yuan), on=date(2026, 10, 30),
        payee=meal.supplier, voucher_number=f"{number}-{meal.name}", key=f"bill-{meal.pk}-{number}", by=town.clerk,
    )  # fmt: skip
    return approve_expense(invoice, now=NOW, by=town.reviewer) if approve else invoice


def october(town, bill_yuan="400"):
    """Both eat from the 12th on, 15 days: one pays for just that, one pays 300. The kitchen bills 400 of the 450."""
    order(town, 0)
    order(town, 1)
    charge_month(town.month, by=town.clerk)
    charge_meals(town.month, by=town.clerk)
    put_in(town, 0, "225")
    put_in(town, 1, "300")
    bill(town, bill_yuan)


def settle(town):
    return settle_meals(town.month, now=NOW, by=town.reviewer)
