"""Two bureaus, three schools, four children: whatever a door may lead to, once at each distance from the one who asks."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from types import SimpleNamespace

from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.jobs.models import Job
from afterschool.money import Money
from afterschool.notices.models import Notice
from afterschool.plans.models import Minutes, Offering, Plan
from afterschool.schools.actions.calendar import fill_calendar
from afterschool.schools.models import RosterImport, School
from attendance.actions import open_day
from attendance.models import Leave
from billing.actions import (
    approve_expense,
    charge_month,
    draft_settlement,
    enter_expense,
    open_month,
    receive,
)
from billing.disclosures.actions import compose
from billing.models import BankLine, Charge, Expense, FeeMonth, Receipt, Refund, StatementImport
from enrollment.actions import apply, approve, confirm, sign_as_guardian, sign_as_school
from enrollment.models import PickupPerson, PickupRestriction, Section, Waiver
from staffing.models import Duty, StipendSheet
from tests import cast
from tests.plans.writing import BELLS, COMMITTEE, WHOLE

THURSDAY = date(2026, 11, 12)
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (9, 10, 11, 12))
PAPER = b"%PDF-1.7\n"
LOCAL_POLICY = (Path(__file__).parents[1] / "oversight" / "bihai-2026.toml").read_text(encoding="utf-8")
SYSTEM = Actor.system("test")
SCHOOL_ROLES = [role for role in Role if not role.name.startswith("BUREAU_")]


def at(hour: int, minute: int = 0, day: date = THURSDAY) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def act(person: Person) -> Actor:
    return cast.act(person, THURSDAY)


class Corner(SimpleNamespace):
    """One child with everything that is kept about it, its class and its school; `is_own` when it is the asker's."""


Given = Callable[[Corner], object]  # what was done before at a corner


def build() -> tuple[dict[str, Corner], dict[Role, Person]]:
    """The corners by their distance, and a person for each role, whose place is the own corner."""
    d, c = (cast.make_bureau(name, hourly_wage_fen=60_00) for name in ("碧海县教育局", "长宁区教育局"))
    for bureau in (d, c):
        fill_calendar(bureau, 2026, by=SYSTEM)
    terms = {bureau: cast.make_term(bureau) for bureau in (d, c)}
    corners = {}
    for school, distances in (
        (cast.make_school(d, "海棠路小学"), ("own", "same")),
        (cast.make_school(d, "兰亭小学"), ("other",)),
        (cast.make_school(c, "吴航小学"), ("bureau",)),
    ):
        corners |= dict(zip(distances, corners_of(school, terms[school.bureau], len(distances)), strict=True))
    own = corners["own"]
    own.is_own = True
    people = people_around(own)
    for person in Person.objects.all():
        Notice.objects.create(to=person, kind="test", title="通知")
        Job.objects.create(kind="test", period=str(person.pk), asked_by=person)
    return corners, people


def people_around(own: Corner) -> dict[Role, Person]:
    """One person for each role, and nothing but that role; teacher and leader are on the rota of the day."""
    place = {Role.CLASS_TEACHER: own.klass} | {
        role: own.school.bureau for role in Role if role.name.startswith("BUREAU_")
    }
    people = {
        role: cast.make_person(role.label, role, place.get(role, own.school)) for role in Role if role != Role.GUARDIAN
    }
    on_duty(own, people[Role.TEACHER])
    on_duty(own, people[Role.LEADER], section=None, role=Duty.Role.LEADER)
    return {Role.GUARDIAN: own.mother, **people}


def on_duty(corner: Corner, person: Person, **how) -> Duty:
    return Duty.objects.create(
        **{
            "school": corner.school, "section": corner.section, "person": person, "day": THURSDAY,
            "starts_at": at(15, 40), "ends_at": at(17, 30), "lessons": 2, **how,
        }
    )  # fmt: skip


def corners_of(school: School, term, classes: int) -> list[Corner]:
    """The school with as many classes, a child in each, and its books of two months."""
    School.objects.filter(pk=school.pk).update(stipend_base_fen=40_00)
    office = cast.make_person(f"{school}教务", Role.SCHOOL_ADMIN, school)
    clerk = cast.make_person(f"{school}会计", Role.FINANCE_CLERK, school)
    reviewer = cast.make_person(f"{school}出纳", Role.FINANCE_REVIEWER, school)
    shared = {"school": school, "term": term, "office": office, "clerk": clerk, "reviewer": reviewer, "is_own": False}
    shared |= dict(papers_of(shared))
    corners = [Corner(**shared, klass=cast.make_class(school, 4, number + 1)) for number in range(classes)]
    for corner in corners:
        settle_in(corner)
    open_day(school, day=THURSDAY, by=SYSTEM)
    books = dict(books_of(shared, [corner.child for corner in corners]))
    for corner in corners:
        vars(corner).update(books)
        vars(corner).update(rows_of(corner))
    return corners


