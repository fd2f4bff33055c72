"""May this adult take the child? Decided from values alone: no tables, no clock.

A restriction holds from the moment it is recorded, before a second person has confirmed it: to hold a child back for
an hour can be mended, to hand it over cannot. The confirmation is due the same day and is chased as urgent until given.
A restriction denies over every grant: the adult's own guardianship, and everyone that adult has named.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

# Dots between the parts of a name are typed in many ways: 古丽米热·艾力.
DOTS = "·•・‧∙⋅․。．."


@dataclass(frozen=True)
class Adult:
    """Someone as we know them: by name, by account, or as a named pick-up person."""

    name: str
    person_id: int | None = None
    pickup_id: int | None = None


@dataclass(frozen=True)
class Grant:
    """A right to collect one child: a guardian's own, or that of someone a guardian has named."""

    adult: Adult
    named_by: Adult | None = None


@dataclass(frozen=True)
class Restriction:
    adult: Adult
    began_on: date
    ended_on: date | None = None

    def holds(self, day: date) -> bool:
        return self.began_on <= day and (self.ended_on is None or day <= self.ended_on)

    def bars(self, grant: Grant) -> bool:
        return same(self.adult, grant.adult) or (grant.named_by is not None and same(self.adult, grant.named_by))


def may_release(grants: Iterable[Grant], restrictions: Iterable[Restriction], day: date) -> list[Grant]:
    """The grants that are good on this day, in their order."""
    holding = [restriction for restriction in restrictions if restriction.holds(day)]
    return [grant for grant in grants if not any(restriction.bars(grant) for restriction in holding)]


def same(one: Adult, other: Adult) -> bool:
    """One link in common is enough, and so is the name: in doubt the office decides, not the gate."""
    if one.person_id is not None and one.person_id == other.person_id:
        return True
    if one.pickup_id is not None and one.pickup_id == other.pickup_id:
        return True
    return plain_name(one.name) == plain_name(other.name)


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """The name without what people type differently: width, case, blanks, dots."""
    letters = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in letters if not sign.isspace() and sign not in DOTS)
