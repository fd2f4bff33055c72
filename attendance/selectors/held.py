"""Handovers that wait for the leader's word, and the calls that must come before it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor, Reach
from afterschool.schools.models import School, Student
from attendance.models import CallBack, DayClose, GateEvent, Handover, Incident
from enrollment.selectors import guardians_to_tell, held_in_dispute

from .incidents import calls_open_to, open_incidents
from .offline import held_events, waiting_events


@dataclass(frozen=True)
class Held:
    """One handover at a gate. `uncalled`: guardians in a dispute whom nobody has told today."""

    event: GateEvent
    disputed: bool = False
    uncalled: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        if self.event.mode != Handover.Mode.COLLECTED:
            return Handover.Mode(self.event.mode).label
        return f"由{self.event.collector_relation} {self.event.collector_name} 接走"

    @property
    def can_confirm(self) -> bool:
        return not self.uncalled


def held(school: School, day: date) -> list[Held]:
    """Two queries, eight with a dispute among them."""
    events = list(held_events(school, day))
    students = {event.student_id: event.student for event in events}
    disputed = held_in_dispute(students.values(), day) if students else set()
    uncalled = _uncalled([students[pk] for pk in disputed], day) if disputed else {}
    return [Held(event, event.student_id in disputed, tuple(uncalled.get(event.student_id, ()))) for event in events]


def held_days(reach: Reach, today: date, since: int = 14) -> dict[tuple[int, date], int]:
    """How many came in after a day was signed, and wait still."""
    days = (today - timedelta(days=since), today - timedelta(days=1))
    signed = DayClose.objects.filter(school=OuterRef("school"), day=OuterRef("day"))
    late = waiting_events().within(reach).filter(Exists(signed), day__range=days)
    return Counter(late.order_by("day", "school").values_list("school", "day"))


def dispute_calls_wanted(actor: Actor, day: date) -> list[Incident]:
    """Children in a dispute who wait at the gate while guardians have yet to be told, by somebody who is not there."""
    waiting = open_incidents(actor.reach(Capability.CALL_BACK)).filter(day=day, event__in=waiting_events())
    found = list(calls_open_to(actor, waiting).exclude(by=actor.person_id))
    disputed = held_in_dispute([one.student for one in found], day)
    uncalled = _uncalled([one.student for one in found if one.student_id in disputed], day) if disputed else {}
    return [one for one in found if uncalled.get(one.student_id)]


def _uncalled(students: list[Student], day: date) -> dict[int, list[str]]:
    called = set(CallBack.objects.filter(student__in=students, day=day, agreed=True).values_list("student", "guardian"))
    return {
        pk: [f"{tie.relation} {tie.person.name}" for tie in ties if (pk, tie.person_id) not in called]
        for pk, ties in guardians_to_tell(students, day, timezone.localdate()).items()
    }
