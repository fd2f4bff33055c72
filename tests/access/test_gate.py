from datetime import date

import pytest
from django.core.checks import run_checks

from afterschool.access.capabilities import CONFLICTS, ROLES, Capability, Role
from afterschool.access.reach import Actor, Reach
from afterschool.errors import RuleBroken
from afterschool.schools.models import Post, Student
from tests import cast

pytestmark = pytest.mark.django_db


def test_every_route_wears_a_mark():
    assert [error for error in run_checks() if error.id == "access.E001"] == []


def test_part_of_a_page_asked_for_after_the_sign_in_has_ended_takes_the_whole_page_to_the_door(client):
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/attendance/patrol/?school=1"}
    answer = client.post("/attendance/sessions/1/patrol/", headers=asked)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/sign-in/?next=/attendance/patrol/%3Fschool%3D1")
    assert client.post("/attendance/sessions/1/patrol/").status_code == 302


def test_every_role_has_a_line_in_the_table():
    assert set(ROLES) == set(Role)
    assert all(len(pair) == 2 for pair in CONFLICTS)


def test_a_class_teacher_reaches_her_class_and_no_other(haitang):
    mine, other = cast.make_class(haitang, 3, 2), cast.make_class(haitang, 3, 1)
    child, neighbour = cast.make_student(mine), cast.make_student(other)
    teacher = cast.act(cast.make_person("王芳", Role.CLASS_TEACHER, mine), date(2026, 10, 15))

    seen = Student.objects.within(teacher.reach(Capability.SEE_REGISTRY))

    assert list(seen) == [child]
    assert neighbour not in seen


def test_a_bureau_reaches_its_own_schools_only(d_bureau, haitang, wuhang):
    reviewer = cast.act(cast.make_person("赵强", Role.BUREAU_REVIEWER, d_bureau), date(2026, 10, 15))
    ours, theirs = cast.make_student(cast.make_class(haitang)), cast.make_student(cast.make_class(wuhang))

    seen = Student.objects.within(reviewer.reach(Capability.WATCH_SCHOOLS))

    assert ours in seen
    assert theirs not in seen


def test_a_teacher_who_is_a_mother_elsewhere_is_not_mixed_up(haitang, lanting):
    person = cast.make_person("林静", Role.TEACHER, haitang)
    child = cast.make_student(cast.make_class(lanting), guardian=person)
    actor = cast.act(person, date(2026, 10, 15))

    assert actor.reach(Capability.APPLY) == Reach(students=frozenset({child.pk}))
    assert actor.reach(Capability.TAKE_ROLL) == Reach(schools=frozenset({haitang.pk}))


def test_a_right_ends_with_its_post(haitang):
    person = cast.make_person("何静", Role.SCHOOL_ADMIN, haitang)
    Post.objects.filter(person=person).update(ended_on=date(2026, 10, 14))

    assert cast.act(person, date(2026, 10, 14)).may(Capability.KEEP_REGISTRY)
    assert not cast.act(person, date(2026, 10, 15)).may(Capability.KEEP_REGISTRY)


def test_the_system_reaches_nothing_by_itself(haitang):
    cast.make_student(cast.make_class(haitang))
    reach = Actor.system("jobs.sweep").reach(Capability.SEE_REGISTRY)

    assert not Student.objects.within(reach).exists()


def test_the_system_puts_its_name_to_nothing(haitang):
    teacher = cast.make_person("何静", Role.TEACHER, haitang)

    assert cast.act(teacher).signer == teacher.pk
    with pytest.raises(RuleBroken, match="由人来办"):
        _ = Actor.system("jobs.sweep").signer
