"""A school that also collects for its kitchen, under a policy that lists it apart from the fee."""

import pytest

from tests import cast
from tests.billing.conftest import family, town  # noqa: F401
from tests.billing.machine.world import RULES

from .month import lunch

OF_MEALS = """
[[own_item]]
key = "meals"
label = "学生餐费"
price = "at_cost"
[[expense]]
key = "meal_supplier"
label = "付供餐单位"
funds = ["meal"]
"""


@pytest.fixture
def of_meals(haitang):
    """Before the month is opened the bureau works under this policy."""
    cast.adopt(haitang.bureau, RULES + OF_MEALS)


@pytest.fixture
def kitchen(of_meals, town):  # noqa: F811
    """Lunch from Monday to Friday from 12 October on, and two children with their mothers."""
    town.meal = lunch(town)
    town.mothers = [cast.make_person(f"{name}的妈妈") for name in ("陈一诺", "周子涵")]
    town.children = [family(town, mother.name[:3], guardian=mother) for mother in town.mothers]
    return town
