"""The demonstration is told by the actions, on any day of the year; here with small schools."""

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from afterschool.access.capabilities import Role
from afterschool.audit.models import Deed
from afterschool.demo import people, town
from afterschool.desks.selectors import tasks_of
from afterschool.schools.models import Bureau, Post, School
from afterschool.schools.people import actor_for
from attendance.models import DayClose, Session
from billing.disclosures.models import Disclosure
from billing.ledger.balances import balances
from billing.models import FeeMonth, Refund
from tests import cast


@pytest.fixture
def small(monkeypatch):
    """One junior school under each policy, three classes of six."""
    schools = [replace(bureau.schools[1], classes=1, children=6) for bureau in town.BUREAUS]
    bureaus = tuple(replace(bureau, schools=(school,)) for bureau, school in zip(town.BUREAUS, schools, strict=True))
    monkeypatch.setattr(town, "BUREAUS", bureaus)
    monkeypatch.setattr(town, "SCHOOLS", {school.code: school for school in schools})


def told(today: date) -> None:
    # In this process alone: the tests' own threads would not survive a fork.
    call_command("seed_demo", today=today, processes=1, stdout=StringIO())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2026, 11, 1), date(2027, 1, 12)], ids=str)
def test_last_month_is_closed_and_this_month_under_way(small, today):
    told(today)
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


@pytest.mark.django_db(transaction=True)
def test_the_desks_have_something_to_do_and_a_second_telling_changes_nothing(small):
    today = date(2026, 11, 6)
    told(today)
    deeds = Deed.objects.count()
    told(today)

    assert Deed.objects.count() == deeds
    waiting = {
        Role[post.role]
        for post in Post.objects.select_related("person")
        if tasks_of(actor_for(post.person, today), today)
    }
    assert {Role.SCHOOL_ADMIN, Role.CLASS_TEACHER, Role.TEACHER, Role.FINANCE_CLERK, Role.FINANCE_REVIEWER} <= waiting
    for label in ("家长", "班主任", "教育局审核员"):
        assert label in people.table()


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_telling_is_taken_up_again(small, monkeypatch):
    whole, half = town.BUREAUS, town.BUREAUS[:1]
    monkeypatch.setattr(town, "BUREAUS", half)
    told(date(2026, 11, 3))
    monkeypatch.setattr(town, "BUREAUS", whole)
    told(date(2026, 11, 3))
    assert School.objects.filter(agreements__isnull=False).distinct().count() == 2


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
