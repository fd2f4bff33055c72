"""放学批次: who leaves when, by which gate."""

from collections.abc import Collection
from datetime import date, time

from afterschool.plans.models import Offering
from afterschool.schools.models import School
from attendance.models import Batch, Session


def batches_by_grade(school: School, day: date) -> dict[int, Batch]:
    """The batch of each grade that leaves with one that day."""
    return {grade: batch for batch in Batch.objects.open_on(day).filter(school=school) for grade in batch.grades}


def leaving_time(batch: Batch | None, sessions: Collection[Session]) -> time:
    """When a child of these sessions goes: with its batch, unless a class that begins later keeps it.

    Without a batch, or on a day cut short, when its last class ends.
    """
    ends = [session.ends_at for session in sessions]
    if batch is None or any(session.cut_short_at for session in sessions):
        return max(ends)
    later = [session.ends_at for session in sessions if session.starts_at >= batch.leaves_at]
    return max(later, default=batch.leaves_at)


def still_in_class(school: School, grades: Collection[int], leaves_at: time, since: date) -> str:
    """`课后托管 17:30 才结束`: what of these grades, from a day on, has begun by then and is not over; blank: nothing."""
    running = Offering.objects.filter(sections__school=school, sections__term__ended_on__gte=since).distinct()
    going_on = running.filter(grades__overlap=list(grades), starts_at__lt=leaves_at, ends_at__gt=leaves_at)
    homeward = going_on.exclude(slot__in=Offering.INTO_LESSONS).order_by("ends_at", "name")
    return "、".join(f"{one.name} {one.ends_at:%H:%M} 才结束" for one in homeward)
