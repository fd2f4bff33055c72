"""What a leader does beside the signature: looks into every room, writes down what happens, keeps the last child company."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils.timezone import localdate

from afterschool.access.reach import Actor
from afterschool.schools.models import School, Student
from attendance import actions as attendance
from attendance.models import Incident, Mark, Session
from staffing.models import Duty

from .clock import at, clock_shows

WRONG: tuple[dict[str, Any], ...] = (
    {"headcount_right": False, "note": "少一人，去了卫生间，已回班"},
    {"on_time": False, "note": "晚开始 5 分钟，等社团器材"},
    {"is_safe": False, "note": "后窗没有关好，已关"},
)
HAPPENED = (
    (Incident.Kind.INJURY, "跑动时摔倒，膝盖擦破", "清水冲洗，碘伏消毒，贴敷料", "家长放学时看过，没有大碍"),
    (Incident.Kind.ILLNESS, "说肚子疼，体温正常", "在医务室休息，喝温水", "二十分钟后好转，回班继续"),
)


def look_around(school: School, day: date, leader: Actor) -> None:
    """One round through the rooms; now and then something is not as it should be."""
    dice = Random(f"rounds{school.code}{day}")
    for number, session in enumerate(Session.objects.held().filter(school=school, day=day, merged_into=None)):
        found = dice.choice(WRONG) if dice.random() < 0.04 else {}
        with clock_shows(at(day, session.starts_at) + timedelta(minutes=15 + 2 * number)) as now:
            attendance.patrol(session, **found, now=now, by=leader)
    if dice.random() < 0.08:
        _something_happens(school, day, leader, dice)


def _something_happens(school: School, day: date, leader: Actor, dice: Random) -> None:
    kind, note, first_aid, follow_up = dice.choice(HAPPENED)
    there = Mark.objects.filter(school=school, session__day=day, status=Mark.Status.PRESENT).select_related("student")
    mark = dice.choice(list(there.order_by("pk")))
    with clock_shows(mark.at + timedelta(minutes=dice.randint(15, 50))) as now:
        incident = attendance.note_incident(
            school, day=day, kind=kind, note=note, student=mark.student, first_aid=first_aid, told_guardian=True, now=now,
            by=leader,
        )  # fmt: skip
    step = attendance.Step(reported_to="校长", follow_up=follow_up, settles=True)
    with clock_shows(now + timedelta(minutes=30)) as later:
        attendance.follow_incident(incident, step=step, now=later, by=leader)


def keep_company(last: Student, until: datetime, leader: Actor) -> None:
    """Once in a while somebody comes late, and a teacher stays with the child until then."""
    school, day = last.school, localdate(until)
    dice = Random(f"late{school.code}{day}")
    if dice.random() < 0.1:
        keepers = Duty.objects.filter(school=school, day=day, role=Duty.Role.TEACHER).select_related("person")
        keeper = dice.choice(list(keepers.order_by("pk"))).person
        with clock_shows(until - timedelta(minutes=5)) as now:
            attendance.begin_late([last], day=day, keeper=keeper, place="一楼图书室", now=now, by=leader)
