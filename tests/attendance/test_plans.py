"""应急预案."""

from datetime import timedelta

import pytest
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.errors import RuleBroken
from attendance.actions.plans import write_plan
from attendance.models import EmergencyPlan
from attendance.selectors.venues import plans_at_hand
from tests import cast
from tests.attendance.town import THURSDAY, at

INJURED = {
    "title": "孩子受伤",
    "steps": "先看伤，不移动孩子\n\n打 120，叫校医",
    "contacts": "校医 李红：13900001234\n县医院急诊 0411-85550120\n校长室",
}


def write(town, today=THURSDAY, before=None, **words):
    return write_plan(town.school, **INJURED | words, before=before, today=today, by=town.by_leader)


def test_plan_is_steps_and_people_with_numbers_to_dial(town):
    write(town)
    [one] = plans_at_hand(town.school)
    assert one.steps == ["先看伤，不移动孩子", "打 120，叫校医"]
    assert one.contacts == [("校医 李红", "13900001234"), ("县医院急诊", "0411-85550120"), ("校长室", "")]


def test_plan_written_anew_ends_the_one_before_and_keeps_it(town):
    first, later = write(town), THURSDAY + timedelta(days=20)
    assert write(town, before=first) == first
    second = write(town, later, before=first, steps="叫校医")
    assert [one.plan for one in plans_at_hand(town.school)] == [second]
    first.refresh_from_db()
    assert (first.ended_on, first.steps) == (later, INJURED["steps"])
    third = write(town, later, before=second, title="学生受伤")
    assert EmergencyPlan.objects.get(ended_on=None) == third


def test_plan_of_a_title_stands_once(town):
    first = write(town)
    other = write(town, title="火警")
    for before in (None, other):
        with pytest.raises(RuleBroken, match="已经有“孩子受伤”"):
            write(town, steps="别的", before=before)
    assert {one.plan for one in plans_at_hand(town.school)} == {first, other}


@pytest.mark.parametrize("role", [Role.TEACHER, Role.GUARD, Role.LEADER, Role.CLASS_TEACHER, Role.SCHOOL_ADMIN])
def test_plan_is_at_hand_for_everybody_at_the_school(town, client, monkeypatch, role):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17))
    write(town)
    place = town.section.school_class if role == Role.CLASS_TEACHER else town.school
    client.force_login(cast.make_person(role.label, role, place))
    page = client.get(reverse("attendance:emergency")).content.decode()
    assert 'href="tel:13900001234"' in page and "不移动孩子" in page
    assert (reverse("attendance:emergency-new") in page) is (role in (Role.LEADER, Role.SCHOOL_ADMIN))
