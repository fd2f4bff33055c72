"""The demonstration is told by the actions, on any day of the year."""

from datetime import date

import pytest
from django.utils.timezone import localtime

from afterschool.access.capabilities import Role
from afterschool.audit.models import Deed
from afterschool.demo import kitchen, people
from afterschool.desks.selectors import tasks_of
from afterschool.schools.models import Post
from afterschool.schools.people import actor_for
from attendance.models import Batch, Handover
from billing.meals.selectors.purse import purses
from billing.models import MealCharge, Refund

from .telling import last_month_is_closed_and_this_month_under_way, small, told


@pytest.fixture(scope="module", params=[date(2026, 11, 21), date(2027, 1, 12)], ids=str)
def today(request, django_db_setup, django_db_blocker):
    """A day up to which the story has been told."""
    with django_db_blocker.unblock(), small():
        told(request.param)
        yield request.param


@pytest.mark.django_db
def test_last_month_is_closed_and_this_month_under_way(today):
    last_month_is_closed_and_this_month_under_way(today)


@pytest.mark.django_db
def test_lunch_is_paid_ahead_and_what_is_over_goes_back(today):
    charges = MealCharge.objects.order_by("fee_month__month")
    assert charges.filter(fee_month__month=charges[0].fee_month.month).count() == kitchen.EATERS
    assert Refund.objects.filter(cause=Refund.Cause.MEAL).count() == kitchen.EATERS
    assert [money for money in purses(school=charges[0].school_id).values() if money.fen < 0], (
        "one family has not paid this month yet"
    )
    [batch] = Batch.objects.all()
    gone = Handover.objects.filter(school=batch.school, student__school_class__grade__in=batch.grades)
    assert gone.exists() and all(localtime(one.at).time() >= batch.leaves_at for one in gone)


@pytest.mark.django_db
def test_the_desks_have_something_to_do_and_a_second_telling_changes_nothing(today):
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
