"""Builders of rows for tests. Names are made up; every number is one the policies could meet."""

from datetime import date, time, timedelta
from itertools import count

from django.utils.timezone import localdate

from afterschool import sets
from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.plans.models import Offering, Plan
from afterschool.schools.actions.calendar import fill_calendar
from afterschool.schools.models import (
    Adoption,
    Bureau,
    CalendarDay,
    CalendarYear,
    Guardianship,
    PolicyText,
    Post,
    School,
    SchoolClass,
    Student,
    Term,
)
from afterschool.schools.people import actor_for
from billing import actions
from billing.selectors.reconciling import in_book
from enrollment.models import PickupRestriction

from .policy.tiny import file

_numbers = count(1)
LONG_AGO = date(2026, 8, 1)


def make_bureau(name="碧海县教育和文化旅游局", policy="dalian-2024", **more) -> Bureau:
    bureau = Bureau.objects.create(name=name, short_name=name[:3], phone="0411-85550120", **more)
    Adoption.objects.create(bureau=bureau, policy=policy, began_on=date(2021, 9, 1))
    return bureau


def adopt(bureau, rules, began_on=date(2026, 9, 1)) -> Adoption:
    """Let the bureau work under a policy of these few rules from a day on."""
    code = f"tiny-{next(_numbers)}"
    body = file(rules, code=code, since="2026-08-01")
    PolicyText.objects.create(code=code, title="办法", body=body, bureau=bureau, uploaded_by=make_person("文书"))
    return Adoption.objects.create(bureau=bureau, policy=code, began_on=began_on)


def make_school(bureau, name="海棠路小学", stage="primary", **more) -> School:
    return School.objects.create(
        bureau=bureau, name=name, stage=stage, code=f"{next(_numbers):010}", phone="0411-85550100", **more
    )


def make_term(bureau, name="2026年秋季学期") -> Term:
    return Term.objects.create(
        bureau=bureau, name=name, school_year=2026, began_on=date(2026, 9, 1), ended_on=date(2027, 1, 22)
    )


OF_A_DAY = "day kind name serves source official"
_filled: dict[int, tuple[bool, list[tuple]]] = {}


def fill_years(bureau, *years) -> None:
    """As `fill_calendar` does, which works out each year once; afterwards what it wrote is copied."""
    for year in years:
        if year in _filled:
            official, days = _filled[year]
            CalendarYear.objects.create(bureau=bureau, year=year, official=official)
            sets.pour(CalendarDay(bureau=bureau), OF_A_DAY, days)
        else:
            official = fill_calendar(bureau, year, by=Actor.system("test")).official
            _filled[year] = official, list(bureau.calendar_days.filter(day__year=year).values_list(*OF_A_DAY.split()))


def make_class(school, grade=None, number=1) -> SchoolClass:
    grade = grade or school.grades[0]
    return SchoolClass.objects.get_or_create(school=school, school_year=2026, grade=grade, number=number)[0]


def make_person(name="刘敏", role: Role | None = None, at=None, phone=None, began_on=LONG_AGO) -> Person:
    """A person; with `role` also a post at a bureau, a school or a class."""
    person = Person.objects.create(phone=phone or f"139{next(_numbers):08}", name=name)
    if role:
        place = {Bureau: {"bureau": at}, School: {"school": at}}.get(type(at)) or {
            "school": at.school,
            "school_class": at,
        }
        Post.objects.create(person=person, role=role.name, began_on=began_on, **place)
    return person


def make_student(school_class, name="陈一诺", guardian=None, relation="母亲", **more) -> Student:
    number = next(_numbers)
    student = Student.objects.create(
        school=school_class.school, school_class=school_class, name=name, number=f"G2102{number:014}",
        sort_key=name, sex="F", born_on=date(2018, 3, 1), **more,
    )  # fmt: skip
    if guardian:
        Guardianship.objects.create(
            school=student.school,
            student=student,
            person=guardian,
            relation=relation,
            is_primary=True,
            began_on=LONG_AGO,
        )
    return student


def make_plan(school, term, state=Plan.State.IN_FORCE, fee_fen=200_00, **offering) -> Plan:
    """A plan with one basic offering for all grades of the school on Mon, Tue, Thu, Fri."""
    plan = Plan.objects.create(school=school, term=term, state=state)
    Offering.objects.create(
        **{
            "school": school, "plan": plan, "name": "课后托管", "grades": list(school.grades), "weekdays": [1, 2, 4, 5],
            "starts_at": time(15, 40), "ends_at": time(17, 30), "fee_fen": fee_fen, **offering,
        }
    )  # fmt: skip
    return plan


def kept_from(child, person=None) -> Person:
    """By an order this guardian, or a father who is one from now on, must not collect the child; gives the guardian back."""
    if person is None:
        person = make_person("陈志强")
        Guardianship.objects.create(
            school=child.school, student=child, person=person, relation="父亲", began_on=LONG_AGO
        )
    PickupRestriction.objects.create(
        school=child.school, student=child, person=person, person_name=person.name, document="（2026）民保令1号",
        began_on=LONG_AGO, recorded_by=make_person("办公室"),
    )  # fmt: skip
    return person


def act(person, day=None) -> Actor:
    """The actor this person is on `day`."""
    return actor_for(person, day)


def ready_to_lock(fee_month, *, now):
    """Two days ago the guardians were asked until yesterday, and bank and book agree."""
    shown, until = now - timedelta(days=2), localdate(now) - timedelta(days=1)
    actions.show_settlement(fee_month, until=until, now=shown, by=Actor.system("test"))
    actions.reconcile(fee_month, bank=in_book(fee_month), items=[], now=now, by=Actor.system("test"))


def lock(fee_month, *, now, by):
    ready_to_lock(fee_month, now=now)
    return actions.lock_month(fee_month, now=now, by=by)
