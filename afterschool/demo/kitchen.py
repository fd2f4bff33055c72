"""Lunch: collected for the kitchen, apart from the fee. A few families order; they pay ahead, and what is over goes back."""

from datetime import date, time, timedelta

from afterschool.money import Money, total
from afterschool.schools.models import School
from afterschool.schools.people import actor_for
from billing import actions as billing
from billing.meals import actions as meals
from billing.meals.consent import sentences_of, sha256_of
from billing.models import FeeMonth, Meal, MealCharge

from . import town
from .clock import at, clock_shows
from .enrolling import first_guardians
from .office import Office, scan

EATERS = 12
SUPPLIER = "绿苑餐饮公司"


def open_kitchen(school: School, cast: town.Cast, first: date) -> None:
    """Entered by one person and published by another; then families agree, each for itself."""
    office = Office(school, cast, first)
    with clock_shows(at(first - timedelta(days=5), "10:00")) as now:
        meal = meals.enter_meal(
            school, item="meals", name="午餐", supplier=SUPPLIER, licence="JY23501820012345", weekdays=[1, 2, 3, 4, 5],
            price=Money(12_00), leave_days=1, leave_until=time(16), began_on=first, by=office.clerk,
        )  # fmt: skip
        meals.publish_meal(meal, now=now, by=office.reviewer)
    sha256 = sha256_of(sentences_of(meal))
    with clock_shows(at(first - timedelta(days=3), "20:30")) as now:
        for tie in first_guardians(school)[:EATERS]:
            by = actor_for(tie.person, first)
            meals.order_meal(tie.student, meal, began_on=first, sha256=sha256, now=now, by=by)


def charge(school: School, cast: town.Cast, fee_month: FeeMonth, *, whole: bool) -> None:
    """`whole`: everybody has paid; in the month under way one family has not."""
    by = Office(school, cast, fee_month.month).clerk
    with clock_shows(at(fee_month.month, "09:30")):
        charged = meals.charge_meals(fee_month, by=by)
        for one in charged if whole else charged[1:]:
            billing.receive(
                school, one.student, on=fee_month.month, amount=Money(one.net_fen), payer=one.consent.agreed_by.name,
                fund="meal", key=f"demo-meal-{fee_month.month:%Y-%m}-{one.student_id}", by=by,
            )  # fmt: skip


def settle(school: School, cast: town.Cast, fee_month: FeeMonth, day: date) -> None:
    """The kitchen bills a little less than was charged."""
    meal = Meal.objects.get(school=school)
    eaten = total(Money(one.net_fen) for one in MealCharge.objects.filter(fee_month=fee_month))
    office, on = Office(school, cast, day), fee_month.last_on
    with clock_shows(at(day, "13:00")) as now:
        bill = billing.enter_expense(
            fee_month, category="meal_supplier", fund="meal", meal=meal, amount=Money(eaten.fen * 94 // 100), on=on,
            payee=SUPPLIER, voucher_number=f"{on:%y%m}-JS-1", key=f"demo-kitchen-{on:%Y-%m}", voucher=scan(SUPPLIER),
            by=office.clerk,
        )  # fmt: skip
        billing.approve_expense(bill, now=now, by=office.reviewer)
        meals.settle_meals(fee_month, now=now, by=office.reviewer)
