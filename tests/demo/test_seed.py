"""When the demonstration is told, and where it is not."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from afterschool.demo import town
from afterschool.schools.models import Bureau, School
from billing.models import FeeMonth, Settlement
from tests import cast

from .telling import small, told


@pytest.mark.django_db
def test_an_interrupted_telling_is_taken_up_again():
    """And on the first of a month, of which nothing is there to tell yet, while the guardians look at the last one's draft."""
    with small() as patch:
        whole, half = town.BUREAUS, town.BUREAUS[:1]
        patch.setattr(town, "BUREAUS", half)
        told(date(2026, 11, 1))
        assert School.objects.filter(agreements__isnull=False).distinct().count() == 1
        patch.setattr(town, "BUREAUS", whole)
        told(date(2026, 11, 1))
        assert set(FeeMonth.objects.values_list("month", "state")) == {
            (date(2026, 10, 1), "open"), (date(2026, 11, 1), "open"),
        }  # fmt: skip
        assert set(Settlement.objects.values_list("state")) == {("shown",)}


@pytest.mark.django_db
def test_it_stays_out_of_a_production_database(settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="正式"):
        call_command("seed_demo")
    assert not Bureau.objects.exists()


@pytest.mark.django_db
def test_it_stays_out_of_somebody_elses_database():
    cast.make_bureau("别的教育局")
    with pytest.raises(CommandError, match="不是示范库"):
        call_command("seed_demo")
    assert connection.connection is not None
    assert Bureau.objects.count() == 1
