"""What is known of some children when somebody taps at the gate."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from attendance.models import Handover, Mark
from attendance.release import Child
from attendance.told import Entry, Given
from enrollment.release import Grant, Restriction, may_release

IN_A_MOMENT = timedelta(seconds=10)
ON_ANOTHERS_WORD = ("code:", "call_back:")


class Pupil(NamedTuple):
    name: str
    may_walk: bool


class Guardian(NamedTuple):
    """Who is told."""

    pk: int
    phone: str
    email: str


class Someone(NamedTuple):
    """An adult who may come for a child: a guardian, whom a guardian named, or for whom a code or a call speaks."""

    grant: Grant
    relation: str
    guardian: Guardian | None = None
    sha256: str = ""  # of a one-time code

    @property
    def name(self) -> str:
        return self.grant.adult.name


By = Mapping[str, Someone]  # by how a device names them: "guardian:12"


@dataclass
class Facts:
    """One school's gate, as far as these children are concerned."""

    day: date  # of the list, where there is one
    given: Given | None
    students: Mapping[int, Pupil]
    entries: list[Entry]  # of these children today, and those asked for again, in the order of receipt
    recent: list[tuple[datetime, str | int]]  # when the same device released about the same time, and to whom
    standing: Mapping[int, tuple[int, int]]  # the handover that stands, and its entry
    statuses: Mapping[int, set[str]]
    known: Mapping[int, By]
    vouched: Mapping[int, By]
    restrictions: Mapping[int, list[Restriction]]
    quiet: Collection[tuple[int, int]]  # child and guardian: who must not be told of a day before
    disputed: Collection[int]
    agreed: Mapping[int, str]
    own: Collection[int] | None  # the children of this person's own gate; None: every child
    closed: bool
    kept_late: Collection[int]
    open_twice: Mapping[int, list[tuple[int, int]]]  # contradictions nobody has settled: incident and entry
    by_uid: dict[UUID, Entry] = field(init=False)
    by_pk: dict[int | None, Entry] = field(init=False)

    def __post_init__(self):
        self.by_uid = {entry.uid: entry for entry in self.entries}
        self.by_pk = {entry.id: entry for entry in self.entries}

    def is_here(self, student_id: int) -> bool:
        return not self.statuses[student_id].isdisjoint(Mark.HERE)

    def asker(self, student_id: int, adult: str) -> Someone | None:
        by = self.vouched if adult.startswith(ON_ANOTHERS_WORD) else self.known
        return by[student_id].get(adult)

    def child(self, student_id: int) -> Child:
        known, restrictions = self.known[student_id].values(), self.restrictions[student_id]
        disputed = student_id in self.disputed
        return Child(
            grants=[one.grant for one in known],
            restrictions=restrictions,
            disputed=disputed,
            all_called=disputed and self.all_called(student_id),
            agreed=self.agreed.get(student_id, Handover.Mode.COLLECTED),
            may_walk=self.students[student_id].may_walk,
        )

    def all_called(self, student_id: int) -> bool:
        """Every guardian who may be told was called about that day."""
        return bool(self.told(student_id)) and not self.uncalled(student_id)

    def uncalled(self, student_id: int) -> list[str]:
        calls = [one for way, one in self.vouched[student_id].items() if way.startswith("call_back:")]
        called = {one.grant.named_by.person_id for one in calls if one.grant.named_by}
        by = self.known[student_id]
        left = [by[f"guardian:{one.pk}"] for one in self.told(student_id) if one.pk not in called]
        return [f"{one.relation} {one.name}" for one in left]

    def told(self, student_id: int) -> list[Guardian]:
        """The guardians who may know of the child's ways."""
        known, restrictions = self.known[student_id].values(), self.restrictions[student_id]
        may = [one.guardian for one in known if one.guardian and may_release([one.grant], restrictions, self.day)]
        return [one for one in may if (student_id, one.pk) not in self.quiet]
