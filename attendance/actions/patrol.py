"""巡查: the leader has looked into a room."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

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


@transaction.atomic
def undo_patrol(looked: Patrol, *, now: datetime, by: Actor) -> Patrol:
    """撤销, within the day and before it is signed. It stays on record, with who took it back; the room waits again, or
    stands as it was found before."""
    lock_open_day(looked.school_id, looked.session.day)
    looked = Patrol.objects.select_related("session").get(pk=looked.pk)
    if looked.session.day != timezone.localdate(now):
        raise RuleBroken("过去的巡查记录不能撤销")
    if looked.undone_at is None:
        looked.undone_at, looked.undone_by_id = now, by.signer
        looked.save(update_fields=["undone_at", "undone_by"])
        record(by, "undid_patrol", looked, section=looked.session.section_id, fine=looked.is_fine)
    return looked
