"""The gate's intake: events from devices, in batches, late, twice, in any order; each is taken once."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record_each
from afterschool.schools.models import School
from attendance.intake import event_of, good_of, tap_of
from attendance.models import GateEvent, Handover, Incident
from attendance.selectors.facts import Facts, facts_of
from attendance.settling import Good, Settled, Tap, settle
from attendance.told import PAGE, Delivered, Kind, Outcome, Taken, Told

from . import telling


@transaction.atomic
def take_events(
    school: School,
    events: Sequence[Told],
    *,
    device: str,
    list_uid: UUID | None = None,
    day: date | None = None,
    now: datetime,
    by: Actor,
) -> list[Taken]:
    """Each event once by its number; what contradicts is kept as an incident. The answers come in the order told.

    `list_uid` names the list that the device worked with, whose day it is; without one it is `day`, or today.

    Whatever the order of receipt, the same taps live, the same children have left, the same contradictions are open.
    """
    if not events:
        return []
    facts = facts_of(
        school, day or timezone.localdate(now), list_uid=list_uid, students={told.student_id for told in events},
        uids=[told.uid for told in events], device=device, claims=[told.claimed_at for told in events], by=by,
    )  # fmt: skip
    batch = Batch(school, Delivered(device, facts.given, now, by), facts)
    for told in sorted(events, key=lambda one: (one.sequence, one.claimed_at, one.uid)):
        batch.take(told)
    batch.write()
    return [batch.answer(told) for told in events]


def confirm_held(event: GateEvent, *, now: datetime, by: Actor) -> Taken:
    """A leader has looked: the child did leave like that."""
    told = Told(uuid4(), Kind.CONFIRM, event.student_id, now, tick(now), about=event.uid)
    return take_events(event.school, [told], device=page_of(by), day=event.day, now=now, by=by)[0]


def undo_held(event: GateEvent, *, now: datetime, by: Actor) -> Taken:
    """A leader has looked: the child did not leave like that."""
    told = Told(uuid4(), Kind.UNDO, event.student_id, now, tick(now), about=event.uid)
    return take_events(event.school, [told], device=page_of(by), day=event.day, now=now, by=by)[0]


def page_of(by: Actor) -> str:
    """A person who taps on pages of the server is a device too."""
    return f"{PAGE}{by.signer}"


def tick(now: datetime) -> int:
    """The server's own sequence: milliseconds of the day."""
    local = timezone.localtime(now)
    return ((local.hour * 60 + local.minute) * 60 + local.second) * 1000 + local.microsecond // 1000


COLUMNS = [field.attname for field in GateEvent._meta.concrete_fields if not field.primary_key]


