"""A whole school on Thursday, by the set: sections of forty with their teachers, everybody seated by an agreement."""

from dataclasses import dataclass
from itertools import count
from uuid import UUID

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.schools.models import Guardianship, Post, School, SchoolClass, Student
from attendance.models import GateList, Session
from enrollment.models import Agreement, AgreementItem, Application, Placement, Section
from staffing.models import Duty
from tests import cast
from tests.attendance.town import THURSDAY, at, fill_autumn

ROOM = 40
_numbers = count(1)


@dataclass
class Class:
    """One section's afternoon: its roll, its teacher with a telephone, its children and who comes for them."""

    session: Session
    by: Actor
    given: GateList
    children: list[Student]


def gather(school: School, term, sections: int) -> list[Class]:
    fill_autumn(school.bureau)
    offering = cast.make_plan(school, term).offerings.get()
    grades = [1 + n % 6 for n in range(sections)]
    classes = SchoolClass.objects.bulk_create(
        SchoolClass(school=school, school_year=2026, grade=grade, number=1 + n // 6) for n, grade in enumerate(grades)
    )
    rooms = Section.objects.bulk_create(
        Section(school=school, term=term, offering=offering, school_class=klass, name=str(klass)) for klass in classes
    )
    teachers = _people("老师", sections)
    Post.objects.bulk_create(
        Post(school=school, person=one, role=Role.TEACHER.name, began_on=cast.LONG_AGO) for one in teachers
    )
    hours = {"starts_at": at(15, 40), "ends_at": at(17, 30), "lessons": 2, "day": THURSDAY, "school": school}
    Duty.objects.bulk_create(Duty(section=room, person=one, **hours) for room, one in zip(rooms, teachers, strict=True))
    sessions = Session.objects.bulk_create(
        Session(school=school, section=room, day=THURSDAY, starts_at=offering.starts_at, ends_at=offering.ends_at)
        for room in rooms
    )
    lists = GateList.objects.bulk_create(
        GateList(uid=UUID(int=n + 1), school=school, day=THURSDAY, device=str(UUID(int=n + 1)), issued_at=at(17, 20),
                 issued_to=one, children=ROOM, sha256="0" * 64)
        for n, one in enumerate(teachers)
    )  # fmt: skip
    seated = _seat(school, term, offering, rooms)
    return [
        Class(session, cast.act(teachers[n], THURSDAY), lists[n], seated[n * ROOM : (n + 1) * ROOM])
        for n, session in enumerate(sessions)
    ]


def _people(name: str, many: int) -> list[Person]:
    return Person.objects.bulk_create(Person(name=name, phone=f"150{next(_numbers):08}") for _ in range(many))


def _seat(school: School, term, offering, rooms: list[Section]) -> list[Student]:
    """Children with their mothers, each by an agreement signed by both sides."""
    places = [room for room in rooms for _ in range(ROOM)]
    children = Student.objects.bulk_create(
        Student(school=school, school_class=room.school_class, name=f"孩子{n:04}", number=f"G{n:018}",
                sort_key=f"{n:04}", sex="F", born_on=cast.LONG_AGO)
        for n, room in enumerate(places)
    )  # fmt: skip
    mothers = _people("妈妈", len(children))
    pairs = list(zip(children, mothers, strict=True))
    Guardianship.objects.bulk_create(
        Guardianship(
            school=school, student=child, person=mother, relation="母亲", is_primary=True, began_on=cast.LONG_AGO
        )
        for child, mother in pairs
    )
    asked = Application.objects.bulk_create(
        Application(school=school, term=term, student=child, guardian=mother, number=f"SQ{child.pk}", state="signed",
                    leave_mode="collected", submitted_at=at(9), answer_by=at(9))
        for child, mother in pairs
    )  # fmt: skip
    signed = Agreement.objects.bulk_create(
        Agreement(school=school, term=term, student=one.student, application=one, number=f"XY{one.student_id}",
                  text_version="1", content={}, sha256="0" * 64, began_on=cast.LONG_AGO, guardian_signed_by=one.guardian,
                  guardian_signed_at=at(9), school_signed_by=one.guardian, school_signed_at=at(9))
        for one in asked
    )  # fmt: skip
    items = AgreementItem.objects.bulk_create(
        AgreementItem(school=school, agreement=one, offering=offering, weekdays=[1, 2, 4, 5], fee_fen=200_00)
        for one in signed
    )
    Placement.objects.bulk_create(
        Placement(school=school, section=room, student=child, item=item, began_on=cast.LONG_AGO)
        for room, child, item in zip(places, children, items, strict=True)
    )
    return children
