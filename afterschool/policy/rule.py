"""What all rules have in common: clause, days in force, weight, and whom they hold for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, dataclass_transform

from afterschool.policy.terms import (
    AREAS,
    GRADES,
    OWNERSHIPS,
    SERVICES,
    STAGES,
    Area,
    Ownership,
    Service,
    Slot,
    Stage,
    Weight,
)
from afterschool.policy.verdict import Cite, Level


@dataclass(frozen=True, slots=True)
class Case:
    """What a question is about; None where it does not matter or is not known."""

    stage: str | None = None
    grade: int | None = None
    boarding: bool | None = None
    service: str | None = None
    slot: str | None = None
    month: int | None = None
    ownership: str | None = None
    area: str | None = None
    tier: str | None = None
    school: str | None = None
    item: str | None = None


# The scope of a rule, and the fact of a case that each part is held against.
SCOPE = {
    "stages": "stage",
    "grades": "grade",
    "services": "service",
    "slots": "slot",
    "months": "month",
    "ownership": "ownership",
    "areas": "area",
    "tiers": "tier",
    "schools": "school",
    "items": "item",
}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule has. A subclass adds its own keys and says, in `asks`, which question it answers.

    `told_apart_by` names those of its keys by which two rules of one scope speak of different things. What is not
    `scoped` is asked for a whole place: it cannot hold for some of its schools and students only.
    """

    kind: ClassVar[str]
    question: ClassVar[str]
    told_apart_by: ClassVar[tuple[str, ...]]
    scoped: ClassVar[bool]

    cite: Cite
    since: date
    line: int = field(default=0, compare=False)
    until: date | None = None
    weight: Weight = "block"
    stages: tuple[Stage, ...] = ()
    grades: tuple[int, ...] = ()
    boarding: bool | None = None
    services: tuple[Service, ...] = ()
    slots: tuple[Slot, ...] = ()
    months: tuple[int, ...] = ()
    ownership: tuple[Ownership, ...] = ()
    areas: tuple[Area, ...] = ()
    tiers: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    def __init_subclass__(cls, *, asks: str, told_apart_by: tuple[str, ...] = (), scoped: bool = True) -> None:
        cls.kind = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        cls.question = asks
        cls.told_apart_by = told_apart_by
        cls.scoped = scoped
        dataclass(frozen=True, kw_only=True)(cls)

    def fault(self) -> str:
        """What is wrong with these keys together, in a clerk's words; empty when nothing is."""
        return ""

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def applies(self, case: Case) -> bool:
        for part, fact in SCOPE.items():
            scope = getattr(self, part)
            if scope and getattr(case, fact) not in scope:
                return False
        return self.boarding is None or self.boarding == case.boarding

    def may_hold(self, case: Case) -> bool:
        """Could it hold for the case? What the case does not say may be anything."""
        if None not in (self.boarding, case.boarding) and self.boarding != case.boarding:
            return False
        return all(
            not getattr(self, part) or getattr(case, fact) in (None, *getattr(self, part))
            for part, fact in SCOPE.items()
        )

    @property
    def about(self) -> tuple[object, ...]:
        """What the rule speaks of. Two rules about the same thing cannot hold on one day."""
        parts = (*SCOPE, "boarding", *self.told_apart_by)
        return (self.kind, *(getattr(self, part) for part in parts))

    @property
    def level_when_broken(self) -> Level:
        return "breach" if self.weight == "block" else "warn"

    @property
    def who(self) -> str:
        """Whom the rule speaks of, as a clerk would say it: 走读高一、高二."""
        places = [*(OWNERSHIPS[one] for one in self.ownership), *(AREAS[one] for one in self.areas), *self.tiers]
        names = [GRADES[grade] for grade in self.grades] or [STAGES[stage] for stage in self.stages]
        board = {None: "", True: "寄宿", False: "走读"}[self.boarding]
        return "、".join(places) + board + "、".join(names)

    @property
    def when(self) -> str:
        return "、".join(SERVICES[service] for service in self.services)
