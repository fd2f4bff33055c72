import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import cast

pytestmark = pytest.mark.django_db
PHONE, NEW = "13904116021", "haitang-2026"


@pytest.fixture
def teacher():
    """Came in by SMS code so far; has no password."""
    return cast.make_person("王芳", phone=PHONE)


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def set_password(client, first=NEW, second=NEW):
    return client.post(reverse("password-set"), {"new_password1": first, "new_password2": second})


def try_password(client, phone=PHONE, password=NEW):
    return client.post(reverse("password-sign-in"), {"phone": phone, "password": password})


def test_password_is_set_once_signed_in_and_opens_the_door(client, teacher):
    assert set_password(signed_in(teacher)).url == reverse("home")
    assert try_password(client).url == reverse("home")


def test_setting_a_password_ends_every_other_session(teacher):
    here, elsewhere = signed_in(teacher), signed_in(teacher)
    set_password(here)
    assert here.get(reverse("inbox")).status_code == 200
    assert elsewhere.get(reverse("inbox")).status_code == 302


@pytest.mark.parametrize("pair", [("12345678", "12345678"), ("a7-x", "a7-x"), (NEW, "haitang-2027"), ("", "")])
def test_weak_or_mistyped_password_is_refused(teacher, pair):
    client = signed_in(teacher)
    assert set_password(client, *pair).status_code == 422
    teacher.refresh_from_db()
    assert teacher.password == ""


def test_page_is_for_those_who_are_signed_in(client, teacher):
    assert set_password(client).status_code == 302
    teacher.refresh_from_db()
    assert teacher.password == ""
    assert reverse("password-set") in signed_in(teacher).get(reverse("inbox")).content.decode()


def test_whoever_has_no_password_is_answered_as_everybody(client, teacher):
    other = cast.make_person("李敏", phone="13904110001")
    other.set_password("another-one")
    other.save()
    pages = [try_password(client, phone) for phone in (PHONE, "13904110001", "13904119999")]
    assert {page.status_code for page in pages} == {422}
    plain = {re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages}
    assert len(plain) == 1
