"""Questions the registry's pages ask."""

from datetime import date

from django.db.models import Max, Prefetch, Q, QuerySet

from afterschool.access.capabilities import Role
from afterschool.access.reach import Reach

from .models import Bureau, CalendarChange, Guardianship, Post, School, SchoolClass, SchoolClassQuerySet, Student


def classes_of_the_year(reach: Reach) -> SchoolClassQuerySet:
    """The classes of the latest school year there is."""
    classes = SchoolClass.objects.within(reach)
    latest = classes.aggregate(year=Max("school_year"))["year"]
    in_order = ("school", "grade", "number")  # said here: Django drops the model's own order where it counts
    return classes.filter(school_year=latest).select_related("school").order_by(*in_order)


def with_first_contact(students: QuerySet[Student], day: date) -> QuerySet[Student]:
    """Each student with `first_contact`: a list of the one guardianship that is asked first."""
    first = Guardianship.objects.open_on(day).filter(is_primary=True).select_related("person")
    return students.select_related("school_class").prefetch_related(
        Prefetch("guardianships", queryset=first, to_attr="first_contact")
    )


def guardians_of(student: Student) -> QuerySet[Guardianship]:
    """Those of today first, then those of the past."""
    return student.guardianships.select_related("person").order_by("-ended_on", "-is_primary", "began_on")


def posts_by_role(reach: Reach, day: date) -> list[tuple[str, list[Post]]]:
    """Who holds which role on the day or will hold it, in the order of the role table."""
    posts = Post.objects.within(reach).select_related("person", "school_class", "school")
    return held_from(posts.order_by("school_class__grade", "school_class__number", "began_on"), day)


def bureau_posts(bureau: Bureau) -> QuerySet[Post]:
    """The posts the bureau itself gives: its own, and those of its schools' administrators."""
    of_schools = Q(school__bureau=bureau, role=Role.SCHOOL_ADMIN.name)
    return Post.objects.filter(Q(bureau=bureau) | of_schools).select_related("person", "school")


def held_from(posts: QuerySet[Post], day: date) -> list[tuple[str, list[Post]]]:
    """Those held on the day or later, by role in the order of the role table."""
    held: dict[str, list[Post]] = {}
    for post in posts.filter(Q(ended_on=None) | Q(ended_on__gte=day)):
        held.setdefault(post.role, []).append(post)
    return [(role.label, held[role.name]) for role in Role if role.name in held]


def schools_with_admins(bureau: Bureau, day: date) -> QuerySet[School]:
    """Each school with `admins`: the posts of those who keep it on the day."""
    posts = Post.objects.open_on(day).filter(role=Role.SCHOOL_ADMIN.name).select_related("person")
    return bureau.schools.prefetch_related(Prefetch("posts", queryset=posts, to_attr="admins"))


def changes_within(place: Bureau | School, first: date, last: date) -> QuerySet[CalendarChange]:
    """The bureau's changes and the school's; for a bureau those of all its schools."""
    school = place if isinstance(place, School) else None
    mine = Q(bureau=school.bureau_id) & (Q(school=None) | Q(school=school)) if school else Q(bureau=place)
    return (
        CalendarChange.objects.filter(mine, day__range=(first, last))
        .select_related("school", "made_by")
        .order_by("-day", "-pk")
    )
