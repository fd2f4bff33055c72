"""Who may collect whom, who must not, and what may still be said to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from afterschool.access.capabilities import Capability
from afterschool.access.models import Person
from afterschool.access.reach import Actor, Reach
from afterschool.policy.verdict import Verdict
from afterschool.policy.walking import may_walk_home
from afterschool.schools.models import Guardianship, Student

from ..models import DisputeHold, PickupPerson, PickupRestriction
from ..release import Adult, Grant, Restriction, may_release


@dataclass(frozen=True)
class Collector:
    """An adult at the gate. `pk` is the person's for a guardian, the pick-up person's otherwise.

    Whoever is barred is shown as 不要放行，联系办公室, never with a reason.
    """

    kind: str  # "guardian" | "pickup"
    pk: int
    name: str
    relation: str
    phone_tail: str
    barred: bool

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.pk}"


@dataclass(frozen=True)
class Known:
    """An adult who has been given the right to collect a child, and how the family and the telephone know them."""

    grant: Grant
    relation: str
    phone: str
    person: Person | None = None  # a guardian, who is also told
    pickup: PickupPerson | None = None


def grants_of(students: Iterable[Student], day: date) -> dict[int, list[Known]]:
    """For each child, guardians first and then the people they named. Two queries for any number of children."""
    known: dict[int, list[Known]] = {student.pk: [] for student in students}
    ties = Guardianship.objects.open_on(day).filter(student__in=known).select_related("person")
    for tie in ties.order_by("-is_primary", "id"):
        grant = Grant(Adult(tie.person.name, person_id=tie.person_id))
        known[tie.student_id].append(Known(grant, tie.relation, tie.person.phone, person=tie.person))
    for named in PickupPerson.objects.open_on(day).filter(student__in=known).select_related("named_by"):
        named_by = Adult(named.named_by.name, person_id=named.named_by_id)
        grant = Grant(Adult(named.name, pickup_id=named.pk), named_by)
        known[named.student_id].append(Known(grant, named.relation, named.phone, pickup=named))
    return known


def collectors_of(students: Iterable[Student], day: date) -> dict[int, list[Collector]]:
    """The same as tiles of the gate: who of them must not collect is marked. Three queries."""
    students = list(students)
    restrictions = restrictions_of(students, day)
    return {
        student_id: [_collector(one, restrictions[student_id], day) for one in adults]
        for student_id, adults in grants_of(students, day).items()
    }


def collectors_shown(students: Iterable[Student], day: date, reader: int | None) -> dict[int, list[Collector]]:
    """As a guardian reads them: whoever must not collect the child reads of themselves and of those they named."""
    students = list(students)
    shown, known = collectors_of(students, day), grants_of(students, day)
    for pk, adults in shown.items():
        if any(one.barred and (one.kind, one.pk) == ("guardian", reader) for one in adults):
            shown[pk] = [one for one, its in zip(adults, known[pk], strict=True) if reader in _whose(its.grant)]
    return shown


def _whose(grant: Grant) -> tuple[int | None, int | None]:
    return grant.adult.person_id, grant.named_by.person_id if grant.named_by else None


def barred_guardians(students: Iterable[Student], day: date) -> set[tuple[int, int]]:
    """(child, person): guardians who must not collect, and so must not be told where the child is and with whom.
    One query where no restriction is in force.
    """
    students = list(students)
    restrictions = restrictions_of(students, day)
    known = grants_of([student for student in students if student.pk in restrictions], day) if restrictions else {}
    return {
        (student_id, one.person.pk)
        for student_id, adults in known.items()
        for one in adults
        if one.person and not may_release([one.grant], restrictions[student_id], day)
    }


def not_told(students: Iterable[Student], day: date, today: date) -> set[tuple[int, int]]:
    """(child, person): guardians of a day who must not be told of it: barred then, or by now, or guardians no more."""
    students = list(students)
    barred = barred_guardians(students, day)
    if day >= today:
        return barred
    then, still = (
        set(Guardianship.objects.open_on(one).filter(student__in=students).values_list("student", "person"))
        for one in (day, today)
    )
    return barred | barred_guardians(students, today) | (then - still)


def guardians_to_tell(students: Iterable[Student], day: date, today: date) -> dict[int, list[Guardianship]]:
    """For each child who may be told of its ways on a day, and so whom to call; the first one first."""
    students = list(students)
    quiet, found = not_told(students, day, today), {student.pk: [] for student in students}
    ties = Guardianship.objects.open_on(day).filter(student__in=students).select_related("person")
    for tie in ties.order_by("-is_primary", "id"):
        if (tie.student_id, tie.person_id) not in quiet:
            found[tie.student_id].append(tie)
    return found


def restricted_among(students: Iterable[int] | QuerySet, day: date) -> QuerySet[Student]:
    """Those of these children whom a restriction concerns."""
    concerned = PickupRestriction.objects.open_on(day).filter(student__in=students)
    return Student.objects.filter(pk__in=concerned.values("student"))


def open_reach(actor: Actor, day: date) -> Reach:
    """The children a guardian acts for, but for those this guardian must not collect: of them the office tells, no page."""
    reach = actor.reach(Capability.APPLY)
    barred = barred_guardians(restricted_among(reach.students, day), day)
    return replace(reach, students=reach.students - {pk for pk, person in barred if person == actor.person_id})


def who_hears(student: Student, wanted: Person | None, day: date) -> Person | None:
    """The guardian a note about the child was meant for, or another one where this one must not be told."""
    barred = {person for _, person in barred_guardians([student], day)}
    if wanted is None or wanted.pk not in barred:
        return wanted
    ties = Guardianship.objects.open_on(day).filter(student=student).exclude(person__in=barred)
    first = ties.select_related("person").order_by("-is_primary", "pk").first()
    return first and first.person


def restrictions_of(students: Iterable[Student], day: date) -> dict[int, list[Restriction]]:
    found: dict[int, list[Restriction]] = defaultdict(list)
    for row in PickupRestriction.objects.open_on(day).filter(student__in=students).select_related("person"):
        # By the name the office wrote, and by the name of the account it meant.
        for name in {row.person_name, row.person.name if row.person else row.person_name}:
            adult = Adult(name, row.person_id, row.pickup_person_id)
            found[row.student_id].append(Restriction(adult, row.began_on, row.ended_on))
    return found


def held_in_dispute(students: Iterable[Student], day: date) -> set[int]:
    """Children whose guardians quarrel without a document."""
    return set(DisputeHold.objects.open_on(day).filter(student__in=students).values_list("student", flat=True))


def walks_alone(student: Student) -> Verdict[bool]:
    """May it be agreed that this child leaves alone?"""
    return may_walk_home(student.school_class.grade, student.school.walks_from_grade)


def _collector(known: Known, restrictions: list[Restriction], day: date) -> Collector:
    adult = known.grant.adult
    kind, pk = ("guardian", adult.person_id) if adult.person_id is not None else ("pickup", adult.pickup_id)
    barred = not may_release([known.grant], restrictions, day)
    return Collector(kind, pk or 0, adult.name, known.relation, known.phone[-4:], barred)
