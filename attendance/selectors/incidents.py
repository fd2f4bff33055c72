"""Incidents nobody has settled, and the numbers a second person may call."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor, Reach
from afterschool.schools.models import Guardianship, Student
from attendance.models import CallBack, Handover, Incident
from enrollment.selectors import guardians_to_tell

from .reach import children_at_the_gate


@dataclass(frozen=True)
class Number:
    """A guardian on file, and the call to them, if there was one."""

    tie: Guardianship
    call: CallBack | None


def open_incidents(reach: Reach):
    return Incident.objects.within(reach).filter(settled_at=None).select_related("student", "by", "school")


def calls_open_to(actor: Actor, incidents):
    """Whose guardians this actor may call: of every child where one sees the day, a teacher of those at one's own gate."""
    whole = Q(school__in=actor.reach(Capability.SEE_ATTENDANCE).schools)
    own = Q(student__in=children_at_the_gate(actor, timezone.localdate()))
    return incidents.filter(whole | own, student__isnull=False)


def calls_wanted(actor: Actor, day: date):
    """Adults nobody knew, for whom no second person has called a guardian yet, while the child is there; not those whom
    this actor met."""
    since = CallBack.objects.filter(student=OuterRef("student"), day=day, called_at__gte=OuterRef("at"))
    strangers = open_incidents(actor.reach(Capability.CALL_BACK)).filter(day=day, kind=Incident.Kind.WRONG_ADULT)
    gone = Handover.objects.filter(student=OuterRef("student"), day=day, undone_at=None)
    wanted = calls_open_to(actor, strangers).exclude(by=actor.person_id)
    return wanted.exclude(Exists(since.exclude(adult_name=""))).exclude(Exists(gone))


def numbers_of(student: Student, day: date, *, disputed: bool) -> list[Number]:
    """Of a dispute everybody is told, of an adult nobody knows those asked who were on file before; whoever must not
    collect the child, then or by now, neither."""
    calls = {call.guardian_id: call for call in CallBack.objects.filter(student=student, day=day)}
    ties = guardians_to_tell([student], day, timezone.localdate())[student.pk]
    return [Number(tie, calls.get(tie.person_id)) for tie in ties if disputed or tie.began_on < day]
