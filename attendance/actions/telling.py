"""What the gate writes down and tells: guardians of a release, leaders of what must be looked at."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from django.utils import timezone

from afterschool.access.models import Person
from afterschool.notices.post import Note
from afterschool.schools.models import School
from attendance.models import Handover, Incident
from attendance.release import CALL_OFFICE
from attendance.selectors.facts import Facts
from attendance.told import Delivered, Entry, Kind
from staffing.selectors import leaders_of


def denied(entry: Entry, facts: Facts) -> Incident:
    """Somebody or something the rules do not let pass."""
    child = facts.students[entry.student_id].name
    if facts.restrictions[entry.student_id]:
        return _incident(entry, Incident.Kind.RESTRICTED, f"{_asker(entry)} 来接 {child}，按办公室的要求没有放行")
    if entry.because == CALL_OFFICE:
        return _incident(entry, Incident.Kind.WRONG_ADULT, f"{_asker(entry)} 不在 {child} 的授权名单里，没有放行")
    if entry.kind == Kind.WRONG_ADULT:
        return _incident(entry, Incident.Kind.WRONG_ADULT, f"{child}：{entry.because}")
    return _incident(entry, Incident.Kind.OTHER, f"{child}：{_asker(entry)}，{entry.because}")


def twice(entry: Entry, standing: Entry, facts: Facts) -> Incident:
    """Two devices or two adults: both are kept, somebody has to ask which is true."""
    child = facts.students[entry.student_id]
    note = f"{child.name} {_clock(standing.happened_at)} 已经{standing.words}，又登记了一次交接：{_asker(entry)}。两次都留着，请核实"
    return _incident(entry, Incident.Kind.TWICE, note)


def notes(
    school: School,
    facts: Facts,
    brought: Delivered,
    made: Sequence[Entry],
    undone: Sequence[Entry],
    incidents: Collection[Incident],
) -> list[Note]:
    """To the guardians of each child that has left, or has not after all; to the leaders of what is to be looked at."""
    today = timezone.localdate(brought.now)
    return [*_to_guardians(made, undone, facts, today), *_to_leaders(school, brought, facts, incidents)]


def _to_guardians(made: Sequence[Entry], undone: Sequence[Entry], facts: Facts, today: date) -> Iterator[Note]:
    """One note of each release to each guardian, but for those who must not know of the child's ways. Of a day that is
    over it names the day, and tells whoever might know then and may still."""
    standing, past = {entry.student_id for entry in made}, facts.day < today
    on = f"{facts.day:%-m月%-d日} " if past else ""
    for entry in made:
        title = f"{facts.students[entry.student_id].name} {on}{_clock(entry.happened_at)} {entry.words}"
        yield from _notes(entry, facts, "handed_over", title)
    for entry in undone:
        if entry.student_id in standing:
            continue
        who = f"{facts.students[entry.student_id].name} {on}{_clock(entry.happened_at)}"
        title = f"更正：{who} 的离校记录点错了，{'已经撤销' if past else '孩子还在学校'}"
        yield from _notes(entry, facts, "handover_undone", title)


def _notes(entry: Entry, facts: Facts, kind: str, title: str) -> Iterator[Note]:
    for guardian in facts.told(entry.student_id):
        yield Note(guardian, kind, title=title, link="/", school_id=entry.school_id)


def _to_leaders(school: School, brought: Delivered, facts: Facts, incidents: Collection[Incident]) -> Iterator[Note]:
    if not incidents:
        return
    leaders = list(Person.objects.filter(pk__in=leaders_of(school, facts.day)).exclude(pk=brought.by.signer))
    for incident in incidents:
        title = f"{_clock(incident.at)} {incident.get_kind_display()}，请到现场处置"
        for leader in leaders:
            yield Note(leader, "incident", title, incident.note, "/attendance/day/", school.pk, loud=True)


def _incident(entry: Entry, kind: str, note: str) -> Incident:
    """Of an entry that is not written yet."""
    return Incident(
        school_id=entry.school_id,
        day=entry.day,
        student_id=entry.student_id,
        kind=kind,
        note=note,
        at=entry.received_at,
        by_id=entry.by_id,
    )


def _asker(entry: Entry) -> str:
    if entry.kind == Kind.RELEASE and entry.mode != Handover.Mode.COLLECTED:
        return Handover.Mode(entry.mode).label
    return f"{entry.collector_relation} {entry.collector_name}".strip() or "来接的人"


def _clock(at) -> str:
    return f"{timezone.localtime(at):%H:%M}"
