"""One class with its teacher, one child with two parents, the plan in force: what most tests of this room need."""

from datetime import datetime, time
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.plans.models import Offering, Plan
from enrollment.actions import apply, approve, confirm, sign_as_guardian, sign_as_school
from enrollment.models import Agreement
from tests import cast

NOW = datetime(2026, 9, 7, 19, 30, tzinfo=timezone.get_default_timezone())


def basic(plan: Plan) -> Offering:
    return plan.offerings.get(kind=Offering.Kind.BASIC)


def add_club(plan: Plan, name="篮球", **more) -> Offering:
    return Offering.objects.create(
        **{
            "school": plan.school, "plan": plan, "name": name, "kind": Offering.Kind.CLUB, "weekdays": [4],
            "grades": list(plan.school.grades), "starts_at": time(16, 40), "ends_at": time(17, 30), **more,
        }
    )  # fmt: skip


@pytest.fixture
def town(haitang, term):
    """海棠路小学 三(2)班 on the evening of 7 September 2026."""
    klass = cast.make_class(haitang, grade=3, number=2)
    mother, father = cast.make_person("李敏"), cast.make_person("陈志强")
    child = cast.make_student(klass, "陈一诺", guardian=mother)
    cast.Guardianship.objects.create(
        school=haitang, student=child, person=father, relation="父亲", began_on=cast.LONG_AGO
    )
    return SimpleNamespace(
        now=NOW, today=NOW.date(), school=haitang, term=term, klass=klass, child=child, mother=mother, father=father,
        plan=cast.make_plan(haitang, term),
        teacher=cast.make_person("王芳", Role.CLASS_TEACHER, klass),
        clerk=cast.make_person("周洁", Role.SCHOOL_ADMIN, haitang),
        principal=cast.make_person("孙立", Role.PRINCIPAL, haitang),
    )  # fmt: skip


@pytest.fixture
def that_evening(town):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def url(name, *args):
    return reverse(f"enrollment:{name}", args=args)


def act(person):
    return cast.act(person, NOW.date())


def applied(town, child=None, parent=None, choices=None, **more):
    return apply(
        student=child or town.child, term=town.term, choices=choices or [(basic(town.plan), [1, 2, 4, 5])],
        leave_mode=more.pop("leave_mode", "collected"), now=town.now, by=act(parent or town.mother), **more,
    )  # fmt: skip


def approved(town, application=None) -> Agreement:
    application = confirm(application=application or applied(town), now=town.now, by=act(town.teacher))
    return approve(application=application, began_on=town.today, now=town.now, by=act(town.clerk))


def signed_by_guardian(town, agreement=None) -> Agreement:
    agreement = agreement or approved(town)
    guardian = agreement.application.guardian
    return sign_as_guardian(agreement=agreement, sha256=agreement.sha256, now=town.now, by=act(guardian))


def enrolled(town, agreement=None) -> Agreement:
    agreement = signed_by_guardian(town, agreement)
    return sign_as_school(agreements=[agreement], now=town.now, by=act(town.clerk))[0]


def another_family(town, name="周子涵", parent="周建国", klass=None, **more):
    guardian = cast.make_person(parent)
    return cast.make_student(klass or town.klass, name, guardian=guardian, **more), guardian
