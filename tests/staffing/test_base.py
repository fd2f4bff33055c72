"""The sheet's page says where the base is set, before anybody presses a button in vain."""

import pytest
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.schools.models import Bureau, School
from tests import cast


@pytest.fixture(autouse=True)
def on_the_day(time_machine, today):
    time_machine.move_to(f"{today}T10:00:00+08:00", tick=True)


def page(client, school, *roles):
    clerk = cast.make_person("会计", Role.FINANCE_CLERK, school)
    for role in roles:
        clerk.posts.create(role=role.name, school=school, began_on=cast.LONG_AGO)
    client.force_login(clerk)
    return client.get(reverse("staffing:stipend-sheet-list")).content.decode()


def test_clerk_reads_who_sets_the_base(client, haitang):
    School.objects.update(stipend_base_fen=None)
    said = page(client, haitang)
    assert "请学校管理员在“名册”的“本校”里填补助基数" in said
    assert reverse("schools:school-edit") not in said


def test_whoever_may_set_the_base_is_led_there(client, haitang):
    School.objects.update(stipend_base_fen=None)
    assert f"{reverse('schools:school-edit')}?school={haitang.pk}" in page(client, haitang, Role.SCHOOL_ADMIN)


def test_missing_average_is_the_bureaus_to_say(client, haitang):
    Bureau.objects.update(hourly_wage_fen=None)
    assert "全市教师每小时平均工资由教育局管理员在“设置”里填" in page(client, haitang)


def test_nothing_is_asked_where_all_is_said_or_lessons_are_paid(client, haitang, wuhang):
    assert "补助基数没有定" not in page(client, haitang)
    assert "补助基数没有定" not in page(client, wuhang)
