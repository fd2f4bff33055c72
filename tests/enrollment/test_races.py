"""Two people press at once: real threads, real PostgreSQL, one outcome."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from enrollment.actions import approve, confirm, sign_as_guardian, sign_as_school
from enrollment.models import Agreement, Application, PickupPerson, Placement

from .conftest import act, add_club, another_family, applied, approved, basic, signed_by_guardian
from .test_pickup import name

pytestmark = pytest.mark.django_db(transaction=True)


def together(*deeds):
    """Start all at the same moment, each on its own connection; what each returned, or how it was refused."""
    start = Barrier(len(deeds))

    def run(deed):
        start.wait()
        try:
            return deed()
        except RuleBroken as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def refusals(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, RuleBroken)]


def test_both_parents_apply_and_one_application_stands(town):
    outcomes = together(lambda: applied(town), lambda: applied(town, parent=town.father))

    assert len(refusals(outcomes)) == 1 and "已经报过名" in str(refusals(outcomes)[0])
    assert Application.objects.count() == 1


def test_two_clerks_approve_and_one_agreement_is_drawn_up(town):
    application = confirm(application=applied(town), now=town.now, by=act(town.teacher))
    by = act(town.clerk)

    def deed():
        return approve(application=application, began_on=town.today, now=town.now, by=by)

    outcomes = together(deed, deed, deed)

    assert len(refusals(outcomes)) == 2
    assert Agreement.objects.count() == 1
    assert Deed.objects.filter(verb="approved").count() == 1


def test_many_want_the_last_seats_and_no_club_is_overbooked(town):
    club = add_club(town.plan, seats=2)
    waiting = []
    for number in range(6):
        child, parent = another_family(town, f"学生{number}", f"家长{number}")
        wish = applied(town, child=child, parent=parent, choices=[(basic(town.plan), [4]), (club, [4])])
        waiting.append(confirm(application=wish, now=town.now, by=act(town.teacher)))
    by = act(town.clerk)

    outcomes = together(
        *(lambda one=one: approve(application=one, began_on=town.today, now=town.now, by=by) for one in waiting)
    )

    assert len(refusals(outcomes)) == 4
    assert Agreement.objects.filter(items__offering=club).count() == 2
    assert Application.objects.filter(state=Application.State.CONFIRMED).count() == 4


def test_both_parents_sign_and_one_signature_stands(town):
    agreement = approved(town)
    mother, father = act(town.mother), act(town.father)

    def sign(by):
        return sign_as_guardian(agreement=agreement, sha256=agreement.sha256, now=town.now, by=by)

    outcomes = together(lambda: sign(mother), lambda: sign(father))

    assert len(refusals(outcomes)) == 1
    assert Deed.objects.filter(verb="signed_as_guardian").count() == 1


def test_two_clerks_sign_and_the_child_has_one_seat(town):
    agreement = signed_by_guardian(town)
    by = act(town.clerk)

    def deed():
        return sign_as_school(agreements=[agreement], now=town.now, by=by)

    outcomes = together(deed, deed)

    assert len(refusals(outcomes)) == 1
    assert Placement.objects.count() == 1


def test_both_parents_name_people_and_the_limit_holds(town):
    for number in range(4):
        name(town, name=f"亲友{number}")

    outcomes = together(lambda: name(town, name="王秀兰"), lambda: name(town, name="李建国", parent=town.father))

    assert len(refusals(outcomes)) == 1
    assert PickupPerson.objects.count() == 5
