"""All that the gate has to know of some children: one question, however many they are.

The gate is the busiest door of the house: `gate_facts` (migration 0002) asks in the database what the selectors of the
rooms ask one by one; tests/attendance/test_c_cases.py holds the two to each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from afterschool.access.reach import Actor
from afterschool.policy.walking import may_walk_home
from afterschool.schools.models import School, Student
from attendance.told import Entry, Given, Kind, Told
from enrollment.release import Adult, Grant, Restriction
from enrollment.selectors import not_told

from .facts import IN_A_MOMENT, ON_ANOTHERS_WORD, By, Facts, Guardian, Pupil, Someone
from .reach import GATE

Rows = Iterable[Sequence[Any]]


def facts_of(
    school: School,
    today: date,
    events: Sequence[Told],
    *,
    list_uid: UUID | None = None,
    day: date | None = None,
    device: str,
    by: Actor,
) -> Facts:
    """The children are locked from here on, and the roll and the close of their school wait."""
    everywhere = school.pk in by.reach_as(GATE).schools
    said = _gate_facts(school, day or today, list_uid, events, device, None if everywhere else by.person_id)
    given = _given(said.pop("given"))
    return _read(said, given, day=given.day if given else day or today, today=today, everywhere=everywhere)


def _gate_facts(
    school: School, day: date, list_uid: UUID | None, events: Sequence[Told], device: str, only_of: int | None
) -> dict[str, Any]:
    """One question to PostgreSQL; `only_of`: whose own children they must be."""
    claims = [told.claimed_at for told in events]
    asked: list[Any] = [
        school.pk, day, list_uid, list({told.student_id for told in events}), [told.uid for told in events], device,
        min(claims) - IN_A_MOMENT, max(claims), only_of,
        any(told.adult.startswith(ON_ANOTHERS_WORD) or told.kind == Kind.CONFIRM for told in events),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT gate_facts(%s, %s, %s, %s, %s::uuid[], %s, %s, %s, %s, %s)", asked)
        return cursor.fetchone()[0]


def _read(said: dict[str, Any], given: Given | None, *, day: date, today: date, everywhere: bool) -> Facts:
    walks_from, closed = said.pop("walks_from"), said.pop("closed")
    rows: dict[str, Any] = {name: some or () for name, some in said.items()}
    return Facts(
        day=day,
        given=given,
        students={pk: Pupil(name, may_walk_home(grade, walks_from).answer) for pk, name, grade in rows["students"]},
        entries=[_entry(row) for row in sorted(rows["events"], key=itemgetter("id"))],
        recent=[(datetime.fromisoformat(at), name or student) for at, name, student in rows["recent"]],
        standing={student: (handover, event) for student, handover, event in rows["standing"]},
        statuses=_statuses(rows["statuses"]),
        known=_known(rows["guardians"], rows["named"]),
        vouched=_vouched(rows["codes"], rows["calls"]),
        restrictions=_restrictions(rows["restrictions"], day),
        quiet=_quiet([pk for pk, *_ in rows["students"]], day, today),
        disputed=set(rows["disputed"]),
        # As signed for the term, and over it as the guardian said for today.
        agreed=dict([*rows["signed"], *rows["changed"]]),
        own=None if everywhere else set(rows["own"]),
        closed=closed,
        kept_late=set(rows["kept"]),
        open_twice=_by_student(rows["twice"]),
    )


def _given(row: Sequence[Any] | None) -> Given | None:
    if row is None:
        return None
    pk, day, issued_at, issued_to, is_paper = row
    return Given(pk, date.fromisoformat(day), datetime.fromisoformat(issued_at), issued_to, is_paper)


def _statuses(rows: Rows) -> dict[int, set[str]]:
    statuses: dict[int, set[str]] = defaultdict(set)
    for student_id, status in rows:
        statuses[student_id].add(status)
    return statuses


def _known(guardians: Rows, named: Rows) -> Mapping[int, By]:
    known: dict[int, dict[str, Someone]] = defaultdict(dict)
    for student, relation, pk, name, phone, email in guardians:
        grant = Grant(Adult(name, person_id=pk))
        known[student][f"guardian:{pk}"] = Someone(grant, relation, Guardian(pk, phone, email))
    for student, relation, pk, name, by, by_name in named:
        grant = Grant(Adult(name, pickup_id=pk), Adult(by_name, person_id=by))
        known[student][f"pickup:{pk}"] = Someone(grant, relation)
    return known


def _vouched(codes: Rows, calls: Rows) -> Mapping[int, By]:
    """Each on a guardian's word."""
    vouched: dict[int, dict[str, Someone]] = defaultdict(dict)
    for kind, rows in (("code", codes), ("call_back", calls)):
        for student, relation, pk, name, by, by_name, sha256 in rows:
            grant = Grant(Adult(name), Adult(by_name, person_id=by))
            vouched[student][f"{kind}:{pk}"] = Someone(grant, relation, sha256=sha256)
    return vouched


def _restrictions(rows: Rows, day: date) -> dict[int, list[Restriction]]:
    """By the name the office wrote, and by the name of the account it meant. All of them hold on that day."""
    found: dict[int, list[Restriction]] = defaultdict(list)
    for student, written, person, person_name, pickup in rows:
        for name in {written, person_name or written}:
            found[student].append(Restriction(Adult(name, person, pickup), day, day))
    return found


def _quiet(students: Sequence[int], day: date, today: date) -> set[tuple[int, int]]:
    """Of a day that is over, whoever must not be told by now; of today the restrictions say it."""
    return not_told(Student.objects.filter(pk__in=students), day, today) if day < today else set()


def _by_student(rows: Rows) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for student, incident, event in rows:
        found[student].append((incident, event))
    return found


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(**{name: _typed(name, value) for name, value in row.items()})


def _typed(name: str, value: Any) -> Any:
    """What JSON writes as text."""
    if value is None:
        return None
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name == "day":
        return date.fromisoformat(value)
    return UUID(value) if name in ("uid", "about") else value
