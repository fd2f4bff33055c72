"""The demonstration with small schools, and what holds wherever its story has been told up to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from afterschool.demo import town
from afterschool.schools.models import School
from attendance.models import DayClose, Session
from billing.disclosures.models import Disclosure
from billing.ledger.balances import balances
from billing.models import FeeMonth, Refund


@contextmanager
def small() -> Iterator[pytest.MonkeyPatch]:
    """One junior school under each policy, three classes of six, one of them with a kitchen; taken back afterwards."""
    d_school, c_school = (replace(bureau.schools[1], classes=1, children=6) for bureau in town.BUREAUS)
    batch = town.DemoBatch("第一批", (7, 8), time(18, 30), "南门")
    schools = [d_school, replace(c_school, lunch=True, batches=(batch,))]
    bureaus = tuple(replace(bureau, schools=(school,)) for bureau, school in zip(town.BUREAUS, schools, strict=True))
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(town, "BUREAUS", bureaus)
        patch.setattr(town, "SCHOOLS", {school.code: school for school in schools})
        yield patch
        transaction.set_rollback(True)


def told(today: date) -> None:
    # In this process alone: the tests' own threads would not survive a fork.
    call_command("seed_demo", today=today, processes=1, stdout=StringIO())


def last_month_is_closed_and_this_month_under_way(today: date) -> None:
    first = today.replace(day=1)
    last_month = (first - timedelta(days=1)).replace(day=1)

    assert set(FeeMonth.objects.values_list("month", "state")) == {(last_month, "locked"), (first, "open")}
    assert Disclosure.objects.published().count() == School.objects.count() == 2
    assert not Refund.objects.exclude(state=Refund.State.PAID).filter(fee_month__month=last_month).exists()
    held = set(Session.objects.filter(day__lt=today).values_list("school", "day"))
    assert held == set(DayClose.objects.values_list("school", "day"))
    for school in School.objects.all():
        owed = {ref: money for ref, money in balances(school, today).items() if "payable" in ref[0] and money.fen}
        assert owed == {}, "stipends and refunds of last month have been paid out"
