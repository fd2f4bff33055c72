"""The doors of 代收餐费: how things stand before, and what is filled in."""

from datetime import time, timedelta

from afterschool.money import Money
from afterschool.schools.models import Adoption
from billing.actions import approve_expense, enter_expense
from billing.meals.actions import charge_meals
from billing.meals.consent import sentences_of, sha256_of
from billing.models import FeeMonth, Meal, MealConsent

from .town import OCTOBER, THURSDAY, Corner, act, at

LAST = OCTOBER.replace(day=30)


def lists_meals(corner: Corner) -> None:
    """The bureau is, and was, under a policy that lists what is collected apart."""
    Adoption.objects.filter(bureau=corner.school.bureau).update(policy="changle-2021")
    FeeMonth.objects.filter(pk=corner.month.pk).update(policy="changle-2021")


def entered(corner: Corner) -> None:
    lists_meals(corner)
    corner.meal = Meal.objects.create(
        school=corner.school, item="meals", name="午餐", supplier="鲜味餐饮公司", licence="JY1", weekdays=[1, 2, 3, 4, 5],
        price_fen=15_00, leave_until=time(16), began_on=OCTOBER, entered_by=corner.clerk,
    )  # fmt: skip


def published(corner: Corner) -> None:
    entered(corner)
    Meal.objects.filter(pk=corner.meal.pk).update(published_at=at(9), published_by=corner.reviewer)


def ordered(corner: Corner) -> None:
    published(corner)
    said = sentences_of(corner.meal)
    corner.consent = MealConsent.objects.create(
        school=corner.school, meal=corner.meal, student=corner.child, began_on=OCTOBER, content=said,
        sha256=sha256_of(said), agreed_by=corner.mother, agreed_at=at(9),
    )  # fmt: skip


def eaten(corner: Corner) -> None:
    """Charged, and the supplier's bill approved."""
    ordered(corner)
    charge_meals(corner.month, by=act(corner.clerk))
    told = {"amount": Money(100_00), "on": LAST, "payee": "鲜味餐饮公司", "voucher_number": "JS-1", "key": "bill"}
    bill = enter_expense(
        corner.month, category="meal_supplier", fund="meal", meal=corner.meal, by=act(corner.clerk), **told
    )
    approve_expense(bill, now=at(9), by=act(corner.reviewer))


GIVEN = {
    "meals:meal-create GET": lists_meals,
    "meals:meal-create POST": lists_meals,
    "meals:meal-publish POST": entered,
    "meals:meal-end POST": published,
    "meals:meal-month GET": eaten,
    "meals:meals-charge POST": ordered,
    "meals:meals-settle POST": eaten,
    "meals:meal-sheet GET": eaten,
    "meals:invoice-create GET": published,
    "meals:invoice-create POST": published,
    "meals:my-meals GET": eaten,
    "meals:meal-order POST": published,
    "meals:meal-leave POST": ordered,
    "meals:meal-stop POST": ordered,
}
BODY = {
    "meals:meal-create POST": lambda corner, person: {
        "item": "meals", "name": "晚餐", "supplier": "鲜味餐饮公司", "licence": "JY1", "price": "18", "leave_days": "0",
        "leave_until": "09:30", "began_on": THURSDAY.isoformat(), "weekdays": ["1", "2"],
    },
    "meals:meal-end POST": lambda corner, person: {"last_on": THURSDAY.isoformat()},
    "meals:invoice-create POST": lambda corner, person: {
        "key": "typed", "meal": corner.meal.pk, "amount": "100", "on": LAST.isoformat(), "voucher_number": "JS-2"
    },
    "meals:meal-leave POST": lambda corner, person: dict.fromkeys(
        ("first_on", "last_on"), (THURSDAY + timedelta(days=6)).isoformat()
    ),
    "meals:meal-order POST": lambda corner, person: {
        "meal": corner.meal.pk, "began_on": (THURSDAY + timedelta(days=1)).isoformat(), "agree": "on",
        "sha256": sha256_of(sentences_of(corner.meal)),
    },
}  # fmt: skip
