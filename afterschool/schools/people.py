"""Who a signed-in person is today: posts and children, as grants."""

from datetime import date

from django.db import connection
from django.utils import timezone

from afterschool.access.capabilities import ROLES, Capability, Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor, Grant, Reach

from .models import Post, School

PERSON = [field.attname for field in Person._meta.concrete_fields]


def who_asks(session_key: str | None) -> tuple[str | None, Person | None]:
    """What a session keeps, and its person with what they hold today. One question at every door of the house."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM who_asks(%s, %s, %s)", [session_key, timezone.now(), timezone.localdate()])
        row = cursor.fetchone()
    if row is None:
        return None, None
    told, held, *columns = row
    if columns[0] is None:
        return told, None
    person = Person.from_db("default", PERSON, columns)
    person.held = [tuple(one) for one in held]
    return told, person


def actor_for(person: Person, day: date | None = None) -> Actor:
    """The person with the grants of `day` (default: today). One query at most, whatever the number of posts."""
    held = person.held
    if held is None or day is not None:
        held = _held(person, day or timezone.localdate())
    grants = [Grant(Role[role], _reach_of(*place)) for role, *place, _ in held if role]
    children = frozenset(student for role, *_, student in held if role is None)
    if children:
        grants.append(Grant(Role.GUARDIAN, Reach(students=children)))
    return Actor(name=person.name, person_id=person.pk, grants=tuple(grants))


def _held(person: Person, day: date) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM held_by(%s, %s)", [person.pk, day])
        return cursor.fetchall()


def people_with(capability: Capability, school: School, on: date) -> list[Person]:
    """Who holds this capability at the school itself on that day."""
    roles = [role.name for role, held in ROLES.items() if capability in held]
    posts = Post.objects.open_on(on).filter(school=school, role__in=roles)
    return list(Person.objects.filter(posts__in=posts).distinct().order_by("pk"))


def _reach_of(bureau_id: int | None, school_id: int | None, class_id: int | None) -> Reach:
    if bureau_id:
        return Reach(bureaus=frozenset({bureau_id}))
    if class_id:
        return Reach(classes=frozenset({class_id}))
    return Reach(schools=frozenset({school_id})) if school_id else Reach()
