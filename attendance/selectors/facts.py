"""All that is known of some children when somebody taps at the gate. The queries do not grow with the children."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from afterschool.access.reach import Actor
from afterschool.schools.models import School, Student
from attendance.models import (
    CallBack,
    DayClose,
    GateEvent,
    Handover,
    Incident,
    LateStay,
    Mark,
    PickupChange,
    PickupCode,
)
from attendance.release import Child
from enrollment.selectors import Known, grants_of, held_in_dispute, restrictions_of, walks_alone

from .gate import leave_modes
from .reach import GATE, children_at_the_gate

IN_A_MOMENT = timedelta(seconds=10)


@dataclass
class Facts:
    """One school's gate, as far as these children are concerned."""

    day: date
    students: Mapping[int, Student]
    events: list[GateEvent]  # of these children today, and those asked for again, in the order of receipt
    recent: list[GateEvent]  # what the same device released about the same time
    standing: Mapping[int, Handover]
    statuses: Mapping[int, set[str]]
    known: Mapping[int, list[Known]]
    restrictions: Mapping[int, list]
    disputed: Collection[int]
    agreed: Mapping[int, str]
    codes: Mapping[int, PickupCode]
    call_backs: Mapping[int, CallBack]
    own: Collection[int] | None  # the children of this person's own gate; None: every child
    closed: bool
    kept_late: Collection[int]
    open_twice: list[Incident]  # contradictions nobody has settled
    by_uid: dict[UUID, GateEvent] = field(init=False)

    def __post_init__(self):
        self.by_uid = {event.uid: event for event in self.events}

    def is_here(self, student_id: int) -> bool:
        return bool(self.statuses.get(student_id, set()) & set(Mark.HERE))

    def child(self, student_id: int) -> Child:
        guardians = {one.person.pk for one in self.known[student_id] if one.person}
        called = {call.guardian_id for call in self.call_backs.values() if call.student_id == student_id}
        return Child(
            grants=[one.grant for one in self.known[student_id]],
            restrictions=self.restrictions[student_id],
            disputed=student_id in self.disputed,
            both_called=bool(guardians) and guardians <= called,
            agreed=self.agreed.get(student_id, Handover.Mode.COLLECTED),
            may_walk=walks_alone(self.students[student_id]).answer,
        )


def facts_of(
    school: School, day: date, *, students: Collection[int], uids: Collection[UUID], device: str,
    claims: Sequence[datetime], alone: bool, named: bool, by: Actor,
) -> Facts:  # fmt: skip
    """`alone`: somebody leaves without an adult; `named`: somebody comes with a code or after a call."""
    children = Student.objects.filter(school=school, pk__in=students).select_related("school_class")
    found = {student.pk: student for student in children}
    for student in found.values():
        student.school = school
    # Two questions that an index answers each, not one that needs both.
    events = GateEvent.objects.order_by().filter(student__in=found, day=day)
    events = events.union(GateEvent.objects.order_by().filter(uid__in=uids))
    tapped = list(events.order_by("pk"))
    disputed = held_in_dispute(found, day)
    return Facts(
        day=day,
        students=found,
        events=tapped,
        recent=_recent(device, claims),
        standing={one.student_id: one for one in Handover.objects.filter(student__in=found, day=day, undone_at=None)},
        statuses=_statuses(found, day),
        known=grants_of(found.values(), day),
        restrictions=restrictions_of(found, day),
        disputed=disputed,
        agreed=_agreed(found, day) if alone else {},
        codes=_codes(found, day) if named else {},
        call_backs=_call_backs(found, day) if named or disputed else {},
        own=_own(by, school, day, found),
        closed=DayClose.objects.filter(school=school, day=day).exists(),
        kept_late=set(
            LateStay.objects.filter(student__in=found, day=day, ended_at=None).values_list("student", flat=True)
        ),
        open_twice=_open_twice(found, day) if tapped else [],
    )


def _recent(device: str, claims: Sequence[datetime]) -> list[GateEvent]:
    """What this device released in the moments before."""
    near = Q(claimed_at__gt=min(claims) - IN_A_MOMENT, claimed_at__lte=max(claims))
    return list(GateEvent.objects.filter(near, device=device, kind=GateEvent.Kind.RELEASE))


def _statuses(students: Collection[int], day: date) -> dict[int, set[str]]:
    statuses: dict[int, set[str]] = defaultdict(set)
    marks = Mark.objects.filter(student__in=students, session__day=day, session__cancelled_at=None)
    for student_id, status in marks.values_list("student", "status"):
        statuses[student_id].add(status)
    return statuses


def _agreed(students: Mapping[int, Student], day: date) -> dict[int, str]:
    """As signed for the term, and over it as the guardian said for today."""
    today = PickupChange.objects.filter(student__in=students, day=day, cancelled_at=None)
    return leave_modes(students, day) | dict(today.values_list("student", "mode"))


def _codes(students: Collection[int], day: date) -> dict[int, PickupCode]:
    codes = PickupCode.objects.filter(student__in=students, day=day, cancelled_at=None)
    return codes.select_related("made_by").in_bulk()


def _call_backs(students: Collection[int], day: date) -> dict[int, CallBack]:
    return CallBack.objects.filter(student__in=students, day=day, agreed=True).select_related("guardian").in_bulk()


def _open_twice(students: Collection[int], day: date) -> list[Incident]:
    twice = Incident.objects.filter(student__in=students, day=day, kind=Incident.Kind.TWICE, settled_at=None)
    return list(twice.exclude(event=None).select_related("event"))


def _own(by: Actor, school: School, day: date, students: Collection[int]) -> Collection[int] | None:
    if school.pk in by.reach_as(GATE).schools:
        return None
    return set(children_at_the_gate(by, day).filter(pk__in=students).values_list("pk", flat=True))
