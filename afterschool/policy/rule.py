"""What all rules have in common: clause, days in force, weight, and whom they hold for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, dataclass_transform

from afterschool.policy.terms import GRADES, SERVICES, STAGES, Service, Slot, Stage, Weight
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


@dataclass_transform(frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule has. A subclass adds its own keys and says, in `asks`, which question it answers."""

    kind: ClassVar[str]
    question: ClassVar[str]

    cite: Cite
    since: date
    until: date | None = None
    weight: Weight = "block"
    stages: tuple[Stage, ...] = ()
    grades: tuple[int, ...] = ()
    boarding: bool | None = None
    services: tuple[Service, ...] = ()
    slots: tuple[Slot, ...] = ()
    months: tuple[int, ...] = ()

    def __init_subclass__(cls, *, asks: str) -> None:
        cls.kind = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        cls.question = asks
        dataclass(frozen=True, kw_only=True)(cls)

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def applies(self, case: Case) -> bool:
        pairs = (
            (self.stages, case.stage),
            (self.grades, case.grade),
            (self.services, case.service),
            (self.slots, case.slot),
            (self.months, case.month),
        )
        fits = all(not scope or value in scope for scope, value in pairs)
        return fits and (self.boarding is None or self.boarding == case.boarding)

    @property
    def level_when_broken(self) -> Level:
        return "breach" if self.weight == "block" else "warn"

    @property
    def who(self) -> str:
        """Whom the rule speaks of, as a clerk would say it: 走读高一、高二."""
        names = [GRADES[grade] for grade in self.grades] or [STAGES[stage] for stage in self.stages]
        board = {None: "", True: "寄宿", False: "走读"}[self.boarding]
        return board + "、".join(names)

    @property
    def when(self) -> str:
        return "、".join(SERVICES[service] for service in self.services)
