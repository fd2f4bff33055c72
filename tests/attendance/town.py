"""A school with one section of children, placed by signed agreements, on a Thursday in October."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count

from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.plans.models import Offering, Plan
from afterschool.schools.models import CalendarDay, CalendarYear
from attendance.actions import open_day
from enrollment.models import Agreement, AgreementItem, Application, Placement, Section
from staffing.models import Duty
from tests import cast

THURSDAY = date(2026, 10, 15)
# National Day 2026 as officially arranged: 1–7 October off, of which 1–3 are statutory; Saturday 10 October is worked.
STATUTORY = {date(2026, 9, 25), *(date(2026, 10, n) for n in (1, 2, 3))}
OFF = {*(date(2026, 10, n) for n in range(1, 8)), date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)}
WORKED = {date(2026, 9, 20), date(2026, 10, 10)}
_numbers = count(1)


def at(hour: int, minute: int = 0, day: date = THURSDAY, second: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute, second)))


def fill_autumn(bureau) -> None:
    CalendarYear.objects.create(bureau=bureau, year=2026, official=True)
    rows = []
    for month, last in ((9, 30), (10, 31)):
        for number in range(1, last + 1):
            day = date(2026, month, number)
            works = day in WORKED or (day.isoweekday() < 6 and day not in OFF)
            kind = "holiday" if day in STATUTORY else "workday" if works else "rest"
            rows.append(CalendarDay(bureau=bureau, day=day, kind=kind, serves=works, source="国务院办公厅通知"))
    CalendarDay.objects.bulk_create(rows)


@dataclass
class Town:
    school: object
    term: object
    section: Section
    offering: object
    teacher: object
    leader: object
    children: list = field(default_factory=list)
    mothers: list = field(default_factory=list)

    @property
    def by_teacher(self):
        return cast.act(self.teacher, THURSDAY)

    @property
    def by_leader(self):
        return cast.act(self.leader, THURSDAY)

    @property
    def session(self):
        return self.school.sessions.get(section=self.section, day=THURSDAY)

    def seat(self, child, leave_mode="collected", section=None, guardian=None):
        """Place the child by an agreement signed by both sides."""
        section, number = section or self.section, next(_numbers)
        signer = guardian or child.guardianships.first().person
        signed = {"guardian_signed_by": signer, "guardian_signed_at": at(9), "school_signed_by": self.leader}
        application = Application.objects.create(
            school=self.school, term=self.term, student=child, guardian=signer, number=f"SQ{number:06}",
            state="signed", leave_mode=leave_mode, submitted_at=at(9), answer_by=at(9),
        )  # fmt: skip
        agreement = Agreement.objects.create(
            school=self.school, term=self.term, student=child, application=application, number=f"XY{number:06}",
            text_version="1", content={}, sha256="0" * 64, began_on=date(2026, 9, 1), school_signed_at=at(9), **signed,
        )  # fmt: skip
        item = AgreementItem.objects.create(
            school=self.school, agreement=agreement, offering=section.offering, weekdays=[1, 2, 4, 5],
            fee_fen=200_00,
        )  # fmt: skip
        return Placement.objects.create(
            school=self.school, section=section, student=child, item=item, began_on=date(2026, 9, 1)
        )

    def add_child(self, name, **how):
        mother = cast.make_person(f"{name}妈妈")
        child = cast.make_student(self.section.school_class, name, guardian=mother)
        self.seat(child, **how)
        self.children.append(child)
        self.mothers.append(mother)
        return child

    def club(self, *children, name="篮球", starts=time(16, 30), ends=time(17, 30)):
        """The day's session of a club, for children who are in homework before; opened."""
        offering = Offering.objects.create(
            school=self.school, plan=self.offering.plan, name=name, slot="club", grades=[3], weekdays=[1, 2, 4, 5],
            starts_at=starts, ends_at=ends,
        )  # fmt: skip
        section = Section.objects.create(school=self.school, term=self.term, offering=offering, name=name)
        for child in children:
            item = AgreementItem.objects.create(
                school=self.school, agreement=child.agreements.get(), offering=offering, weekdays=[1, 2, 4, 5],
                fee_fen=50_00,
            )  # fmt: skip
            Placement.objects.create(
                school=self.school, section=section, student=child, item=item, began_on=date(2026, 9, 1)
            )
        self.open()
        return self.school.sessions.get(section=section, day=THURSDAY)

    def put_on(self, person, section=None, role=Duty.Role.TEACHER, day=THURSDAY, **more) -> Duty:
        times = {"starts_at": at(15, 40, day), "ends_at": at(17, 30, day), "lessons": 2}
        return Duty.objects.create(
            school=self.school, day=day, section=section, person=person, role=role, **{**times, **more}
        )

    def open(self):
        return open_day(self.school, day=THURSDAY, by=self.by_leader)


def build(school, term, children=3, grade=3, **offering) -> Town:
    """三(2)班 with its teacher 王静 and the leader 赵立新, both on the rota of Thursday."""
    fill_autumn(school.bureau)
    plan: Plan = cast.make_plan(school, term, **offering)
    klass = cast.make_class(school, grade=grade, number=2)
    offering = plan.offerings.get()
    section = Section.objects.create(school=school, term=term, offering=offering, school_class=klass, name="三(2)班")
    teacher = cast.make_person("王静", Role.TEACHER, school)
    leader = cast.make_person("赵立新", Role.LEADER, school)
    town = Town(school, term, section, offering, teacher, leader)
    for number in range(children):
        town.add_child(f"学生{number + 1:02}")
    town.put_on(teacher, section)
    town.put_on(leader, role=Duty.Role.LEADER)
    return town