def papers_of(shared: dict) -> Iterator[tuple[str, object]]:
    """What the office keeps: the plan in force and its next version, a roster, a post, a stipend sheet."""
    school, office = shared["school"], shared["office"]
    plan = cast.make_plan(school, shared["term"], fee_fen=100_00)
    Plan.objects.filter(pk=plan.pk).update(**WHOLE, **COMMITTEE, **BELLS)
    draft = Plan.objects.create(
        school=school, term=shared["term"], version=2, hotline=school.phone, **WHOLE, **COMMITTEE, **BELLS
    )
    yield "plan", plan
    yield "draft", draft
    yield "offering", Offering.objects.create(
        school=school, plan=draft, name="课后托管", grades=list(school.grades), weekdays=[1, 2, 4, 5],
        starts_at=time(15, 40), ends_at=time(17, 30), fee_fen=100_00, expected=640,
    )  # fmt: skip
    yield "minutes", Minutes.objects.create(school=school, plan=draft, file_name="会议记录.pdf", file=PAPER)
    preview = {"school_year": 2026, "new": [], "changed": [], "moved": [], "left": [], "odd": [], "same": 0}
    yield (
        "roster",
        RosterImport.objects.create(
            school=school, file_name="名册.xlsx", sha256="0" * 64, state="preview", preview=preview, uploaded_by=office
        ),
    )
    yield "post", cast.make_person(f"{school}门卫", Role.GUARD, school).posts.get()
    yield "teacher", cast.make_person(f"{school}教师", Role.TEACHER, school)
    yield (
        "sheet",
        StipendSheet.objects.create(
            school=school, month=NOVEMBER, drafted_by=shared["clerk"], drafted_at=at(9), total_fen=0
        ),
    )


def settle_in(corner: Corner) -> None:
    """A child signed in and seated, its sibling who has not applied, and the mother of both."""
    corner.mother = cast.make_person(f"{corner.klass}{corner.school}妈妈")
    name = f"{corner.school.name[:2]}{corner.klass.number}"
    corner.child = cast.make_student(corner.klass, f"{name}孩子", corner.mother)
    corner.sibling = cast.make_student(corner.klass, f"{name}弟弟", corner.mother)
    wish = [(corner.plan.offerings.get(), [1, 2, 4, 5])]
    signed_on = at(9, day=SEPTEMBER)
    corner.application = apply(
        student=corner.child, term=corner.term, choices=wish, leave_mode="collected", now=signed_on,
        by=act(corner.mother),
    )  # fmt: skip
    confirm(application=corner.application, now=signed_on, by=act(corner.office))
    corner.agreement = approve(application=corner.application, began_on=SEPTEMBER, now=signed_on, by=act(corner.office))
    sign_as_guardian(agreement=corner.agreement, sha256=corner.agreement.sha256, now=signed_on, by=act(corner.mother))
    sign_as_school(agreements=[corner.agreement], now=signed_on, by=act(corner.office))
    corner.section = Section.objects.get(placements__student=corner.child)


def books_of(shared: dict, children: list) -> Iterator[tuple[str, object]]:
    """September is locked, to be refunded and disclosed; October is charged and waits for its end."""
    school, clerk, reviewer = shared["school"], act(shared["clerk"]), act(shared["reviewer"])
    locked, month = (open_month(school, month=first, by=clerk) for first in (SEPTEMBER, OCTOBER))
    for fee_month in (locked, month):
        charge_month(fee_month, by=clerk)
    for child in children:
        receive(
            school, child, on=SEPTEMBER.replace(day=8), amount=Money(100_00), payer="妈妈", method="bank",
            key=f"fee-{child.pk}", by=clerk,
        )  # fmt: skip
    approve_expense(spend(locked, SEPTEMBER.replace(day=20), clerk), now=at(9), by=reviewer)
    draft_settlement(locked, by=clerk)
    yield "locked", cast.lock(locked, now=at(9), by=reviewer)
    yield "disclosure", compose(locked, by=reviewer)
    yield "month", FeeMonth.objects.get(pk=month.pk)
    yield "expense", spend(month, OCTOBER.replace(day=20), clerk)
    statement = StatementImport.objects.create(
        school=school, file_name="流水.xlsx", sha256="0" * 64, uploaded_by=shared["clerk"]
    )
    yield "statement", statement
    line = {"school": school, "statement": statement, "on": OCTOBER.replace(day=9), "payer": "某人"}
    yield "line", BankLine.objects.create(row=1, serial=f"in-{school.pk}", in_fen=100_00, **line)
    yield "outflow", BankLine.objects.create(row=2, serial=f"out-{school.pk}", out_fen=50_00, **line)


def spend(fee_month: FeeMonth, on: date, by: Actor) -> Expense:
    return enter_expense(
        fee_month, category="electricity", fund="fees", amount=Money(20_00), on=on, payee="供电公司",
        voucher_number=f"{on:%m}-0091", key=f"light-{on}", by=by,
    )  # fmt: skip


def rows_of(corner: Corner) -> Iterator[tuple[str, object]]:
    """What is kept about the child itself."""
    school, child, mother, office = corner.school, corner.child, corner.mother, corner.office
    yield "session", school.sessions.get(section=corner.section, day=THURSDAY)
    yield "duty", on_duty(corner, cast.make_person(f"{corner.klass}同事", Role.TEACHER, school))
    yield "charge", Charge.objects.get(student=child, fee_month=corner.month)
    yield "receipt", Receipt.objects.get(student=child)
    yield "refund", Refund.objects.get(student=child, fee_month=corner.locked)
    about = {"school": school, "student": child}
    yield (
        "pickup",
        PickupPerson.objects.create(
            **about, name="奶奶", relation="奶奶", phone="13900000000", named_by=mother, began_on=SEPTEMBER
        ),
    )
    yield (
        "restriction",
        PickupRestriction.objects.create(
            **about, person_name="路人", document="（2026）1号", recorded_by=office, began_on=SEPTEMBER
        ),
    )
    yield (
        "waiver",
        Waiver.objects.create(
            **about, category="hardship", percent=50, evidence="街道证明", asked_by=office, began_on=OCTOBER
        ),
    )
    yield (
        "leave",
        Leave.objects.create(
            **about,
            first_on=THURSDAY.replace(day=20),
            last_on=THURSDAY.replace(day=20),
            asked_by=mother,
            asked_at=at(9),
        ),
    )
