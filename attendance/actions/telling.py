"""What the gate writes down and tells: guardians of a release, leaders of what must be looked at."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone

from afterschool.access.models import Person
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import School
from attendance.models import GateEvent, Handover, Incident
from attendance.release import CALL_OFFICE
from attendance.selectors.facts import Facts
from attendance.told import Delivered, Kind
from enrollment.release import may_release
from staffing.selectors import leaders_of


def denied(event: GateEvent, facts: Facts) -> Incident:
    """Somebody or something the rules do not let pass."""
    child = facts.students[event.student_id].name
    if facts.restrictions[event.student_id]:
        return _incident(event, Incident.Kind.RESTRICTED, f"{_asker(event)} 来接 {child}，按办公室的要求没有放行")
    if event.because == CALL_OFFICE:
        return _incident(event, Incident.Kind.WRONG_ADULT, f"{_asker(event)} 不在 {child} 的授权名单里，没有放行")
    if event.kind == Kind.WRONG_ADULT:
        return _incident(event, Incident.Kind.WRONG_ADULT, f"{child}：{event.because}")
    return _incident(event, Incident.Kind.OTHER, f"{child}：{_asker(event)}，{event.because}")


def twice(event: GateEvent, standing: Handover, facts: Facts) -> Incident:
    """Two devices or two adults: both are kept, somebody has to ask which is true."""
    child = facts.students[event.student_id]
    note = f"{child.name} {_clock(standing.at)} 已经{standing.words}，又登记了一次交接：{_asker(event)}。两次都留着，请核实"
    return _incident(event, Incident.Kind.TWICE, note)


def tell(
    school: School,
    facts: Facts,
    brought: Delivered,
    made: Sequence[Handover],
    undone: Sequence[Handover],
    incidents: Sequence[Incident],
) -> None:
    past = facts.day < timezone.localdate(brought.now)
    notes = [*_to_guardians(made, undone, facts, past), *_to_leaders(school, brought, facts, incidents)]
    if notes:
        notify_each(notes)


def _to_guardians(made: Iterable[Handover], undone: Iterable[Handover], facts: Facts, past: bool) -> Iterator[Note]:
    """One note of each release to each guardian, but for those who must not know of the child's ways. `past`: of a day
    that is over, which the note names."""
    standing = {handover.student_id for handover in made}
    on = f"{facts.day:%-m月%-d日} " if past else ""
    for one in made:
        title = f"{facts.students[one.student_id].name} {on}{_clock(one.at)} {one.words}"
        yield from _notes(one, facts, "handed_over", title)
    for one in undone:
        if one.student_id in standing:
            continue
        who = f"{facts.students[one.student_id].name} {on}{_clock(one.at)}"
        title = f"更正：{who} 的离校记录点错了，{'已经撤销' if past else '孩子还在学校'}"
        yield from _notes(one, facts, "handover_undone", title)


def _notes(handover: Handover, facts: Facts, kind: str, title: str) -> Iterator[Note]:
    restrictions = facts.restrictions[handover.student_id]
    for one in facts.known[handover.student_id]:
        if one.person and may_release([one.grant], restrictions, facts.day):
            yield Note(one.person, kind, title=title, link="/", school_id=handover.school_id)


def _to_leaders(school: School, brought: Delivered, facts: Facts, incidents: Sequence[Incident]) -> Iterator[Note]:
    if not incidents:
        return
    leaders = list(Person.objects.filter(pk__in=leaders_of(school, facts.day)).exclude(pk=brought.by.signer))
    for incident in incidents:
        title = f"{_clock(incident.at)} {incident.get_kind_display()}，请到现场处置"
        for leader in leaders:
            yield Note(leader, "incident", title, incident.note, "/attendance/day/", school.pk, loud=True)


def _incident(event: GateEvent, kind: str, note: str) -> Incident:
    return Incident(
        school_id=event.school_id,
        day=event.day,
        student_id=event.student_id,
        event=event,
        kind=kind,
        note=note,
        at=event.received_at,
        by_id=event.by_id,
    )


def _asker(event: GateEvent) -> str:
    if event.kind == Kind.RELEASE and event.mode != Handover.Mode.COLLECTED:
        return Handover.Mode(event.mode).label
    return f"{event.collector_relation} {event.collector_name}".strip() or "来接的人"


def _clock(at) -> str:
    return f"{timezone.localtime(at):%H:%M}"
