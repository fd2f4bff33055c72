"""The gate's intake: events from devices, in batches, late, twice, in any order; each is taken once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record_each
from afterschool.notices.post import as_json
from afterschool.schools.models import School
from attendance.intake import entry_of, good_of, tap_of
from attendance.models import GateEvent, Handover, Incident
from attendance.release import CALL_OFFICE
from attendance.selectors.facts import Facts
from attendance.selectors.gate_facts import facts_of
from attendance.settling import Good, Settled, Tap, settle
from attendance.told import PAGE, Delivered, Entry, Kind, Outcome, Taken, Told

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
    today = timezone.localdate(now)
    facts = facts_of(school, today, events, list_uid=list_uid, day=day, device=device, by=by)
    batch = Batch(school, Delivered(school.pk, device, facts.given, now, by), facts)
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


@dataclass
class Left:
    """The handover by which a child has left: it says what its entry says."""

    entry: Entry
    pk: int | None = None  # once it is written


class Batch:
    """Events while they are taken in: rows are kept until all is known, then each table is written once."""

    def __init__(self, school: School, brought: Delivered, facts: Facts):
        self.school, self.brought, self.facts = school, brought, facts
        self.taps: dict[int, list[Tap]] = {pk: [] for pk in facts.students}
        for entry in facts.entries:
            if entry.day == facts.day and entry.student_id in self.taps:
                self.taps[entry.student_id].append(tap_of(entry, good_of(entry)))
        self.standing = {pk: Left(facts.by_pk[entry], left) for pk, (left, entry) in facts.standing.items()}
        self.refused: dict[UUID, str] = {}
        self.entries: list[Entry] = []
        self.made: list[Left] = []
        self.undone: list[Left] = []
        self.incidents: dict[UUID, Incident] = {}  # by the entry that led to them
        self.settled: list[int] = []

    def take(self, told: Told) -> None:
        if told.uid in self.facts.by_uid:
            return  # the answer tells what the first one led to
        if because := self._unheard(told):
            self.refused[told.uid] = because
            return
        entry, good = entry_of(told, self.brought, self.facts, self.school.pk)
        taps = self.taps[told.student_id]
        tap = tap_of(entry, good)
        entry.outcome = _outcome(tap, settle(taps))
        taps.append(tap)
        self.entries.append(entry)
        self.facts.by_uid[entry.uid] = entry
        if entry.kind == Kind.RELEASE:
            self.facts.recent.append((entry.claimed_at, entry.collector_name or entry.student_id))
        if entry.outcome == Outcome.DENIED:
            self.incidents[entry.uid] = telling.denied(entry, self.facts)

    def _unheard(self, told: Told) -> str:
        """What is not even written down."""
        if told.student_id not in self.facts.students:
            return "学校里没有这个孩子"
        if told.kind == Kind.CONFIRM and not self.brought.leads:
            return "要由带班领导确认"
        if told.kind == Kind.CONFIRM and told.student_id in self.facts.disputed:
            return self._untold(told.student_id)
        return ""

    def _untold(self, student_id: int) -> str:
        """Of a day that is over the child has left, and nobody may be left who may be told of it."""
        if uncalled := self.facts.uncalled(student_id):
            return f"请先在“考勤”看板上点“给监护人打电话”，告知{'、'.join(uncalled)}"
        past = self.facts.day < timezone.localdate(self.brought.now)
        return "" if past or self.facts.told(student_id) else f"没有可以告知的监护人，{CALL_OFFICE}"

    def write(self) -> None:
        for student_id in {entry.student_id for entry in self.entries}:
            settled = settle(self.taps[student_id])
            self._stand(student_id, settled)
            self._contradict(student_id, settled)
        if self.undone:
            self._undo()
        self._write()
        for uid, incident in self.incidents.items():
            incident.event_id = self.facts.by_uid[uid].id
        if self.incidents:
            Incident.objects.bulk_create(self.incidents.values())
        if self.settled:
            because = "撤销以后只剩一次交接"
            Incident.objects.filter(pk__in=self.settled).update(
                settled_at=self.brought.now, settled_by_id=self.brought.signer, follow_up=because
            )

    def _undo(self) -> None:
        left = Handover.objects.filter(pk__in=[one.pk for one in self.undone])
        left.update(undone_at=self.brought.now, undone_by_id=self.brought.signer)
        deeds = (
            (
                Handover(pk=one.pk, school_id=self.school.pk),
                {"student": one.entry.student_id, "at": one.entry.happened_at.isoformat()},
            )
            for one in self.undone
        )
        record_each(self.brought.by, "undid_handover", deeds)

    def _write(self) -> None:
        """Entries, handovers and notes in one statement; ORM and SQL name the columns alike."""
        made, undone = ([left.entry for left in some] for some in (self.made, self.undone))
        notes = telling.notes(self.school, self.facts, self.brought, made, undone, self.incidents.values())
        rows = json.dumps([vars(entry) for entry in self.entries], default=str)
        asked: list[Any] = [rows, [entry.uid for entry in made], as_json(notes)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT gate_write(%s, %s::uuid[], %s)", asked)
            written = cursor.fetchone()[0]
        for entry in self.entries:
            entry.id = written["events"][str(entry.uid)]
        for left in self.made:
            left.pk = written["made"][str(left.entry.student_id)]

    def answer(self, told: Told) -> Taken:
        if told.uid in self.refused:
            return Taken(told.uid, told.student_id, "refused", self.refused[told.uid])
        entry = self.facts.by_uid[told.uid]
        left = self.standing.get(entry.student_id)
        taken = Taken(entry.uid, entry.student_id, entry.outcome, entry.because)
        if left is None or left.entry is not entry:
            return taken
        return taken._replace(handover_id=left.pk, at=entry.happened_at, words=entry.words)

    def _stand(self, student_id: int, settled: Settled) -> None:
        """Let the handover that stands be the one of the first tap that lives."""
        current = self.standing.get(student_id)
        first = self.facts.by_uid[settled.stands.uid] if settled.stands else None
        if current and current.entry is not first:
            self.undone.append(current)
            del self.standing[student_id]
        if first and student_id not in self.standing:
            self.standing[student_id] = Left(first)
            self.made.append(self.standing[student_id])

    def _contradict(self, student_id: int, settled: Settled) -> None:
        """One open incident for each claim that says otherwise than the one that stands; others are settled."""
        wanted = {tap.claim: tap for tap in settled.contradicting}
        for incident, pk in self.facts.open_twice.get(student_id, ()):
            claim = tap_of(self.facts.by_pk[pk], Good.YES).claim
            if wanted.pop(claim, None) is None:
                self.settled.append(incident)
        for tap in wanted.values():
            entry = self.facts.by_uid[tap.uid]
            self.incidents[entry.uid] = telling.twice(entry, self.standing[student_id].entry, self.facts)


def _outcome(tap: Tap, before: Settled) -> str:
    if tap.good is Good.NO:
        return Outcome.DENIED
    if tap.good is Good.HELD:
        return Outcome.HELD
    if tap.kind != Kind.RELEASE or before.stands is None:
        return Outcome.ACCEPTED
    same = any(live.claim == tap.claim for live in before.live)
    return Outcome.REPEATED if same else Outcome.INCIDENT
