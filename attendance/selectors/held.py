"""Handovers that wait for the leader's word, and the calls that must come before it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from afterschool.access.reach import Reach
from afterschool.schools.models import Guardianship, School, Student
from attendance.models import CallBack, DayClose, GateEvent, Handover
from enrollment.selectors import barred_guardians, held_in_dispute

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


def _uncalled(students: list[Student], day: date) -> dict[int, list[str]]:
    """But for whoever must not collect the child, and so must not be told."""
    called = set(CallBack.objects.filter(student__in=students, day=day, agreed=True).values_list("student", "guardian"))
    ties = Guardianship.objects.open_on(day).filter(student__in=students).select_related("person")
    done = called | barred_guardians(students, day)
    found: dict[int, list[str]] = {}
    for tie in ties:
        if (tie.student_id, tie.person_id) not in done:
            found.setdefault(tie.student_id, []).append(f"{tie.relation} {tie.person.name}")
    return found
