"""清零签字: the leader signs the day when every child is accounted for."""

from datetime import date, datetime

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.policy import staffing
from afterschool.policy.verdict import Cite
from afterschool.schools.models import School
from afterschool.schools.rules import policy_of
from attendance.models import DayClose
from attendance.selectors import Board, board
from attendance.selectors.owing import owing

from .day import lock
from .left import settle_alarms

MOST_NAMES = 8


@transaction.atomic
def close_day(school: School, *, day: date, note: str = "", despite: str = "", now: datetime, by: Actor) -> DayClose:
    """Refuses while a section has no roll, a child is in no final state or a handover waits, and says which and who.

    `despite`: what else is open, in the words the signer has read. Other words than those of this hour are refused.
    """
    if by.person_id is None:
        raise RuleBroken("当日结束要由带班领导本人签字")
    lock(school.pk)
    today = board(school, day)
    if today.close:
        return today.close
    if not today.sections:
        raise RuleBroken(f"{day:%-m月%-d日}没有课后服务，不用签字")
    if missing := _missing(today):
        raise RuleBroken(missing, cite=leader_cite(school, day))
    open_at_signing = owing(school, day, now)
    if (still := open_at_signing.words) != despite:
        raise RuleBroken(
            f"还有 {still}；看清了再按“仍要签字”" if still else "刚才没办完的事已经办完，请再签一次", field="despite"
        )
    counts = today.counts | open_at_signing.counts
    close = DayClose.objects.create(
        school=school, day=day, closed_at=now, closed_by_id=by.person_id, note=note.strip(), counts=counts
    )
    settle_alarms(school, day=day, now=now, by=by)  # whoever was alarmed hears that it is over
    record(by, "closed_day", close, day=day.isoformat(), despite=despite, **counts)
    return close


def leader_cite(school: School, day: date) -> Cite | None:
    """The clause that makes a leader answer for the day."""
    return staffing.leaders_needed(policy_of(school, day), day, stage=school.stage).cite


def _missing(today: Board) -> str:
    if today.untaken:
        return f"还有 {len(today.untaken)} 个班没有点名：{_names(one.section.name for one in today.untaken)}"
    if today.left:
        names = _names(f"{one.student.name}（{one.sections}）" for one in today.left)
        return f"还有 {len(today.left)} 个孩子没有交接：{names}"
    if today.held:
        return f"还有 {len(today.held)} 次交接等您确认：{_names(one.event.student.name for one in today.held)}"
    return ""


def _names(names) -> str:
    names = list(names)
    return "、".join(names[:MOST_NAMES]) + ("等" if len(names) > MOST_NAMES else "")
