"""放学批次: which grades leave when, by which gate."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from django.db import transaction
from django.db.models import Max, Q

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.policy.terms import GRADES
from afterschool.schools.models import School
from attendance.models import Batch, Handover
from attendance.selectors.batches import still_in_class

from .day import lock


@transaction.atomic
def begin_batch(
    school: School,
    *,
    name: str,
    grades: Sequence[int],
    leaves_at: time,
    place: str = "",
    began_on: date,
    despite: str = "",
    by: Actor,
) -> Batch:
    """Refuses a grade that leaves with another batch on any of these days, and a day on which some have left already.

    `despite`: which classes of these grades end only later, in the words the office has read.
    """
    lock(school.pk)
    batch = Batch(
        school=school, name=name.strip(), grades=sorted(grades), leaves_at=leaves_at, place=place.strip(),
        began_on=began_on,
    )  # fmt: skip
    if not set(grades) <= set(school.grades):
        raise RuleBroken("本校没有这个年级", field="grades")
    _must_stand_alone(batch)
    if (early := still_in_class(school, grades, leaves_at, began_on)) != despite and early:
        raise RuleBroken(f"{early}，这一批 {leaves_at:%H:%M} 就放学；看清了再点“仍要保存”", field="despite")
    batch.save()
    record(
        by, "began_batch", batch, grades=batch.grades, leaves_at=f"{leaves_at:%H:%M}", place=batch.place, despite=early
    )
    return batch


@transaction.atomic
def end_batch(batch: Batch, *, ended_on: date, by: Actor) -> Batch:
    """Its last day, and not before the last one on which children have left with it. One that has not begun yet is gone
    as if it had never been."""
    lock(batch.school_id)
    batch = Batch.objects.get(pk=batch.pk)
    if batch.ended_on is not None:
        return batch
    if last := _last_gone(batch.school, batch.grades, max(batch.began_on, ended_on + timedelta(days=1))):
        raise RuleBroken(f"{last:%-m月%-d日}已经有孩子按“{batch.name}”离校，最后一天最早是那一天", field="ended_on")
    record(by, "ended_batch", batch, name=batch.name, ended_on=ended_on.isoformat())
    if ended_on < batch.began_on:
        batch.delete()
        return batch
    batch.ended_on = ended_on
    batch.save(update_fields=["ended_on"])
    return batch


def _must_stand_alone(batch: Batch) -> None:
    """Beside every other batch of these days."""
    if last := _last_gone(batch.school, batch.grades, batch.began_on):
        raise RuleBroken(f"这些年级{last:%-m月%-d日}已经有孩子离校，最早从第二天起", field="began_on")
    for other in Batch.objects.filter(Q(ended_on=None) | Q(ended_on__gte=batch.began_on), school=batch.school):
        if both := sorted(set(other.grades) & set(batch.grades)):
            names = "、".join(GRADES[grade] for grade in both)
            raise RuleBroken(f"{names}已经在“{other.name}”里，一个年级一天只走一批；请先结束那一批", field="grades")
        if other.name == batch.name:
            raise RuleBroken(f"已经有“{other.name}”，请换一个名字，或者先结束那一批", field="name")


def _last_gone(school: School, grades: Sequence[int], since: date) -> date | None:
    """The last day, from one on, on which children of these grades have left."""
    gone = Handover.objects.filter(school=school, day__gte=since, student__school_class__grade__in=grades)
    return gone.aggregate(last=Max("day"))["last"]
