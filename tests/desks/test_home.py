"""The home page answers "what must I do now?" for every role, in a constant number of queries."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Role
from tests import cast

pytestmark = pytest.mark.django_db
AT_SCHOOL = [role for role in Role if role is not Role.GUARDIAN and not role.name.startswith("BUREAU_")]
AT_BUREAU = [role for role in Role if role.name.startswith("BUREAU_")]


@pytest.fixture(autouse=True)
def mid_october():
    with time_machine.travel("2026-10-15T12:00:00+08:00"):
        yield


def home(client, person) -> str:
    client.force_login(person)
    page = client.get(reverse("home"))
    assert page.status_code == 200
    return page.content.decode()


def test_strangers_are_shown_to_the_door(client):
    assert client.get(reverse("home")).url == reverse("sign-in")


@pytest.mark.parametrize("role", AT_SCHOOL)
def test_everybody_at_a_school_has_a_home(client, haitang, term, role):
    place = cast.make_class(haitang) if role is Role.CLASS_TEACHER else haitang
    person = cast.make_person("何静", role, place)
    assert "何静" in home(client, person)


@pytest.mark.parametrize("role", AT_BUREAU)
def test_everybody_at_the_bureau_has_a_home(client, d_bureau, term, role):
    assert "赵强" in home(client, cast.make_person("赵强", role, d_bureau))


def test_a_guardian_sees_where_the_children_are(client, haitang, term):
    guardian = cast.make_person("李敏")
    cast.make_student(cast.make_class(haitang, 3, 2), "陈一诺", guardian)
    page = home(client, guardian)
    assert "陈一诺" in page
    assert "三(2)班" in page
    assert "今天没有课后服务" in page
    assert f"tel:{haitang.phone}" in page
    assert f'href="{reverse("enrollment:apply-start")}"' in page  # the way to agreement and withdrawal


def test_a_person_without_a_post_or_child_is_told_so(client):
    assert "今天没有要办的事" in home(client, cast.make_person("王芳"))


def test_the_home_asks_no_more_for_three_children_than_for_one(client, haitang, term):
    def queries(guardian) -> int:
        client.force_login(guardian)
        client.get(reverse("home"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("home"))
        return len(asked)

    one, three = cast.make_person("李敏"), cast.make_person("王芳")
    klass = cast.make_class(haitang, 3, 2)
    cast.make_student(klass, "陈一诺", one)
    for name in ("陈一鸣", "陈一心", "陈一凡"):
        cast.make_student(klass, name, three)
    assert queries(one) == queries(three)
