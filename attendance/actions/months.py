"""锁定: from the day a month is settled on, its roll is changed only on request."""

from datetime import date, datetime

from afterschool.schools.models import School
from attendance.models import MonthLock


def lock_attendance(school: School, month: date, *, now: datetime) -> MonthLock:
    """Called by the lock of the fees, in its transaction, which the guest book tells of."""
    lock, _ = MonthLock.objects.get_or_create(school=school, month=month, defaults={"locked_at": now})
    return lock
