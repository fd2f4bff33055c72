"""The story of the demonstration, chapter by chapter; every row is made by calling the actions."""

import gc
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date, timedelta

from django.db import connections, transaction

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.schools.models import Bureau, School, Term
from afterschool.schools.people import actor_for

from . import books, days, enrolling, founding, kitchen, loose_ends, town


def tell(today: date, say: Callable[[str], object], processes: int) -> None:
    """Last month from its first day to the closed books, this month up to yesterday.

    Each school's founding and each school's story is one transaction: an interrupted telling is taken up again.
    """
    for plan in town.BUREAUS:
        if not Bureau.objects.filter(name=plan.name).exists():
            with transaction.atomic():
                founding.found_bureau(plan, today)
    casts = {school.code: cast for plan in town.BUREAUS for school, cast in _found(plan)}
    founding.set_passwords()
    untold = School.objects.filter(agreements=None, code__in=casts).values_list("code", flat=True)
    if not untold:
        return
    stories = [(code, casts[code], today) for code in untold]
    if processes == 1:
        for story in stories:
            say(_tell_school(*story))
        return
    # Schools share nothing, so their stories are told side by side.
    connections.close_all()
    # A telling makes millions of short-lived rows and ends; looking for cycles among them only costs time.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), initializer=gc.disable) as pool:
        for done in as_completed([pool.submit(_tell_school, *story) for story in stories]):
            say(done.result())


def _found(plan: town.DemoBureau) -> Iterator[tuple[School, town.Cast]]:
    """The schools of a bureau, founded and with a plan in force."""
    bureau = Bureau.objects.get(name=plan.name)
    term = Term.objects.get(bureau=bureau)
    reviewer = actor_for(Person.objects.get(phone=f"139000{plan.digit}0901"), term.began_on)
    for number, school_plan in enumerate(plan.schools):
        school = School.objects.filter(code=school_plan.code).first()
        if school is None:
            with transaction.atomic():
                school = founding.found_school(bureau, term, school_plan, digit=f"{plan.digit}{number}")
                enrolling.plan_term(school, term, school_plan, founding.cast_of(school), reviewer)
        yield school, founding.cast_of(school)


@transaction.atomic
def _tell_school(code: str, cast: town.Cast, today: date) -> str:
    school = School.objects.get(code=code)
    term = Term.objects.get(bureau=school.bureau_id)
    enrolling.enrol(school, term, town.SCHOOLS[code], cast)
    _live(school, term, town.SCHOOLS[code], cast, today)
    loose_ends.leave(school, term, cast, today)
    return f"{school.name}：{school.agreements.count()} 名学生在册，{school.day_closes.count()} 天课后服务"


def _live(school: School, term: Term, plan: town.DemoSchool, cast: town.Cast, today: date) -> None:
    this_month, yesterday = today.replace(day=1), today - timedelta(days=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    admin = actor_for(cast.by_role[Role.SCHOOL_ADMIN], today)
    days.write_rota(school, term, cast, last_month, term.ended_on, by=admin)
    days.stagger(school, plan, last_month, by=admin)
    if plan.lunch:
        kitchen.open_kitchen(school, cast, last_month)

    families = days.families_of(school, term.began_on)
    then = books.collect(school, cast, last_month, until=this_month - timedelta(days=1), whole=True)
    if plan.lunch:
        kitchen.charge(school, cast, then, whole=True)
    for day in days.service_days(school, last_month, this_month - timedelta(days=1)):
        days.live_through(school, cast, day, families)
    books.spend(school, cast, then, this_month - timedelta(days=3), approve=True)
    if plan.lunch:
        kitchen.settle(school, cast, then, this_month)
    books.settle(school, cast, then, this_month)
    if today >= (third := this_month + timedelta(days=2)):  # the guardians had the first and the second
        books.close(school, cast, then, min(today, third + timedelta(days=2)))

    now = books.collect(school, cast, this_month, until=max(this_month, yesterday), whole=False)
    if plan.lunch:
        kitchen.charge(school, cast, now, whole=False)
    for day in days.service_days(school, this_month, yesterday):
        days.live_through(school, cast, day, families)
    if yesterday >= this_month:
        books.spend(school, cast, now, yesterday, approve=False)
