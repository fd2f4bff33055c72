"""异常: what happened, what was done at once, who was told, what followed, and when it was over."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import School, Student
from attendance.models import GateEvent, Incident
from enrollment.selectors import held_in_dispute
from staffing.selectors import leaders_of

from .day import lock

Kind = Incident.Kind
OF_THE_BODY = (Kind.ILLNESS, Kind.INJURY)  # a guardian has to hear of it before it is over


@dataclass(frozen=True)
class Step:
    """What is added to an incident: blank words leave what stands."""

    first_aid: str = ""
    told_guardian: bool = False
    reported_to: str = ""
    follow_up: str = ""
    settles: bool = False


@transaction.atomic
def note_incident(
    school: School,
    *,
    day: date,
    kind: str,
    note: str,
    student: Student | None = None,
    event: GateEvent | None = None,
    first_aid: str = "",
    told_guardian: bool = False,
    now: datetime,
    by: Actor,
) -> Incident:
    """Write down what happened and what was done; the leaders hear of it at once."""
    if not note.strip():
        raise RuleBroken("请写明经过与处置", field="note")
    if kind in OF_THE_BODY and student is None:
        raise RuleBroken("请选是哪个孩子", field="student")
    incident = Incident(
        school=school, day=day, student=student, event=event, kind=kind, note=note.strip(), at=now, by_id=by.signer
    )
    _add(incident, Step(first_aid=first_aid, told_guardian=told_guardian), now, by)
    incident.save()
    record(by, "noted", incident, kind=kind, student=student.pk if student else None)
    title = f"{timezone.localtime(now):%H:%M} {incident.get_kind_display()}，请到现场处置"
    body = (f"{student.name}：" if student else "") + incident.note
    leaders = Person.objects.filter(pk__in=leaders_of(school, day)).exclude(pk=by.signer)
    link = f"/attendance/incidents/{incident.pk}/"
    notify_each(Note(leader, "incident", title, body, link, school.pk, loud=True) for leader in leaders)
    return incident


@transaction.atomic
def follow_incident(incident: Incident, *, step: Step, now: datetime, by: Actor) -> Incident:
    """Add what was done since; whoever is told or reported to is told at this hour. Nothing is added once it is over."""
    lock(incident.school_id)
    incident = Incident.objects.select_related("student").get(pk=incident.pk)
    if incident.settled_at:
        raise RuleBroken("这件异常已经处理完毕，不能再改")
    _add(incident, step, now, by)
    if step.settles:
        _settle(incident, now, by)
    incident.save()
    record(by, "followed_up", incident, **{name: said for name, said in asdict(step).items() if said})
    return incident


@transaction.atomic
def call_about_dispute(event: GateEvent, *, now: datetime, by: Actor) -> Incident:
    """争议中的孩子等着放行: the calls to every guardian are written down at one incident, opened for this event once."""
    lock(event.school_id)
    if event.student_id not in held_in_dispute([event.student], event.day):
        raise RuleBroken("这个孩子没有登记争议，不用打电话", field="event")
    incident = Incident.objects.filter(event=event, settled_at=None).first()
    if incident is None:
        incident = Incident.objects.create(
            school_id=event.school_id, day=event.day, student=event.student, event=event, kind=Kind.OTHER,
            note="监护人之间有争议，放行前要先打电话告知监护人", at=now, by_id=event.by_id,
        )  # fmt: skip
        record(by, "noted", incident, kind=incident.kind, student=event.student_id)
    return incident


def _add(incident: Incident, step: Step, now: datetime, by: Actor) -> None:
    if step.first_aid.strip():
        incident.first_aid = step.first_aid.strip()
    if step.told_guardian and incident.guardian_told_at is None:
        incident.guardian_told_at, incident.guardian_told_by_id = now, by.signer
    if step.reported_to.strip() and step.reported_to.strip() != incident.reported_to:
        incident.reported_to, incident.reported_at = step.reported_to.strip(), now
    if step.follow_up.strip():
        said = f"{timezone.localtime(now):%-m月%-d日 %H:%M} {by.name}：{step.follow_up.strip()}"
        incident.follow_up = "\n".join(filter(None, [incident.follow_up, said]))


def _settle(incident: Incident, now: datetime, by: Actor) -> None:
    if incident.kind in OF_THE_BODY and incident.guardian_told_at is None:
        raise RuleBroken("孩子生病、受伤，要先告知家长", field="told_guardian")
    if not incident.follow_up:
        raise RuleBroken("请写明后来怎样处理", field="follow_up")
    incident.settled_at, incident.settled_by_id = now, by.signer
