"""Schools full of children who wait at the gate today, each with two guardians and a named grandmother."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.sessions import SessionStore
from afterschool.notices.models import Notice
from afterschool.schools.models import Guardianship, School, SchoolClass, Student
from attendance.models import GateEvent, GateList, Handover, Mark, Session
from enrollment.models import Agreement, AgreementItem, Application, PickupPerson, Placement, Section
from staffing.models import Duty
from tests import cast

ROOM = 40  # children of a section


@dataclass
class Gate:
    """One teacher's section: who is signed in there, and who waits with which adult."""

    school: int
    cookie: str
    given: str  # the number of the list on the device
    waiting: list[tuple[int, str]]  # child, adult


def gather(schools: int, sections: int) -> list[Gate]:
    bureau = cast.make_bureau()
    term = cast.make_term(bureau)
    return [gate for number in range(schools) for gate in _fill(bureau, term, number, sections)]


def _fill(bureau, term, number: int, sections: int) -> list[Gate]:
    school, today = cast.make_school(bureau, f"第{number + 1}小学"), timezone.localdate()
    begins = timezone.now() - timedelta(hours=2)
    offering = cast.make_plan(school, term).offerings.get()
    rooms = _rooms(school, term, offering, sections)
    leader = cast.make_person("领导", Role.LEADER, school)
    teachers = [cast.make_person("老师", Role.TEACHER, school) for _ in rooms]
    _on_duty(school, today, begins, {None: leader, **dict(zip(rooms, teachers, strict=True))})
    children = Student.objects.bulk_create(
        Student(school=school, school_class=room.school_class, name="孩子", number=f"G{number:05}{n:05}",
                sort_key=f"{n:05}", sex="F", born_on=date(2018, 3, 1))
        for n, room in enumerate(room for room in rooms for _ in range(ROOM))
    )  # fmt: skip
    mothers, waiting = _families(school, children, number)
    _seat(school, term, offering, rooms, children, mothers)
    _take_rolls(school, today, begins, rooms, teachers, children)
    lists = GateList.objects.bulk_create(
        GateList(uid=uuid4(), school=school, day=today, device=str(uuid4()), issued_at=begins, issued_to=teacher,
                 children=ROOM, sha256="0" * 64)
        for teacher in teachers
    )  # fmt: skip
    _yesterday(school, today - timedelta(days=1), children, mothers, leader)
    return [
        Gate(school.pk, signed_in(teacher), str(one.uid), waiting[n * ROOM : (n + 1) * ROOM])
        for n, (teacher, one) in enumerate(zip(teachers, lists, strict=True))
    ]


def _rooms(school: School, term, offering, sections: int) -> list[Section]:
    """One section of each class."""
    classes = SchoolClass.objects.bulk_create(
        SchoolClass(school=school, school_year=2026, grade=1 + n % 6, number=1 + n // 6) for n in range(sections)
    )
    return Section.objects.bulk_create(
        Section(school=school, term=term, offering=offering, school_class=klass, name=f"{n}班")
        for n, klass in enumerate(classes)
    )


def _on_duty(school: School, today: date, begins: datetime, people: dict[Section | None, Person]) -> None:
    """A teacher in each section; the leader has none."""
    Duty.objects.bulk_create(
        Duty(school=school, day=today, section=room, person=person, starts_at=begins, ends_at=begins + timedelta(hours=4),
             role=Duty.Role.TEACHER if room else Duty.Role.LEADER)
        for room, person in people.items()
    )  # fmt: skip


def _take_rolls(school: School, today: date, begins: datetime, rooms, teachers, children) -> None:
    """Everybody is there."""
    sessions = Session.objects.bulk_create(
        Session(school=school, section=room, day=today, starts_at=time(15), ends_at=time(17), taken_at=begins,
                taken_by=teacher)
        for room, teacher in zip(rooms, teachers, strict=True)
    )  # fmt: skip
    Mark.objects.bulk_create(
        Mark(school=school, session=sessions[n // ROOM], student=child, status="present", at=begins, by=teachers[n // ROOM])
        for n, child in enumerate(children)
    )  # fmt: skip


def _yesterday(school: School, day: date, children: list[Student], mothers: list[Person], by: Person) -> None:
    """No book is empty: the day before each mother came, and was told."""
    at = timezone.now() - timedelta(days=1)
    left = [
        {"school": school, "day": day, "student": child, "mode": "collected", "how": "known", "guardian": mother,
         "collector_name": mother.name, "collector_relation": "母亲", "by": by}
        for child, mother in zip(children, mothers, strict=True)
    ]  # fmt: skip
    events = GateEvent.objects.bulk_create(
        GateEvent(**one, uid=uuid4(), device="yesterday", kind="release", outcome="accepted", claimed_at=at,
                  received_at=at, happened_at=at)
        for one in left
    )  # fmt: skip
    Handover.objects.bulk_create(Handover(**one, event=event, at=at) for one, event in zip(left, events, strict=True))
    Notice.objects.bulk_create(Notice(to=mother, kind="handed_over", title="妈妈接走", link="/") for mother in mothers)


def _families(school: School, children: list[Student], number: int) -> tuple[list[Person], list[tuple[int, str]]]:
    parents = Person.objects.bulk_create(
        Person(phone=f"1{3 + kind}{number:03}{n:06}", name="家长") for kind in (0, 1) for n in range(len(children))
    )
    mothers, fathers = parents[: len(children)], parents[len(children) :]
    Guardianship.objects.bulk_create(
        Guardianship(school=school, student=child, person=person, relation=relation, began_on=cast.LONG_AGO)
        for relation, people in (("母亲", mothers), ("父亲", fathers))
        for child, person in zip(children, people, strict=True)
    )
    named = PickupPerson.objects.bulk_create(
        PickupPerson(school=school, student=child, name="奶奶", relation="奶奶", phone="13900000000", named_by=mother,
                     began_on=cast.LONG_AGO)
        for child, mother in zip(children, mothers, strict=True)
    )  # fmt: skip
    return mothers, [(child.pk, f"pickup:{one.pk}") for child, one in zip(children, named, strict=True)]


def _seat(school, term, offering, rooms, children, mothers) -> None:
    """Each child by an agreement signed by both sides."""
    began, now = cast.LONG_AGO, timezone.now()
    applications = Application.objects.bulk_create(
        Application(school=school, term=term, student=child, guardian=mother, number=f"SQ{child.pk}", state="signed",
                    submitted_at=now, answer_by=now)
        for child, mother in zip(children, mothers, strict=True)
    )  # fmt: skip
    agreements = Agreement.objects.bulk_create(
        Agreement(school=school, term=term, student=one.student, application=one, number=f"XY{one.student_id}",
                  text_version="1", content={}, sha256="0" * 64, began_on=began)
        for one in applications
    )  # fmt: skip
    items = AgreementItem.objects.bulk_create(
        AgreementItem(school=school, agreement=one, offering=offering, weekdays=[1, 2, 3, 4, 5], fee_fen=200_00)
        for one in agreements
    )
    Placement.objects.bulk_create(
        Placement(school=school, section=rooms[n // ROOM], student=child, item=items[n], began_on=began)
        for n, child in enumerate(children)
    )


def signed_in(person: Person) -> str:
    """The cookie of somebody who has just signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)
