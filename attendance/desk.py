"""What waits in the attendance room for one person."""

from datetime import date

from django.urls import reverse

from afterschool.access.capabilities import Capability as C
from afterschool.access.capabilities import Role
from afterschool.access.desk import Task
from afterschool.access.reach import Actor
from afterschool.schools.models import School
from afterschool.templatetags.words import clock, day

from . import selectors
from .models import Session


def tasks(actor: Actor, today: date) -> list[Task]:
    return [*_rolls(actor, today), *_gate(actor, today), *_close(actor, today)]


def _rolls(actor: Actor, today: date):
    """Rolls of one's own sections; a leader's own list is the board."""
    if Role.LEADER in actor.roles or not actor.may(C.TAKE_ROLL):
        return
    untaken = Session.objects.held().within(actor.reach(C.TAKE_ROLL)).filter(day=today, taken_at=None)
    for session in selectors.sessions_open_to(actor, untaken).select_related("section"):
        url = reverse("attendance:session-roll", args=[session.pk])
        yield Task(f"{session.section.name} 点名", f"{clock(session.starts_at)} 开始，还没有点名", url, icon="people")


def _gate(actor: Actor, today: date):
    if not actor.may(C.HAND_OVER) or Role.LEADER in actor.roles:
        return
    school = School.objects.filter(pk__in=selectors.sessions_at_the_gate(actor, today).values("school")).first()
    waiting = selectors.still_here(actor, today, school) if school else 0
    if waiting:
        yield Task("交接", f"还有 {waiting} 个孩子等着交接", reverse("attendance:handover"), waiting, icon="next")


def _close(actor: Actor, today: date):
    """The day that is running, and earlier ones that were never signed."""
    led = actor.reach(C.LEAD_DAY)
    if not led:
        return
    running = Session.objects.held().within(led).filter(day=today).exclude(school__day_closes__day=today)
    for school in School.objects.within(led).filter(pk__in=running.values("school")).select_related("bureau"):
        board = selectors.board(school, today)
        left = (
            f"未点名 {len(board.untaken)} 个班，还在校 {board.waiting} 人"
            if not board.can_close
            else "都已清零，请签字"
        )
        yield Task(f"{day(today)}清零签字", left, f"{reverse('attendance:day')}?school={school.pk}", icon="check")
    for one in selectors.unsigned_days(led, today):
        url = f"{reverse('attendance:day')}?school={one['school']}&day={one['day'].isoformat()}"
        yield Task(f"{day(one['day'])}没有签字", "那天还没有清零，请补办", url, urgent=True, icon="warn")
