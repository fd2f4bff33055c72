"""One question at the door: the session, its person, and what they hold today."""

from datetime import timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.middleware import brought
from afterschool.access.models import Person, Session
from afterschool.access.sessions import SessionStore
from afterschool.access.tasks import clear_sessions
from afterschool.schools.models import Post
from afterschool.schools.people import actor_for, who_asks
from tests import cast

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def teacher(haitang) -> Person:
    return cast.make_person("王老师", Role.TEACHER, haitang)


@pytest.fixture
def signed_in(teacher) -> Client:
    client = Client()
    client.force_login(teacher)
    return client


def test_a_session_brings_its_person_along_as_the_table_has_them(teacher, signed_in):
    told, person = who_asks(signed_in.session.session_key)
    assert told
    columns = [field.attname for field in Person._meta.concrete_fields]
    saved = Person.objects.get(pk=teacher.pk)
    assert [getattr(person, name) for name in columns] == [getattr(saved, name) for name in columns]
    assert actor_for(person) == actor_for(saved)
    assert actor_for(person).roles == {Role.TEACHER}


def test_a_page_asks_once_who_is_there(signed_in, django_assert_num_queries):
    signed_in.get("/inbox/")
    with django_assert_num_queries(3):  # who asks; the inbox: how many, which
        assert signed_in.get("/inbox/").status_code == 200


def test_a_right_ends_at_once(teacher, signed_in):
    assert signed_in.get("/attendance/handover/").status_code == 200
    Post.objects.filter(person=teacher).update(ended_on=timezone.localdate() - timedelta(days=1))
    assert signed_in.get("/attendance/handover/").status_code == 403


@pytest.mark.parametrize("ending", ["inactive", "password", "expired", "gone"])
def test_whoever_may_not_come_in_any_more_is_asked_to_sign_in(teacher, signed_in, ending):
    session = Session.objects.get(person=teacher)
    if ending == "inactive":
        Person.objects.filter(pk=teacher.pk).update(is_active=False)
    elif ending == "password":
        teacher.set_password("another-one-2026")
        teacher.save()
    elif ending == "expired":
        Session.objects.update(expire_date=timezone.now())
    else:
        session.delete()
    assert signed_in.get("/inbox/").status_code == 302


def test_a_session_of_nobody_has_no_person(db):
    client = Client()
    session = client.session
    session["seen"] = "the door"
    session.save()
    told, person = who_asks(session.session_key)
    assert (bool(told), person) == (True, None)
    assert who_asks("nobody's") == (None, None) == who_asks(None)


def test_signing_out_leaves_nothing(teacher, signed_in):
    signed_in.logout()
    assert not Session.objects.filter(person=teacher).exists()


def test_sessions_whose_time_is_over_are_cleared(teacher, signed_in):
    other = Client()
    other.force_login(teacher)
    Session.objects.filter(pk=other.session.session_key).update(expire_date=timezone.now() - timedelta(days=1))
    clear_sessions()
    assert [one.get_decoded()[SESSION_KEY] for one in Session.objects.all()] == [str(teacher.pk)]


def test_a_session_brings_only_whom_it_names(teacher, haitang):
    """Whoever came with one roster has the same password, that is none: the hash tells nobody from the other."""
    other = cast.make_person("李老师", Role.TEACHER, haitang)
    Person.objects.filter(pk=other.pk).update(password=teacher.password)
    session = SessionStore()
    session.update(
        {SESSION_KEY: str(other.pk), BACKEND_SESSION_KEY: BACKEND, HASH_SESSION_KEY: teacher.get_session_auth_hash()}
    )
    session.person = teacher
    assert brought(session) is None
    session[SESSION_KEY] = str(teacher.pk)
    assert brought(session) == teacher
