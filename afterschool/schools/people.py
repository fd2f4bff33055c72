"""Who a signed-in person is today: posts and children, as grants."""

from datetime import date

from django.db import connection
from django.utils import timezone

from afterschool.access.capabilities import ROLES, Capability, Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor, Grant, Reach

from .models import Post, School

# Asked at every door of the house: one question, in words that need not be made anew each time.
HELD = """
SELECT role, bureau_id, school_id, school_class_id, NULL FROM schools_post
WHERE person_id = %(person)s AND began_on <= %(day)s AND (ended_on IS NULL OR ended_on >= %(day)s)
UNION ALL
SELECT NULL, NULL, NULL, NULL, tie.student_id
FROM schools_guardianship tie JOIN schools_student child ON child.id = tie.student_id
WHERE tie.person_id = %(person)s AND tie.began_on <= %(day)s AND (tie.ended_on IS NULL OR tie.ended_on >= %(day)s)
  AND child.left_on IS NULL
"""


def actor_for(person: Person, day: date | None = None) -> Actor:
    """The person with the grants of `day` (default: today). One query, whatever the number of posts."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"person": person.pk, "day": day or timezone.localdate()})
        held = cursor.fetchall()
    grants = [Grant(Role[role], _reach_of(*place)) for role, *place, _ in held if role]
    children = frozenset(student for role, *_, student in held if role is None)
    if children:
        grants.append(Grant(Role.GUARDIAN, Reach(students=children)))
    return Actor(name=person.name, person_id=person.pk, grants=tuple(grants))


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
