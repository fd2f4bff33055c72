"""A child that came on none of the days on which its school was open gets all of it back."""

import pytest

from afterschool.schools.models import CalendarChange
from billing.models import Charge
from tests.billing.test_returns import BACK, charged, given, stay_away, under
from tests.billing.test_settlement import lock, spend

__all__ = ["under"]


@pytest.mark.parametrize(
    ("came", "back"),
    [(0, [("cancelled", "13.33"), ("absence", "186.67")]), (1, [("cancelled", "13.33"), ("surplus", "176.67")])],
)
def test_on_a_day_closed_by_the_school_it_could_not_have_come(town, under, came, back):
    never = '[[refund]]\ncause = "absence"\ngives = "month"\nnone_attended = true\n'
    under(BACK.format("cancelled", "each_day") + never)
    [child] = charged(town)
    closed, *left = Charge.objects.get().days
    stay_away(town, child, left[came:])
    CalendarChange.objects.create(
        bureau=town.bureau, school=town.school, day=closed, kind="workday", serves=False, reason="停电"
    )
    spend(town, "10.00")
    lock(town)
    assert given() == back
