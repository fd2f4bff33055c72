"""Whatever is done with meals in whatever order, no fen is lost, lent to the fee or given back twice (hypothesis)."""

from types import SimpleNamespace

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from afterschool.schools.calendar import service_days
from tests import cast
from tests.billing.conftest import family

from .machine import Meals

HOW = settings(
    max_examples=6, stateful_step_count=25, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_every_purse_is_what_was_paid_less_what_was_eaten(kitchen):
    mother = cast.make_person("欧阳若曦的妈妈")
    kitchen.mothers.append(mother)
    kitchen.children.append(family(kitchen, "欧阳若曦", guardian=mother))
    days = service_days(kitchen.school, kitchen.meal.weekdays, kitchen.meal.began_on, kitchen.month.last_on)
    Meals.town = SimpleNamespace(**vars(kitchen), days=days)
    run_state_machine_as_test(seed(1)(Meals), settings=HOW)
