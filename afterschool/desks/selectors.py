from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module

from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.desk import Task
from afterschool.access.reach import Actor
from afterschool.oversight.selectors import last_month, school_rows, sums
from afterschool.schools.models import Student
from attendance.selectors import Station, trail
from billing.models import FeeMonth
from billing.selectors.months import overview
from enrollment.selectors import barred_guardians

# Each room knows what waits in it.
ROOMS = (
    "attendance.desk",
    "staffing.desk",
    "enrollment.desk",
    "billing.desk",
    "billing.disclosures.desk",
    "billing.meals.desk",
    "afterschool.plans.desk",
    "afterschool.schools.desk",
    "afterschool.oversight.desk",
)
NOT_TOLD = ("unknown", "请联系学校")


def tasks_of(actor: Actor, today: date) -> list[Task]:
    """What waits for this person in all rooms, urgent first."""
    waiting = [task for room in ROOMS for task in import_module(room).tasks(actor, today)]
    return sorted(waiting, key=lambda task: not task.urgent)


@dataclass(frozen=True)
class ChildLine:
    student: Student
    pill: str
    word: str
    stations: tuple[Station, ...]
    is_told: bool = True
    is_here: bool = False  # has yet to leave: who comes can still be changed


def children_today(student_ids: Iterable[int], now: datetime, reader: int) -> list[ChildLine]:
    """Where each child is today, for the guardian who reads; one who must not collect the child is not told."""
    students = Student.objects.filter(pk__in=student_ids).select_related("school", "school_class").order_by("pk")
    today = timezone.localdate(now)
    barred = barred_guardians(students, today)
    return [
        ChildLine(day.student, *NOT_TOLD, (), is_told=False)
        if (day.student.pk, reader) in barred
        else ChildLine(day.student, day.pill, day.word, day.stations, is_here=day.is_here)
        for day in trail(students, today, now).values()
    ]


def headline(children: list[ChildLine], tasks: list[Task]) -> str:
    """The answer to "what must I do now?", or where the children are when nothing waits."""
    if tasks:
        return f"要办 {len(tasks)} 件事"
    if children and all(child.pill == "gone" for child in children):
        return "孩子已接走" if len(children) == 1 else f"{len(children)} 个孩子都已接走"
    return "今天没有要办的事"


def at_a_glance(actor: Actor, today: date) -> dict:
    """Below the tasks: the bureau sees how its schools stand, finance how far the oldest open month has come."""
    watched, books = actor.reach(Capability.WATCH_SCHOOLS), actor.reach(Capability.SEE_BOOKS)
    if watched:
        rows = school_rows(watched, today)
        return {"rows": rows, "sums": sums(rows), "last_month": last_month(today)}
    open_months = FeeMonth.objects.within(books).filter(state=FeeMonth.State.OPEN) if books else FeeMonth.objects.none()
    month = open_months.select_related("school__bureau").order_by("month").first()
    return {"fee_month": month, "seen": overview(month, actor, today)} if month else {}
