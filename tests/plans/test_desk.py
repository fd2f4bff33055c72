"""What waits for whom about plans, day by day."""

from datetime import UTC, date, datetime

import pytest

from afterschool.access.capabilities import Role
from afterschool.plans.actions import draft_plan, file_plan, review_plan
from afterschool.plans.desk import tasks
from tests import cast
from tests.plans.writing import IN_SEPTEMBER, write_plan

DAY = date(2026, 9, 10)


@pytest.fixture
def clerk(haitang):
    return cast.act(cast.make_person("刘主任", Role.SCHOOL_ADMIN, haitang), DAY)


@pytest.fixture
def reviewer(d_bureau):
    return cast.act(cast.make_person("韩审核员", Role.BUREAU_REVIEWER, d_bureau), DAY)


def told(actor, day=DAY):
    return [(task.title, task.urgent) for task in tasks(actor, day)]


def test_school_is_told_to_write_and_pressed_near_the_deadline(term, clerk):
    assert told(clerk) == [("写2026年秋季学期的一校一案", False)]
    assert told(clerk, date(2026, 9, 16)) == [("写2026年秋季学期的一校一案", True)]


def test_school_is_told_of_its_draft_and_not_of_a_filed_plan(haitang, term, clerk):
    draft_plan(haitang, term, by=clerk)
    assert told(clerk) == [("2026年秋季学期的一校一案还没有报送", False)]


def test_filed_plan_waits_for_the_bureau_and_a_returned_one_for_the_school(haitang, term, clerk, reviewer):
    plan = write_plan(haitang, term, clerk)
    file_plan(plan, now=IN_SEPTEMBER, by=clerk)
    assert told(clerk) == []
    assert told(reviewer) == [("1 份一校一案等您答复", True)]

    review_plan(plan, "returned", "请补充", now=IN_SEPTEMBER, by=reviewer)
    assert [title for title, _ in told(clerk)] == ["一校一案被退回，请修改"]
    assert told(reviewer) == []


def test_bureau_is_told_who_is_overdue_from_the_first_of_october(haitang, lanting, term, clerk, reviewer):
    file_plan(write_plan(haitang, term, clerk), now=datetime(2026, 9, 30, 15, 59, tzinfo=UTC), by=clerk)

    assert told(reviewer, date(2026, 9, 30)) == [("1 份一校一案等您答复", True)]
    october = tasks(reviewer, date(2026, 10, 1))
    assert [(task.title, task.detail) for task in october][1] == ("1 所学校逾期没有报方案", "兰亭初级中学")


def test_others_are_told_nothing(haitang, term):
    teacher = cast.act(cast.make_person("值班", Role.TEACHER, haitang), DAY)

    assert told(teacher) == []
