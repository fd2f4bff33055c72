"""What stands of all that was tapped for one child: a pure function of the taps, whatever the order in which they came.

Taps are never changed. One device tapping the same again says nothing new; two devices, or two adults, contradict each
other, and both are kept. The order of receipt decides only which of them is shown first; which taps live, whether the
child has left and how many contradictions there are does not depend on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple
from uuid import UUID


class Good(Enum):
    """What the rules said of a release by itself."""

    YES = "yes"
    HELD = "held"  # a leader has to confirm it
    NO = "no"


class Tap(NamedTuple):
    """One event of one child."""

    uid: UUID
    kind: str  # "release" | "undo" | "confirm"; others change nothing
    device: str
    sequence: int
    claimed_at: datetime
    way: str = ""  # with whom or how the child leaves: "guardian:12", "self"
    about: UUID | None = None
    good: Good = Good.YES

    @property
    def claim(self) -> tuple[str, str]:
        """The same device saying the same is one claim."""
        return self.device, self.way


class Settled(NamedTuple):
    """`live`: the releases that hold, in order of receipt; the first stands."""

    live: tuple[Tap, ...]
    held: tuple[Tap, ...]

    @property
    def stands(self) -> Tap | None:
        return self.live[0] if self.live else None

    @property
    def contradicting(self) -> tuple[Tap, ...]:
        """The first tap of every claim that says otherwise than the one that stands."""
        first: dict[tuple[str, str], Tap] = {}
        for tap in self.live:
            first.setdefault(tap.claim, tap)
        return tuple(first.values())[1:]


NOTHING = Settled(live=(), held=())


def settle(taps: Sequence[Tap]) -> Settled:
    """`taps` in the order of receipt."""
    if not taps:
        return NOTHING
    releases = {tap.uid: tap for tap in taps if tap.kind == "release" and tap.good is not Good.NO}
    undos = [tap for tap in taps if tap.kind == "undo" and tap.good is Good.YES]
    confirmed = {tap.about for tap in taps if tap.kind == "confirm" and tap.good is Good.YES}
    alive = [tap for tap in releases.values() if not any(_undoes(undo, tap, releases) for undo in undos)]
    held = tuple(tap for tap in alive if tap.good is Good.HELD and tap.uid not in confirmed)
    return Settled(live=tuple(tap for tap in alive if tap not in held), held=held)


def _undoes(undo: Tap, tap: Tap, releases: dict[UUID, Tap]) -> bool:
    """An undo takes back the tap it names and the same claim's earlier ones: a double tap is undone once."""
    if undo.about == tap.uid:
        return True
    named = releases.get(undo.about) if undo.about else None
    if named is None or named.claim != tap.claim:
        return False
    if undo.device == tap.device:
        return tap.sequence < undo.sequence
    return tap.claimed_at <= undo.claimed_at
