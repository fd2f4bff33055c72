"""A virtual day: a thousand children, whatever may happen at a gate, and a network that loses, repeats and shuffles.

Every minute the beat looks; at every minute each child is accounted for or alarmed in time, and at the close each child
has exactly one final state.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from django.db import connection

from afterschool.access.capabilities import Role
from attendance.actions import (
    begin_batch,
    begin_late,
    children_left,
    close_day,
    confirm_held,
    correct_mark,
    take_events,
    take_roll,
    undo_held,
)
from attendance.actions.left import LIMITS
from attendance.models import Alarm, GateEvent, Handover, Incident, LateStay, Mark
from attendance.selectors import board, day_book
from attendance.selectors.offline import held_events
from attendance.selectors.owing import owing
from attendance.told import Told
from tests import cast
from tests.attendance.crowd import ROOM, Class, gather
from tests.attendance.town import THURSDAY, at

SECTIONS = 25
MINUTE = timedelta(minutes=1)
LEAVE_AT = {1: at(17, 30), 2: at(17, 30), 3: at(17, 40), 4: at(17, 40), 5: at(17, 50), 6: at(17, 50)}


class Phone:
    """A device at the gate: what is tapped waits until the network lets it through, and may go twice."""

    def __init__(self, day, klass: Class):
        self.day, self.klass, self.dice = day, klass, day.dice
        self.device = klass.given.device
        self.queue: list[Told] = []
        self.sequence = 0
        self.dark: tuple[datetime, datetime] = (at(20), at(20))

    def tap(self, child, now, kind="release", **more) -> Told:
        self.sequence += 1
        mother = f"guardian:{self.day.mothers[child.pk]}"
        how = {"mode": "collected", "adult": mother} if kind == "release" else {}
        told = Told(
            UUID(int=self.dice.getrandbits(128), version=4), kind, child.pk, now, self.sequence, **{**how, **more}
        )
        self.queue.append(told)
        return told

    def send(self, now, lossy=True):
        if not self.queue or (lossy and (self.dark[0] <= now < self.dark[1] or self.dice.random() < 0.1)):
            return
        some = self.dice.sample(self.queue, self.dice.randint(1, len(self.queue))) if lossy else list(self.queue)
        again = [told for told in some if self.dice.random() < 0.05]
        taken = take_events(
            self.day.school,
            [*some, *again],
            device=self.device,
            list_uid=self.klass.given.uid,
            now=now,
            by=self.klass.by,
        )
        self.day.answered.update((one.uid, one.outcome) for one in taken)
        if not lossy or self.dice.random() > 0.1:  # otherwise the answer is lost on its way back
            self.queue = [told for told in self.queue if told not in some]


class Day:
    def __init__(self, school, term, seed: int):
        self.dice, self.school = Random(seed), school
        self.classes = gather(school, term, SECTIONS)
        self.leader = cast.act(cast.make_person("领导", Role.LEADER, school), THURSDAY)
        self.keeper = cast.make_person("看护", Role.TEACHER, school)
        self.children = {child.pk: child for klass in self.classes for child in klass.children}
        ties = school.students.values_list("pk", "guardianships__person")
        self.mothers = dict(ties)
        self.phones = [Phone(self, klass) for klass in self.classes]
        self.plans: dict[datetime, list] = defaultdict(list)
        self.answered: dict[UUID, str] = {}
        self.since: dict[int, datetime] = {}
        self.until = {pk: LEAVE_AT[child.school_class.grade] for pk, child in self.children.items()}
        for name, grades, leaves_at in (("第二批", [3, 4], at(17, 40)), ("第三批", [5, 6], at(17, 50))):
            begin_batch(school, name=name, grades=grades, leaves_at=leaves_at.time(), began_on=THURSDAY, by=self.leader)
        for phone in self.phones:
            self._plan(phone)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as after a night; earlier tests of this connection had a handful of children

    # ------------------------------------------------------------ what people do

    def _plan(self, phone: Phone) -> None:
        dice, klass = self.dice, phone.klass
        away = {child.pk: dice.choice(["absent", "ill", "leave"]) for child in klass.children if dice.random() < 0.06}
        forgotten = dice.random() < 0.05
        roll_at = at(18, 7) if forgotten else at(15, 45) + dice.randint(0, 15) * MINUTE
        self.plans[roll_at].append(
            lambda now: take_roll(klass.session, exceptions=away, now=now, by=self.leader if forgotten else klass.by)
        )
        if dice.random() < 0.2:
            dark = at(17, 25) + dice.randint(0, 30) * MINUTE
            phone.dark = (dark, dark + dice.randint(5, 60) * MINUTE)
        for child in klass.children:
            if child.pk not in away or dice.random() < 0.05:  # some who were marked away were there all the same
                self._plan_child(phone, child)

    def _plan_child(self, phone: Phone, child) -> None:
        dice, fate = self.dice, self.dice.random()
        if fate < 0.04:
            return  # nobody comes
        comes = self.until[child.pk] + int(dice.triangular(-3, 30, 5)) * MINUTE
        self.plans[comes].append(lambda now: phone.tap(child, now, pace=7 if fate > 0.985 else dice.randint(0, 3)))
        if fate < 0.07:
            self.plans[comes + MINUTE].append(lambda now: phone.tap(child, now))  # twice on the same device
        elif fate < 0.10:
            other = dice.choice(self.phones)
            self.plans[comes + MINUTE].append(lambda now: other.tap(child, now))  # and on another one
        elif fate < 0.13:
            self.plans[comes + MINUTE].append(lambda now: self._take_back(phone, child, now))
        elif fate < 0.15:
            self.plans[comes - MINUTE].append(lambda now: phone.tap(child, now, kind="wrong_adult"))
        elif fate < 0.17:
            self.plans[comes - MINUTE].append(lambda now: phone.tap(child, now, mode="self", adult=""))

    def _take_back(self, phone: Phone, child, now) -> None:
        """The wrong child was tapped; most of them are collected a little later all the same."""
        mine = [told for told in phone.queue if told.student_id == child.pk]
        known = GateEvent.objects.filter(student=child, device=phone.device, kind="release").values_list(
            "uid", flat=True
        )
        about = mine[-1].uid if mine else known.last()
        if about:
            phone.tap(child, now, kind="undo", about=about, mode="", adult="")
        if self.dice.random() < 0.7:
            self.plans[now + self.dice.randint(2, 20) * MINUTE].append(lambda then: phone.tap(child, then))

    def lead(self, now: datetime) -> None:
        """The leader looks at what waits, and after a while at who is left; some of them slip the mind."""
        for event in held_events(self.school, THURSDAY):
            if self.dice.random() < 0.7:
                (confirm_held if self.dice.random() < 0.8 else undo_held)(event, now=now, by=self.leader)
        if now >= at(18, 25):
            self.settle(
                now, [pk for pk, state in self.states().items() if state == "here" and self.dice.random() < 0.5]
            )

    def settle(self, now: datetime, left: list[int]) -> None:
        keep = []
        for pk in left:
            if self.dice.random() < 0.05:
                session = Mark.objects.get(student=pk).session
                correct_mark(
                    session, student=self.children[pk], status="absent", reason="没来过", now=now, by=self.leader
                )
            else:
                keep.append(self.children[pk])
        if keep:
            begin_late(keep, day=THURSDAY, keeper=self.keeper, place="图书室", now=now, by=self.leader)

    # ------------------------------------------------------------ what must hold

    def states(self) -> dict[int, str]:
        """Counted anew from the rows, in other words than the house's."""
        marks = dict(Mark.objects.filter(session__day=THURSDAY).values_list("student", "status"))
        gone = Handover.objects.filter(day=THURSDAY, undone_at=None).values_list("student", flat=True)
        kept = set(LateStay.objects.filter(ended_at=None).values_list("student", flat=True))
        assert len(set(gone)) == len(gone), "one handover stands for a child"
        found = {}
        for pk in self.children:
            mark = marks.get(pk)
            present = mark in ("present", "late", "early")
            found[pk] = "kept" if present and pk in kept else "here" if present else mark or "unmarked"
        return found | dict.fromkeys(gone, "gone")

    def watch(self, now: datetime) -> None:
        """The beat, and then: whoever is in no final state was alarmed in time, nobody else is."""
        children_left(self.school, day=THURSDAY, now=now, by=self.leader)
        left = {pk for pk, state in self.states().items() if state in ("here", "unmarked")}
        self.since = {pk: self.since.get(pk, now) for pk in left}
        rows = Alarm.objects.filter(settled_at=None).values_list("student", "step", "at")
        alarms = {(pk, step): raised for pk, step, raised in rows}
        assert {pk for pk, _ in alarms} <= left
        for pk in left:
            for step, limit in LIMITS.items():
                due = max(self.until[pk] + limit, self.since[pk])
                if now >= due:
                    assert alarms[pk, step] - due <= MINUTE, (pk, step, now)

    def run(self, first: datetime, last: datetime) -> None:
        now = first
        while now <= last:
            for deed in self.plans.pop(now, ()):
                deed(now)
            for n, phone in enumerate(self.phones):
                if (n + now.minute) % 4 == 0:
                    phone.send(now)
            if now.minute % 5 == 0 and now >= at(17, 45):
                self.lead(now)
            if now >= at(17, 58):
                self.watch(now)
            now += MINUTE


