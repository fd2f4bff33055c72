"""Many schools at the end of one month: a job each, and what one lacks holds up no other."""

from datetime import date

import pytest
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.jobs.book import run_waiting
from afterschool.jobs.models import Job
from afterschool.money import Money
from afterschool.schools.models import Post
from billing.actions import draft_together, enter_expense, lock_together
from billing.models import Charge, FeeMonth, Refund
from tests import cast
from tests.billing.conftest import NOW, OCTOBER, act, enroll, family

NAMES = ("海棠路小学", "望海小学", "朝阳小学")


@pytest.fixture
def district(town):
    """Three schools with one child each, kept by one accountant; the last has a cost that nobody has approved."""
    town.schools = [town.school]
    for name in NAMES[1:]:
        school = cast.make_school(town.bureau, name)
        child = cast.make_student(cast.make_class(school, 3), f"{name}的孩子")
        enroll(child, cast.make_plan(school, town.term))
        town.schools.append(school)
    family(town)
    clerk, reviewer = (cast.make_person(name) for name in ("总会计", "总复核"))
    for school in town.schools:
        for person, role in ((clerk, Role.FINANCE_CLERK), (reviewer, Role.FINANCE_REVIEWER)):
            Post.objects.create(person=person, role=role.name, school=school, began_on=cast.LONG_AGO)
    town.all_clerk, town.all_reviewer = clerk, reviewer
    enter_expense(
        town.month, category="water", fund="fees", amount=Money(20_00), on=date(2026, 10, 9), payee="自来水公司",
        voucher_number="1", key="w", by=town.clerk,
    )  # fmt: skip
    return town


def draft(town):
    draft_together(town.schools, month=OCTOBER, now=NOW, by=act(town.all_clerk))
    run_waiting()


def test_each_school_goes_as_far_as_nobody_must_decide(district):
    draft(district)
    failed = Job.objects.get(state="failed")
    assert failed.school_id == district.school.pk and "1 笔支出等待审批" in failed.error
    assert Job.objects.filter(state="done").count() == 2
    assert Charge.objects.count() == 3
    drafted = FeeMonth.objects.filter(settlement__isnull=False).values_list("school__name", flat=True)
    assert set(drafted) == set(NAMES[1:])


def test_done_again_nothing_is_doubled(district):
    draft(district)
    before = Charge.objects.count(), Refund.objects.count(), Job.objects.count()
    draft(district)
    Job.objects.update(state="waiting", attempts=0)
    run_waiting()
    assert (Charge.objects.count(), Refund.objects.count(), Job.objects.count()) == before


def test_those_that_have_everything_are_locked_and_the_others_say_what_they_lack(district):
    draft(district)
    ready = FeeMonth.objects.get(school=district.schools[1])
    cast.ready_to_lock(ready, now=NOW)
    Job.objects.all().delete()
    lock_together(district.schools[:2], month=OCTOBER, now=NOW, by=act(district.all_reviewer))
    run_waiting()
    ready.refresh_from_db()
    assert not ready.is_open
    assert "还没有生成结算草案" in Job.objects.get(state="failed").error


def test_the_page_shows_every_school_and_asks_as_many_queries_for_three_as_for_one(
    district, client, time_machine, django_assert_max_num_queries
):
    time_machine.move_to(NOW)
    client.force_login(district.all_clerk)
    page = reverse("billing:month-end", args=[OCTOBER])
    client.post(reverse("billing:month-end-draft", args=[OCTOBER]))
    assert "正在办：0 / 3" in client.get(page).content.decode()
    run_waiting()
    with django_assert_max_num_queries(16):
        told = client.get(page).content.decode()
    assert all(name in told for name in NAMES) and "没有办成" in told and "等待审批" in told
    assert client.post(reverse("billing:month-end-lock", args=[OCTOBER])).status_code == 403


def test_a_month_to_come_has_no_end(district, client, time_machine):
    time_machine.move_to(NOW)
    client.force_login(district.all_clerk)
    assert client.post(reverse("billing:month-end-draft", args=[date(2027, 1, 1)])).status_code == 404
