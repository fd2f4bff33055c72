"""What a device tells, who brings it, and what it is told in turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from attendance.models import GateEvent, Handover
from attendance.models.gate import way_in_words

How, Kind, Outcome = GateEvent.How, GateEvent.Kind, GateEvent.Outcome
PAGE = "page:"  # the server's own pages: their time is the server's
LATER = "later:"  # a leader writes down afterwards what nobody registered: the time is somebody's word


class Told(NamedTuple):
    """One event as its device tells it. `adult` is "guardian:12", "pickup:5", "code:7", "call_back:9" or nothing."""

    uid: UUID
    kind: str
    student_id: int
    claimed_at: datetime
    sequence: int = 0
    mode: str = ""
    adult: str = ""
    code: str = ""
    about: UUID | None = None
    pace: int = 0
    place: str = ""

    @property
    def who(self) -> tuple[str, int]:
        kind, _, number = self.adult.partition(":")
        return kind, int(number) if number.isdecimal() else 0

    @property
    def way(self) -> str:
        return self.adult if self.mode == "collected" else self.mode


class Taken(NamedTuple):
    """What became of it. `handover_id` and `at` where the child has left by it."""

    uid: UUID
    student_id: int
    outcome: str
    because: str = ""
    handover_id: int | None = None
    at: datetime | None = None
    words: str = ""


class Given(NamedTuple):
    """The list that a device works with: when, to whom, and whether on paper."""

    id: int
    day: date
    issued_at: datetime
    issued_to: int
    is_paper: bool


def leads(actor: Actor, school_id: int) -> bool:
    """Whether this is a leader here, and not at another school."""
    return school_id in actor.reach_as([Role.LEADER]).schools


@dataclass(frozen=True)
class Delivered:
    """Where, by whom, on what and when the events were brought."""

    school_id: int
    device: str
    given: Given | None
    now: datetime
    by: Actor

    @cached_property
    def leads(self) -> bool:
        return leads(self.by, self.school_id)

    @cached_property
    def signer(self) -> int:
        """Who tapped: the one to whom the list was given. Whoever signs in later to bring the events only brings them;
        but a paper's ticks are signed by whoever types them in.
        """
        return self.given.issued_to if self.given and not self.is_paper else self.by.signer

    @property
    def is_paper(self) -> bool:
        """On paper nobody wrote the seconds: how fast the children left is not known."""
        return bool(self.given and self.given.is_paper)

    @property
    def is_later(self) -> bool:
        return self.device.startswith(LATER)

    def happened_at(self, claimed: datetime) -> datetime:
        """A device's clock is believed only between two moments that the server has seen itself."""
        if self.given is None:
            return claimed if self.device.startswith((PAGE, LATER)) else self.now
        return min(max(claimed, self.given.issued_at), self.now)

    def list_age(self, claimed: datetime) -> timedelta:
        return self.happened_at(claimed) - self.given.issued_at if self.given else timedelta(0)


@dataclass(kw_only=True)
class Entry:
    """A line of 交接登记 while it is judged: what becomes a row of GateEvent, by the same names."""

    uid: UUID
    school_id: int
    day: date
    gate_list_id: int | None = None
    device: str
    sequence: int
    claimed_at: datetime
    received_at: datetime
    happened_at: datetime
    by_id: int
    kind: str
    student_id: int
    about: UUID | None = None
    mode: str = ""
    how: str = ""
    guardian_id: int | None = None
    pickup_person_id: int | None = None
    code_id: int | None = None
    call_back_id: int | None = None
    collector_name: str = ""
    collector_relation: str = ""
    place: str = ""
    pace: int = 0
    outcome: str = ""
    because: str = ""
    id: int | None = None  # once it is written

    @property
    def way(self) -> str:
        """The same words as `Told.way`."""
        if self.mode != Handover.Mode.COLLECTED:
            return self.mode
        who = (("guardian", self.guardian_id), ("pickup", self.pickup_person_id), ("code", self.code_id))
        return next((f"{kind}:{pk}" for kind, pk in who if pk), f"call_back:{self.call_back_id}")

    @property
    def words(self) -> str:
        """How the child left by it."""
        return way_in_words(self.mode, self.collector_relation, self.how, self.device)