@pytest.mark.django_db
def test_nobody_is_forgotten_on_a_day_of_a_thousand_children(haitang, term):
    day = Day(haitang, term, seed=20261015)
    day.run(at(15, 45), at(18, 55))

    assert len(day.children) == SECTIONS * ROOM == 1000
    assert {alarm.step for alarm in Alarm.objects.all()} == set(LIMITS), "the day was bad enough for all three"
    for phone in day.phones[1:]:
        phone.send(at(18, 56), lossy=False)
    for event in held_events(day.school, THURSDAY):
        confirm_held(event, now=at(18, 57), by=day.leader)
    for event in held_events(day.school, THURSDAY):  # a tap after a restriction or a call that is missing
        undo_held(event, now=at(18, 57), by=day.leader)
    day.settle(at(18, 58), [pk for pk, state in day.states().items() if state == "here"])
    still = owing(day.school, THURSDAY, at(18, 59)).words
    closed = close_day(day.school, day=THURSDAY, despite=still, now=at(18, 59), by=day.leader)

    final = day.states()
    assert set(final.values()) <= {"gone", "kept", "absent", "ill", "leave"}
    assert final == {pk: str(state) for pk, state in day_book(day.school, THURSDAY).states().items()}
    assert (closed.counts["listed"], closed.counts["handed_over"]) == (1000, list(final.values()).count("gone"))
    assert not Alarm.objects.filter(settled_at=None).exists()

    day.phones[0].send(at(19, 5), lossy=False)  # the last device finds the network after the signature
    assert {pk for pk, state in day.states().items() if state != final[pk]} <= {
        pk for pk in final if final[pk] == "kept"
    }
    assert board(day.school, THURSDAY).left == []
    known = dict(GateEvent.objects.values_list("uid", "outcome"))
    assert {uid for uid, outcome in day.answered.items() if outcome != "refused"} <= set(known), "each event once"
    assert {"repeated", "incident", "held", "denied"} <= set(day.answered.values())
    assert Incident.objects.filter(kind=Incident.Kind.TWICE).exists()
