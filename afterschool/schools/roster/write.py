"""Writing a difference into the register: a fixed number of statements, however many children."""

from collections.abc import Collection, Iterable
from datetime import date

from django.contrib.auth.hashers import make_password

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record_each

from ..models import Guardianship, School, SchoolClass, Student
from ..names import sort_key
from .compare import FIELDS, Diff, Difference


def write(diff: Diff, school: School, *, on: date, left: Collection[int], by: Actor) -> dict:
    """Returns what was written, in numbers."""
    classes = _classes(diff, school)
    students = _students(diff, school, classes)
    begun, ended = _guardianships(diff, school, students, on)
    gone = [student for student in diff.left if student.pk in left]
    Student.objects.filter(pk__in=[student.pk for student in gone]).update(left_on=on)
    record_each(by, "imported", ((students[it.entry.number], _facts(it)) for it in diff.differences))
    record_each(by, "left", ((student, {"on": on.isoformat()}) for student in gone))
    return {
        "new": sum(it.student is None for it in diff.differences),
        "changed": sum(it.student is not None for it in diff.differences),
        "left": len(gone),
        "guardians_begun": begun,
        "guardians_ended": ended,
    }


def _facts(difference: Difference) -> dict:
    if difference.student is None:
        return {"new": True}
    changes = [*difference.changes, *([difference.moved] if difference.moved else [])]
    return {"changes": [[change.word, change.old, change.new] for change in changes]}


def _classes(diff: Diff, school: School) -> dict[tuple[int, int], SchoolClass]:
    wanted = {(it.entry.grade, it.entry.class_number) for it in diff.differences}
    SchoolClass.objects.bulk_create(
        [SchoolClass(school=school, school_year=diff.school_year, grade=grade, number=n) for grade, n in wanted],
        ignore_conflicts=True,
    )
    return {(it.grade, it.number): it for it in school.classes.filter(school_year=diff.school_year)}


def _students(diff: Diff, school: School, classes: dict[tuple[int, int], SchoolClass]) -> dict[str, Student]:
    rows = [
        Student(
            school=school,
            number=it.entry.number,
            sort_key=sort_key(it.entry.name),
            school_class=classes[it.entry.grade, it.entry.class_number],
            left_on=None,
            **{key: getattr(it.entry, key) for key in FIELDS},
        )
        for it in diff.differences
    ]
    Student.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["school", "number"],
        update_fields=["sort_key", "school_class", "left_on", *FIELDS],
    )
    return {student.number: student for student in school.students.all()}


def _people(diff: Diff) -> dict[str, Person]:
    """A guardian not yet known becomes known by phone, and signs in by a code sent to it."""
    guardians = {link.guardian.phone: link.guardian for it in reversed(diff.differences) for link in it.links}
    unusable = make_password(None)
    Person.objects.bulk_create(
        [
            Person(phone=phone, name=guardian.name, password=unusable)
            for phone, guardian in guardians.items()
            if phone not in diff.people
        ],
        ignore_conflicts=True,
    )
    return {person.phone: person for person in Person.objects.filter(phone__in=guardians)}


def _guardianships(diff: Diff, school: School, students: dict[str, Student], on: date) -> tuple[int, int]:
    people = _people(diff)
    links = [(it, link) for it in diff.differences for link in it.links]
    ended = [link.ends.pk for _, link in links if link.ends]
    Guardianship.objects.filter(pk__in=ended).update(ended_on=on)
    Guardianship.objects.bulk_update(_altered(link for _, link in links), ["relation", "is_primary"])
    begun = Guardianship.objects.bulk_create(
        Guardianship(
            school=school, student=students[it.entry.number], person=people[link.guardian.phone],
            relation=link.guardian.relation, is_primary=link.is_primary, began_on=on,
        )
        for it, link in links
        if not link.held
    )  # fmt: skip
    return len(begun), len(ended)


def _altered(links: Iterable) -> list[Guardianship]:
    altered = []
    for link in links:
        if link.held:
            link.held.relation, link.held.is_primary = link.guardian.relation, link.is_primary
            altered.append(link.held)
    return altered
