"""What waits to be written down or looked after: 服务内容 and 场所, for `desk.py`."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse

from afterschool.access.capabilities import Capability as C
from afterschool.access.capabilities import Role
from afterschool.access.desk import Task
from afterschool.access.reach import Actor

from .models import DayClose, Session
from .selectors import sessions_open_to
from .selectors.venues import venue_rows


def tasks(actor: Actor, today: date) -> list[Task]:
    return [*_flagged(actor), *_unwritten(actor, today), *_venues(actor, today)]


def _flagged(actor: Actor) -> Iterator[Task]:
    """Content that sounds forbidden, until the day is signed."""
    led = actor.reach(C.LEAD_DAY)
    if not led:
        return
    signed = DayClose.objects.filter(school=OuterRef("school"), day=OuterRef("day"))
    flagged = Session.objects.within(led).exclude(content_flag="").exclude(Exists(signed))
    for session in flagged.select_related("section"):
        url = f"{reverse('attendance:logs')}?school={session.school_id}&day={session.day.isoformat()}"
        yield Task(
            f"{session.section.name}写了“{session.content_flag}”", "像是不许在课后服务里做的，请核实", url, icon="warn"
        )


def _unwritten(actor: Actor, today: date) -> Iterator[Task]:
    """The teacher's own sessions of today that have been called and not been told of."""
    if Role.LEADER in actor.roles or not actor.may(C.TAKE_ROLL):
        return
    silent = Session.objects.held().within(actor.reach(C.TAKE_ROLL)).filter(day=today, logged_at=None)
    for session in sessions_open_to(actor, silent.exclude(taken_at=None)).select_related("section"):
        url = reverse("attendance:log", args=[session.pk])
        yield Task(f"记{session.section.name}的服务内容", "点一下就好，和上次一样也行", url, icon="edit")


def _venues(actor: Actor, today: date) -> Iterator[Task]:
    kept = actor.reach(C.KEEP_SAFETY)
    if not kept:
        return
    rows, url = venue_rows(kept, today), reverse("attendance:venues")
    dangers = [one for row in rows for one in row.open_dangers]
    if dangers:
        overdue = any(one.mend_by and one.mend_by < today for one in dangers)
        detail = "、".join(f"{one.venue.name}：{one.found}" for one in dangers)
        yield Task(f"{len(dangers)} 处隐患还没整改", detail, url, len(dangers), urgent=overdue, icon="warn")
    late = [row for row in rows if row.days_late]
    if late:
        detail = "、".join(row.venue.name for row in late)
        yield Task(f"{len(late)} 个场所该查安全了", detail, url, len(late), icon="school")
