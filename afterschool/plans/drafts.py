"""A plan as it stands, and what may be said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from afterschool.errors import NoRule
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Cite, Verdict
from afterschool.policy.windows import BELLS

from .models import Offering, Plan


@dataclass(frozen=True)
class Finding:
    """One thing the policy says. `part`, `field` and `offering_id` lead to the place to mend."""

    level: str  # ok, breach, missing, warn, unknown; note: no plan can show it
    say: str
    cite: Cite | None = None
    part: str = "time"
    field: str = ""
    title: str = ""
    offering_id: int | None = None

    @property
    def blocks(self) -> bool:
        """Where the policy is silent on an offering nobody may guess; a bell not filled in only reminds."""
        silent = self.level == "unknown" and self.offering_id is not None and self.field not in BELLS
        return silent or self.level in {"breach", "missing"}


@dataclass(frozen=True)
class Draft:
    """A plan as it stands, with what its checks need to know; nothing here has to be saved."""

    plan: Plan
    offerings: Sequence[Offering]
    policy: Policy
    classes: Mapping[int, int]  # how many of each grade
    has_minutes: bool
    on: date
    before: Sequence[Offering] = ()  # as they were filed and hold now, where this is a change

    @property
    def charges(self) -> bool:
        return any(offering.fee_fen for offering in self.offerings)

    @property
    def basics(self) -> list[Offering]:
        return [offering for offering in self.offerings if offering.kind == Offering.Kind.BASIC]


def label(field: str) -> str:
    return next(str(known.verbose_name) for known in Plan._meta.fields if known.name == field)


def told(verdict: Verdict[bool], part: str, field: str = "", title: str = "") -> Finding:
    return Finding(verdict.level, verdict.because, verdict.cite, part, field, title)


def silent(silence: NoRule) -> Finding:
    return Finding("breach", str(silence), part="school", title="政策没有写明")
