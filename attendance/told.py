"""What a device tells, who brings it, and what it is told in turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from attendance.models import GateEvent, GateList

How, Kind, Outcome = GateEvent.How, GateEvent.Kind, GateEvent.Outcome
PAGE = "page:"  # the server's own pages: their time is the server's
LATER = "later:"  # a leader writes down afterwards what nobody registered: the time is somebody's word


@dataclass(frozen=True)
class Told:
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


@dataclass(frozen=True)
class Taken:
    """What became of it. `handover_id` and `at` where the child has left by it."""

    uid: UUID
    student_id: int
    outcome: str
    because: str = ""
    handover_id: int | None = None
    at: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class Delivered:
    """By whom, on what and when the events were brought."""

    device: str
    gate_list: GateList | None
    now: datetime
    by: Actor

    @property
    def leads(self) -> bool:
        return Role.LEADER in self.by.roles

    @property
    def signer(self) -> int:
        """Who tapped: the one to whom the list was given. Whoever signs in later to bring the events only brings them;
        but a paper's ticks are signed by whoever types them in.
        """
        given = self.gate_list
        return given.issued_to_id if given and not self.is_paper else self.by.signer

    @property
    def is_paper(self) -> bool:
        """On paper nobody wrote the seconds: how fast the children left is not known."""
        return bool(self.gate_list and self.gate_list.is_paper)

    @property
    def is_later(self) -> bool:
        return self.device.startswith(LATER)

    def happened_at(self, claimed: datetime) -> datetime:
        """A device's clock is believed only between two moments that the server has seen itself."""
        if self.gate_list is None:
            return claimed if self.device.startswith((PAGE, LATER)) else self.now
        return min(max(claimed, self.gate_list.issued_at), self.now)

    def list_age(self, claimed: datetime) -> timedelta:
        return self.happened_at(claimed) - self.gate_list.issued_at if self.gate_list else timedelta(0)


def way_of(event: GateEvent) -> str:
    """The same words as `Told.way`."""
    if event.mode != "collected":
        return event.mode
    who = (("guardian", event.guardian_id), ("pickup", event.pickup_person_id), ("code", event.code_id))
    return next((f"{kind}:{pk}" for kind, pk in who if pk), f"call_back:{event.call_back_id}")
