"""The other half of the steps of tests/billing/test_machine.py."""

import pytest

from tests.billing.machine.run import room, walk  # noqa: F401 -- a fixture

pytestmark = pytest.mark.slow


def test_the_laws_hold_after_every_step_of_another_walk(room):  # noqa: F811
    walk(room, 2)
