"""All that is known of some children when somebody taps at the gate: one question, however many children.

The gate is the busiest door of the house: `gate_facts` (migration 0004) asks in the database what the selectors of the
rooms ask one by one; tests/attendance/test_c_cases.py holds the two to each other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.policy.walking import may_walk_home
from afterschool.schools.models import School
from attendance.models import GateEvent, GateList, Handover, Incident, Mark
from attendance.release import Child
from enrollment.models import PickupPerson
from enrollment.release import Adult, Grant, Restriction, may_release
from enrollment.selectors import Known

from .reach import GATE

IN_A_MOMENT = timedelta(seconds=10)
M = TypeVar("M", GateEvent, GateList, Handover, Incident)
Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Pupil:
    name: str
    may_walk: bool


@dataclass(frozen=True)
class Vouched:
    """An adult for whom a one-time code or a second person's call speaks, on a guardian's word."""

    student_id: int
    adult: Adult
    relation: str
    by: Adult
    sha256: str = ""

    @property
    def grant(self) -> Grant:
        return Grant(self.adult, self.by)


@dataclass
class Facts:
    """One school's gate, as far as these children are concerned."""

    day: date  # of the list, where there is one
    given: GateList | None
    students: Mapping[int, Pupil]
    events: list[GateEvent]  # of these children today, and those asked for again, in the order of receipt
    recent: list[GateEvent]  # what the same device released about the same time
    standing: Mapping[int, Handover]
    statuses: Mapping[int, set[str]]
    known: Mapping[int, list[Known]]
    restrictions: Mapping[int, list[Restriction]]
    disputed: Collection[int]
    agreed: Mapping[int, str]
    codes: Mapping[int, Vouched]
    call_backs: Mapping[int, Vouched]
    own: Collection[int] | None  # the children of this person's own gate; None: every child
    closed: bool
    kept_late: Collection[int]
    open_twice: list[Incident]  # contradictions nobody has settled
    by_uid: dict[UUID, GateEvent] = field(init=False)
    by_pk: dict[int, GateEvent] = field(init=False)

    def __post_init__(self):
        self.by_uid = {event.uid: event for event in self.events}
        self.by_pk = {event.pk: event for event in self.events}

    def is_here(self, student_id: int) -> bool:
        return not self.statuses.get(student_id, set()).isdisjoint(Mark.HERE)

    def child(self, student_id: int) -> Child:
        known, restrictions = self.known[student_id], self.restrictions[student_id]
        good = may_release([one.grant for one in known if one.person], restrictions, self.day)
        guardians = {grant.adult.person_id for grant in good}
        called = {call.by.person_id for call in self.call_backs.values() if call.student_id == student_id}
        return Child(
            grants=[one.grant for one in known],
            restrictions=restrictions,
            disputed=student_id in self.disputed,
            both_called=bool(guardians) and guardians <= called,
            agreed=self.agreed.get(student_id, Handover.Mode.COLLECTED),
            may_walk=self.students[student_id].may_walk,
        )


def facts_of(
    school: School,
    today: date,
    *,
    list_uid: UUID | None = None,
    students: Collection[int],
    uids: Collection[UUID],
    device: str,
    claims: Sequence[datetime],
    by: Actor,
) -> Facts:
    """The children are locked from here on, and the roll and the close of their school wait."""
    asked: list[Any] = [
        school.pk,
        today,
        list_uid,
        list(students),
        list(uids),
        device,
        min(claims) - IN_A_MOMENT,
        max(claims),
        by.person_id,
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT gate_facts(%s, %s, %s, %s, %s::uuid[], %s, %s, %s, %s)", asked)
        said = cursor.fetchone()[0]
    walks_from, given = said.pop("walks_from"), said.pop("given")
    given = _row(GateList, given) if given else None
    day = given.day if given else today
    said = {name: rows or [] for name, rows in said.items()}
    everywhere = school.pk in by.reach_as(GATE).schools
    return Facts(
        day=day,
        given=given,
        students={
            row["id"]: Pupil(row["name"], may_walk_home(row["grade"], walks_from).answer) for row in said["students"]
        },
        events=[_row(GateEvent, row) for row in said["events"]],
        recent=[_row(GateEvent, row) for row in said["recent"]],
        standing={row["student_id"]: _row(Handover, row) for row in said["standing"]},
        statuses=_statuses(said["statuses"]),
        known=_known(said["guardians"], said["named"]),
        restrictions=_restrictions(said["restrictions"], day),
        disputed=set(said["disputed"]),
        # As signed for the term, and over it as the guardian said for today.
        agreed=dict([*said["signed"], *said["changed"]]),
        codes=_vouched(said["codes"]),
        call_backs=_vouched(said["calls"]),
        own=None if everywhere else set(said["own"]),
        closed=bool(said["closed"]),
        kept_late=set(said["kept"]),
        open_twice=[_row(Incident, row) for row in said["twice"]],
    )


def _statuses(rows: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    statuses: dict[int, set[str]] = defaultdict(set)
    for student_id, status in rows:
        statuses[student_id].add(status)
    return statuses


def _known(guardians: Rows, named: Rows) -> dict[int, list[Known]]:
    known: dict[int, list[Known]] = defaultdict(list)
    for row in guardians:
        person = Person(id=row["id"], name=row["name"], phone=row["phone"], email=row["email"])
        grant = Grant(Adult(person.name, person_id=person.pk))
        known[row["student"]].append(Known(grant, row["relation"], row["phone"], person=person))
    for row in named:
        pickup = PickupPerson(id=row["id"], name=row["name"], relation=row["relation"], phone=row["phone"])
        grant = Grant(Adult(row["name"], pickup_id=row["id"]), Adult(row["by_name"], person_id=row["by"]))
        known[row["student"]].append(Known(grant, row["relation"], row["phone"], pickup=pickup))
    return known


def _restrictions(rows: Rows, day: date) -> dict[int, list[Restriction]]:
    """By the name the office wrote, and by the name of the account it meant. All of them hold on that day."""
    found: dict[int, list[Restriction]] = defaultdict(list)
    for row in rows:
        for name in {row["name"], row["person_name"] or row["name"]}:
            found[row["student"]].append(Restriction(Adult(name, row["person"], row["pickup"]), day, day))
    return found


def _vouched(rows: Rows) -> dict[int, Vouched]:
    return {
        row["id"]: Vouched(
            row["student"],
            Adult(row["name"]),
            row["relation"],
            Adult(row["by_name"], person_id=row["by"]),
            row.get("sha256", ""),
        )
        for row in rows
    }


def _row(model: type[M], row: Mapping[str, Any]) -> M:
    return model(**{name: _read(name, value) for name, value in row.items()})


def _read(name: str, value: Any) -> Any:
    """What JSON writes as text."""
    if value is None:
        return None
    if name.endswith("_at") or name == "at":
        return datetime.fromisoformat(value)
    if name == "day":
        return date.fromisoformat(value)
    return UUID(value) if name in ("uid", "about") else value
