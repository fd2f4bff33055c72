"""海棠路小学 in October 2026, with children under signed agreements: what most tests of the money room begin with."""

from datetime import date, datetime
from itertools import count
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from afterschool.access.capabilities import Role
from afterschool.money import Money
from billing.actions import open_month, receive
from enrollment.models import Agreement, AgreementItem, Application, Placement, Section
from tests import cast

OCTOBER = date(2026, 10, 1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 3, 10, 0, tzinfo=SHANGHAI)
_numbers = count(1)


def act(person):
    return cast.act(person, date(2026, 10, 15))


def enroll(student, plan, *, began_on=date(2026, 9, 1), weekdays=(1, 2, 4, 5), offering=None) -> Agreement:
    """A signed agreement with one item, and the seat that goes with it."""
    offering = offering or plan.offerings.get(kind="basic")
    guardian = student.guardianships.first()
    person = guardian.person if guardian else cast.make_person(f"{student.name}妈妈")
    number = f"XY2026-{next(_numbers):05}"
    term, school, klass = plan.term, student.school, student.school_class
    application = Application.objects.create(
        school=school,
        term=term,
        student=student,
        guardian=person,
        number=number,
        state="signed",
        answer_by=NOW,
        submitted_at=NOW,
    )
    agreement = Agreement.objects.create(
        school=school, term=term, student=student, application=application, number=number, text_version="1",
        content={}, sha256="0" * 64, began_on=began_on, guardian_signed_by=person, guardian_signed_at=NOW,
        school_signed_at=NOW,
    )  # fmt: skip
    seat(agreement, offering, weekdays, klass)
    return agreement


def seat(agreement, offering, weekdays, klass) -> AgreementItem:
    item = AgreementItem.objects.create(
        school=agreement.school, agreement=agreement, offering=offering, weekdays=list(weekdays),
        fee_fen=offering.fee_fen, unit=offering.unit,
    )  # fmt: skip
    section, _ = Section.objects.get_or_create(
        offering=offering, school_class=klass,
        defaults={"school": agreement.school, "term": agreement.term, "name": f"{klass}{offering.name}"},
    )  # fmt: skip
    Placement.objects.create(
        school=agreement.school, section=section, student=agreement.student, item=item, began_on=agreement.began_on
    )
    return item


@pytest.fixture
def town(haitang, term):
    """The calendar is settled, a plan at 200 a month is in force, October is open."""
    cast.fill_years(haitang.bureau, 2026, 2027)
    people = {
        "clerk": cast.make_person("孙会计", Role.FINANCE_CLERK, haitang),
        "reviewer": cast.make_person("赵复核", Role.FINANCE_REVIEWER, haitang),
        "principal": cast.make_person("孙立", Role.PRINCIPAL, haitang),
    }
    plan = cast.make_plan(haitang, term)
    clerk, reviewer = act(people["clerk"]), act(people["reviewer"])
    return SimpleNamespace(
        school=haitang, bureau=haitang.bureau, term=term, plan=plan, clerk=clerk, reviewer=reviewer, people=people,
        month=open_month(haitang, month=OCTOBER, by=clerk), now=NOW,
    )  # fmt: skip


def family(town, name="陈一诺", grade=3, number=2, **more):
    """A child of the school under a signed agreement. Returns the child."""
    student = cast.make_student(cast.make_class(town.school, grade, number), name, **more)
    enroll(student, town.plan)
    return student


def pay(town, student, yuan, on=date(2026, 10, 12), key=None):
    return receive(
        town.school, student, on=on, amount=Money.parse(str(yuan)), payer=f"{student.name}妈妈",
        payer_account="6217000000000000", key=key or f"form-{next(_numbers)}", by=town.clerk,
    )  # fmt: skip
