"""How far a right reaches, and who is acting."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

from django.db.models import Q, QuerySet

from afterschool.errors import RuleBroken

from .capabilities import ROLES, Capability, Role

NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Reach:
    """The bureaus, schools, classes, children and the person a right covers: their union."""

    bureaus: frozenset[int] = NOTHING
    schools: frozenset[int] = NOTHING
    classes: frozenset[int] = NOTHING
    students: frozenset[int] = NOTHING
    person: int | None = None

    def __bool__(self) -> bool:
        return bool(self.bureaus or self.schools or self.classes or self.students or self.person)

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            self.bureaus | other.bureaus,
            self.schools | other.schools,
            self.classes | other.classes,
            self.students | other.students,
            self.person or other.person,
        )


@dataclass(frozen=True)
class Grant:
    role: Role
    reach: Reach


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with today's grants, or the system itself. Every action asks for one."""

    name: str
    person_id: int | None = None
    grants: tuple[Grant, ...] = field(default=(), repr=False)

    @classmethod
    def system(cls, task: str) -> "Actor":
        return cls(name=task)

    @property
    def signer(self) -> int:
        """Who puts their name to a deed that the system cannot answer for."""
        if self.person_id is None:
            raise RuleBroken("这件事要由人来办，不能由系统代办")
        return self.person_id

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def may(self, capability: Capability) -> bool:
        return bool(self.reach(capability))

    def reach(self, capability: Capability) -> Reach:
        """Everything this actor may do `capability` to; empty means nowhere."""
        if capability is Capability.OWN_ACCOUNT:
            return Reach(person=self.person_id)
        return self.reach_as(role for role in self.roles if capability in ROLES[role])

    def reach_as(self, roles: Iterable[Role]) -> Reach:
        held = frozenset(roles)
        return reduce(Reach.__or__, (grant.reach for grant in self.grants if grant.role in held), Reach())


NOBODY = Actor(name="匿名")


class ReachQuerySet(QuerySet):
    """A table that belongs to schools. Each path leads from a row to what a reach may cover; None: not that way."""

    school_path: str | None = "school"
    class_path: str | None = None
    student_path: str | None = None

    def within(self, reach: Reach):
        """The rows this reach covers, and no other."""
        covered = Q(pk__in=())
        if self.school_path is not None:
            covered |= Q(**{f"{self.school_path}__in": reach.schools})
            if reach.bureaus:
                covered |= Q(**{f"{self.school_path}__bureau__in": reach.bureaus})
        if self.class_path is not None and reach.classes:
            covered |= Q(**{f"{self.class_path}__in": reach.classes})
        if self.student_path is not None and reach.students:
            covered |= Q(**{f"{self.student_path}__in": reach.students})
        return self.filter(covered)
