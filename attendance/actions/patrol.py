"""巡查: the leader has looked into a room."""

from datetime import datetime

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from attendance.models import Patrol, Session

from .day import lock_open_day


@transaction.atomic
def patrol(
    session: Session,
    *,
    on_time: bool = True,
    teacher_there: bool = True,
    headcount_right: bool = True,
    is_safe: bool = True,
    note: str = "",
    now: datetime,
    by: Actor,
) -> Patrol:
    """One look at one room; the latest one tells how it is there."""
    lock_open_day(session.school_id, session.day)
    looked = Patrol(
        school_id=session.school_id, session=session, on_time=on_time, teacher_there=teacher_there,
        headcount_right=headcount_right, is_safe=is_safe, note=note.strip(), at=now, by_id=by.signer,
    )  # fmt: skip
    if not looked.is_fine and not looked.note:
        raise RuleBroken("有问题的，请写一句是什么情况", field="note")
    looked.save()
    record(by, "patrolled", looked, section=session.section_id, fine=looked.is_fine)
    return looked