class Batch:
    """Events while they are taken in: rows are kept until all is known, then each table is written once."""

    def __init__(self, school: School, brought: Delivered, facts: Facts):
        self.school, self.brought, self.facts = school, brought, facts
        self.taps: dict[int, list[Tap]] = {pk: [] for pk in facts.students}
        for event in facts.events:
            if event.day == facts.day and event.student_id in self.taps:
                self.taps[event.student_id].append(tap_of(event, good_of(event)))
        self.standing = dict(facts.standing)
        self.refused: dict = {}
        self.events: list[GateEvent] = []
        self.made: list[Handover] = []
        self.undone: list[Handover] = []
        self.incidents: list[Incident] = []
        self.settled: list[Incident] = []

    def take(self, told: Told) -> None:
        if told.uid in self.facts.by_uid:
            return  # the answer tells what the first one led to
        if because := self._unheard(told):
            self.refused[told.uid] = because
            return
        event, good = event_of(told, self.brought, self.facts, self.school.pk)
        taps = self.taps[told.student_id]
        tap = tap_of(event, good)
        event.outcome = _outcome(tap, settle(taps))
        taps.append(tap)
        self.events.append(event)
        self.facts.by_uid[event.uid] = event
        if event.kind == Kind.RELEASE:
            self.facts.recent.append(event)
        if event.outcome == Outcome.DENIED:
            self.incidents.append(telling.denied(event, self.facts))

    def _unheard(self, told: Told) -> str:
        """What is not even written down."""
        if told.student_id not in self.facts.students:
            return "学校里没有这个孩子"
        if told.kind == Kind.CONFIRM and not self.brought.leads:
            return "要由带班领导确认"
        if told.kind == Kind.CONFIRM and told.student_id in self.facts.disputed:
            return "" if self.facts.child(told.student_id).both_called else "请先给双方监护人打电话并登记"
        return ""

    def write(self) -> None:
        for student_id in {event.student_id for event in self.events}:
            settled = settle(self.taps[student_id])
            self._stand(student_id, settled)
            self._contradict(student_id, settled)
        if self.undone:
            Handover.objects.bulk_update(self.undone, ["undone_at", "undone_by"])
            deeds = ((one, {"student": one.student_id, "at": one.at.isoformat()}) for one in self.undone)
            record_each(self.brought.by, "undid_handover", deeds)
        self._write()
        Incident.objects.bulk_create(self.incidents)
        if self.settled:
            Incident.objects.bulk_update(self.settled, ["settled_at", "settled_by", "follow_up"])
        telling.tell(self.school, self.facts, self.brought, self.made, self.undone, self.incidents)

    def _write(self) -> None:
        """Events and handovers in one statement; ORM and SQL name the columns alike."""
        rows = [{name: getattr(event, name) for name in COLUMNS} for event in self.events]
        made = [one.event.uid for one in self.made if one.event]
        with connection.cursor() as cursor:
            cursor.execute("SELECT gate_write(%s, %s::uuid[])", [json.dumps(rows, default=str), made])
            written = cursor.fetchone()[0]
        for event in self.events:
            event.pk = written["events"][str(event.uid)]
        for handover in self.made:
            handover.pk, handover.event = written["made"][str(handover.student_id)], handover.event

    def answer(self, told: Told) -> Taken:
        if told.uid in self.refused:
            return Taken(told.uid, told.student_id, "refused", self.refused[told.uid])
        event = self.facts.by_uid[told.uid]
        stands = self.standing.get(event.student_id)
        if stands is None or stands.event_id != event.pk:
            return Taken(event.uid, event.student_id, event.outcome, event.because)
        return Taken(event.uid, event.student_id, event.outcome, event.because, stands.pk, stands.at, stands.words)

    def _stand(self, student_id: int, settled: Settled) -> None:
        """Let the handover that stands be the one of the first tap that lives."""
        current = self.standing.get(student_id)
        first = self.facts.by_uid[settled.stands.uid] if settled.stands else None
        if current and (first is None or current.event_id != first.pk):
            current.undone_at, current.undone_by_id = self.brought.now, self.brought.signer
            self.undone.append(current)
            del self.standing[student_id]
        if first and student_id not in self.standing:
            self.standing[student_id] = self._handover(first)
            self.made.append(self.standing[student_id])

    def _handover(self, event: GateEvent) -> Handover:
        copied = ("school_id", "day", "student_id", "mode", "how", "guardian_id", "pickup_person_id", "code_id",
                  "call_back_id", "collector_name", "collector_relation", "place", "by_id")  # fmt: skip
        return Handover(event=event, at=event.happened_at, **{name: getattr(event, name) for name in copied})

    def _contradict(self, student_id: int, settled: Settled) -> None:
        """One open incident for each claim that says otherwise than the one that stands; others are settled."""
        wanted = {tap.claim: tap for tap in settled.contradicting}
        for incident in self.facts.open_twice:
            if incident.student_id != student_id or incident.event_id is None:
                continue
            event = self.facts.by_pk[incident.event_id]
            if wanted.pop(tap_of(event, Good.YES).claim, None) is None:
                incident.settled_at, incident.settled_by_id = self.brought.now, self.brought.signer
                incident.follow_up = "撤销以后只剩一次交接"
                self.settled.append(incident)
        for tap in wanted.values():
            event = self.facts.by_uid[tap.uid]
            self.incidents.append(telling.twice(event, self.standing[student_id], self.facts))


def _outcome(tap: Tap, before: Settled) -> str:
    if tap.good is Good.NO:
        return Outcome.DENIED
    if tap.good is Good.HELD:
        return Outcome.HELD
    if tap.kind != Kind.RELEASE or before.stands is None:
        return Outcome.ACCEPTED
    same = any(live.claim == tap.claim for live in before.live)
    return Outcome.REPEATED if same else Outcome.INCIDENT
