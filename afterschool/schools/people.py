"""Who a signed-in person is today: posts and children, as grants."""

from datetime import date

from django.utils import timezone

from afterschool.access.capabilities import ROLES, Capability, Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor, Grant, Reach

from .models import Guardianship, Post, School


def actor_for(person: Person, day: date | None = None) -> Actor:
    """The person with the grants of `day` (default: today). Two queries, whatever the number of posts."""
    day = day or timezone.localdate()
    grants = [Grant(Role[post.role], _reach_of(post)) for post in Post.objects.open_on(day).filter(person=person)]
    children = (
        Guardianship.objects.open_on(day)
        .filter(person=person, student__left_on=None)
        .values_list("student_id", flat=True)
    )
    if children:
        grants.append(Grant(Role.GUARDIAN, Reach(students=frozenset(children))))
    return Actor(name=person.name, person_id=person.pk, grants=tuple(grants))


def _reach_of(post: Post) -> Reach:
    if post.bureau_id:
        return Reach(bureaus=frozenset({post.bureau_id}))
    if post.school_class_id:
        return Reach(classes=frozenset({post.school_class_id}))
    return Reach(schools=frozenset({post.school_id})) if post.school_id else Reach()


def people_with(capability: Capability, school: School, on: date) -> list[Person]:
    """Who holds this capability at the school itself on that day."""
    roles = [role.name for role, held in ROLES.items() if capability in held]
    posts = Post.objects.open_on(on).filter(school=school, role__in=roles)
    return list(Person.objects.filter(posts__in=posts).distinct().order_by("pk"))
