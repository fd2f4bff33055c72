"""服务内容: what was done in a session. What sounds like 讲新课 is written down all the same, and the leaders hear of it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from attendance.models import DayClose, Session
from attendance.selectors.log import heard_in
from staffing.selectors import leaders_of


@transaction.atomic
def write_log(session: Session, *, activity: str, content: str, reason: str = "", now: datetime, by: Actor) -> Session:
    """Write or change it. Once the day is signed, what was written is changed only for a reason; what it was stays on record."""
    session = Session.objects.select_for_update(of=("self",)).select_related("school", "section").get(pk=session.pk)
    if session.cancelled_at or timezone.localdate(now) < session.day:
        raise RuleBroken("这一场没有开，或者还没到日子")
    if activity not in Session.Activity.values:
        raise RuleBroken("请选做了什么", field="activity")
    content = content.strip()
    was = {"activity": session.activity, "content": session.content}
    if was == {"activity": activity, "content": content}:
        return session
    if session.logged_at and not reason.strip() and _is_signed(session):
        raise RuleBroken("当天已经签字，改服务内容要写明原因", field="reason")
    session.activity, session.content, session.logged_at, session.logged_by_id = activity, content, now, by.signer
    found = heard_in(session)
    flag = "、".join(one.answer for one in found)[:60]
    is_news, session.content_flag = bool(flag) and flag != session.content_flag, flag
    session.save(update_fields=["activity", "content", "content_flag", "logged_at", "logged_by"])
    record(by, "logged", session, activity=activity, content=content, was=was, reason=reason.strip(), flag=flag)
    if is_news:
        _tell_leaders(session, found[0].because, by)
    return session


def _is_signed(session: Session) -> bool:
    return DayClose.objects.filter(school=session.school_id, day=session.day).exists()


def _tell_leaders(session: Session, because: str, by: Actor) -> None:
    title = f"{session.section.name}的服务内容写了“{session.content_flag}”，请核实"
    link = f"/attendance/logs/?school={session.school_id}&day={session.day.isoformat()}"
    leaders = Person.objects.filter(pk__in=leaders_of(session.school, session.day)).exclude(pk=by.signer)
    notify_each(Note(leader, "content_flagged", title, because, link, session.school_id) for leader in leaders)
