"""A tiny school in October and November 2026, laid down once: every example begins here and is rolled back to here."""

from datetime import date, datetime, time
from itertools import product
from types import SimpleNamespace

from afterschool.access.capabilities import Role
from afterschool.schools.actions.calendar import fill_calendar
from afterschool.schools.calendar import service_days
from afterschool.schools.models import Adoption, PolicyText
from attendance.models import Session
from billing.models import FeeMonth
from enrollment.models import Agreement, AgreementItem, Application, Placement, Section
from tests import cast
from tests.billing.conftest import SHANGHAI, act
from tests.policy.tiny import file

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
LAST = {OCTOBER: date(2026, 10, 31), NOVEMBER: date(2026, 11, 30)}
NEXT = {OCTOBER: NOVEMBER, NOVEMBER: date(2026, 12, 1)}
AFTER = {month: datetime(day.year, day.month, 12, 10, tzinfo=SHANGHAI) for month, day in NEXT.items()}
PRICE = 200_00
SIGNED = (0, 3)  # whose agreements are signed from the beginning
LESSON = 60_00
RULES = """
[[price]]
unit = "month"
yuan = 200
[[part_month]]
basis = "service_days"
[[waiver]]
group = "hardship"
label = "经济困难学生"
[[expense]]
key = "water"
label = "水费"
funds = ["fee"]
[[expense]]
key = "staff_stipend"
label = "教师补助"
funds = ["fee"]
[[unlisted_expense]]
allowed = false
[[stipend_rate]]
unit = "session"
yuan = 60
[[settlement]]
direction = "surplus_back_only"
per = "grade"
shared_by = "net_charge"
[[refund]]
cause = "withdrawal"
gives = "remaining_days"
[[refund]]
cause = "absence"
gives = "each_day"
[[refund]]
cause = "cancelled"
gives = "each_day"
"""
SETS_OFF = """
[[refund_route]]
how = "set_off"
"""


def code(by_term: bool = False, sets_off: bool = False, cheap: bool = False) -> str:
    """The policy of these rules."""
    return "tiny-machine" + "-term" * by_term + "-set-off" * sets_off + "-cheap" * cheap


def build() -> SimpleNamespace:
    bureau = cast.make_bureau()
    clerk = cast.make_person("文书")
    for by_term, sets_off, cheap in product((False, True), repeat=3):  # all but the first are adopted by a step
        rules = RULES.replace("yuan = 200", "yuan = 190") if cheap else RULES
        rules = rules.replace("[[settlement]]", '[[settlement]]\nevery = "term"') if by_term else rules
        name = code(by_term, sets_off, cheap)
        text = file(rules + SETS_OFF * sets_off, code=name, since="2026-08-01")
        PolicyText.objects.create(code=name, title="办法", body=text, bureau=bureau, uploaded_by=clerk)
    Adoption.objects.create(bureau=bureau, policy=code(), began_on=date(2026, 9, 1))
    fill_calendar(bureau, 2026, by=cast.Actor.system("test"))
    school, other = cast.make_school(bureau), cast.make_school(bureau, "兰亭小学")
    term = cast.make_term(bureau)
    plan = cast.make_plan(school, term, fee_fen=PRICE)
    people = {
        "clerk": cast.make_person("孙会计", Role.FINANCE_CLERK, school),
        "reviewer": cast.make_person("赵复核", Role.FINANCE_REVIEWER, school),
        "principal": cast.make_person("孙立", Role.PRINCIPAL, school),
        "teacher": cast.make_person("王静"),
    }
    world = SimpleNamespace(
        bureau=bureau, school=school, other=other, term=term, plan=plan, people=people,
        by={name: act(person) for name, person in people.items()}, days={}, children=[], agreements=[], sections={},
        month=FeeMonth.objects.create(school=school, month=OCTOBER, policy=code()),
    )  # fmt: skip
    for month, last in LAST.items():
        world.days[month] = service_days(school, [1, 2, 4, 5], month, last)
    for grade in (3, 4):
        klass = cast.make_class(school, grade)
        world.sections[grade] = Section.objects.create(
            offering=plan.offerings.get(), school_class=klass, school=school, term=term, name=f"{grade}年级"
        )
    _children(world)
    _sessions(world)
    return world


def _children(world: SimpleNamespace) -> None:
    """Five in two grades. Each has handed in an application and has an agreement before it that the school signed for two of them."""
    offering = world.plan.offerings.get()
    for number, grade in enumerate((3, 3, 3, 4, 4)):
        guardian = cast.make_person(f"家长{number}")
        child = cast.make_student(cast.make_class(world.school, grade), f"学生{number}", guardian)
        told = {"school": world.school, "term": world.term, "student": child, "number": f"XY2026-{number:05}"}
        application = Application.objects.create(
            guardian=guardian, state="approved", answer_by=AFTER[OCTOBER], submitted_at=AFTER[OCTOBER], **told
        )
        agreement = Agreement.objects.create(
            application=application, text_version="1", content={}, sha256="0" * 64, began_on=OCTOBER,
            guardian_signed_by=guardian, guardian_signed_at=AFTER[OCTOBER], **told,
        )  # fmt: skip
        item = AgreementItem.objects.create(
            school=world.school, agreement=agreement, offering=offering, weekdays=[1, 2, 4, 5], fee_fen=PRICE
        )
        if number in SIGNED:
            agreement.school_signed_at = AFTER[OCTOBER]
            agreement.save()
            Placement.objects.create(
                school=world.school, section=world.sections[grade], student=child, item=item, began_on=OCTOBER
            )
        world.children.append(child)
        world.agreements.append(agreement)


def _sessions(world: SimpleNamespace) -> None:
    """Each grade's first days of October; the roll is taken, nobody is marked yet."""
    made = Session.objects.bulk_create(
        Session(
            school=world.school, section=section, day=day, starts_at=time(16), ends_at=time(17),
            taken_at=AFTER[OCTOBER], taken_by=world.people["teacher"],
        )
        for section in world.sections.values()
        for day in world.days[OCTOBER]
    )  # fmt: skip
    grades = {section.pk: grade for grade, section in world.sections.items()}
    world.sessions = {(grades[one.section_id], one.day): one for one in made}
