"""滞留告警 (C9): no child is left behind unnoticed.

Half an hour after its end the leaders hear of a child in no final state, a quarter of an hour later the principal, and
after another the bureau: each once a child. Whoever settles the child ends the alarm, and the others are told that too.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record_each
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Post, School
from attendance.models import Alarm
from attendance.selectors.left import Left, left_children
from staffing.selectors import leaders_of, moment

from .day import lock

Step = Alarm.Step
LIMITS = {
    Step.LEADER: timedelta(minutes=30),
    Step.PRINCIPAL: timedelta(minutes=45),
    Step.BUREAU: timedelta(minutes=60),
}


@transaction.atomic
def children_left(school: School, *, day: date, now: datetime, by: Actor) -> int:
    """Raise what is due and end what is settled. Returns how many alarms were raised; safe to run every minute."""
    left = left_children(school, day)
    standing = Alarm.objects.filter(school=school, day=day, settled_at=None)
    late = {step: [one for one in left if now >= moment(day, one.until) + LIMITS[step]] for step in Step}
    if not late[Step.LEADER] and not standing.exists():
        return 0
    lock(school.pk)  # two who watch the same minute: the second finds what the first has raised
    _settle(school, day, left, standing, now, by)
    return sum(_raise(school, step, late[step], day, now, by) for step in Step)


@transaction.atomic
def settle_alarms(school: School, *, day: date, now: datetime, by: Actor) -> None:
    """End what is settled and raise nothing: of a day that is over nobody is looked for any more."""
    standing = Alarm.objects.filter(school=school, day=day, settled_at=None)
    if standing.exists():
        _settle(school, day, left_children(school, day), standing, now, by)


def _raise(school: School, step: Step, late: Sequence[Left], day: date, now: datetime, by: Actor) -> int:
    known = set(Alarm.objects.filter(day=day, step=step, settled_at=None, student__in=[one.student for one in late])
                .values_list("student", flat=True))  # fmt: skip
    new = [one for one in late if one.student.pk not in known]
    if not new:
        return 0
    alarms = [Alarm(school=school, day=day, student=one.student, step=step, at=now) for one in new]
    Alarm.objects.bulk_create(alarms)
    record_each(by, "raised_alarm", ((alarm, {"student": alarm.student_id, "step": step.value}) for alarm in alarms))
    title = f"{min(one.until for one in new):%H:%M} 放学后还有 {len(new)} 个孩子没有着落，请马上处理"
    _tell(school, step, day, "child_left", title, [one.student.name for one in new])
    return len(new)


def _settle(
    school: School, day: date, left: Sequence[Left], standing: QuerySet[Alarm], now: datetime, by: Actor
) -> None:
    """When the last child of a step is accounted for, those who were alarmed hear that it is over."""
    over = list(standing.exclude(student__in=[one.student for one in left]))
    Alarm.objects.filter(pk__in=[alarm.pk for alarm in over]).update(settled_at=now)
    record_each(by, "settled_alarm", ((alarm, {"student": alarm.student_id, "step": alarm.step}) for alarm in over))
    for step in Step:
        if any(alarm.step == step for alarm in over) and not standing.filter(step=step).exists():
            when = f"{day:%-m月%-d日}" if day < timezone.localdate(now) else ""
            _tell(school, step, day, "child_settled", f"{when}放学后没有着落的孩子，现在都有着落了", [])


def _tell(school: School, step: Step, day: date, kind: str, title: str, names: Sequence[str]) -> None:
    """The bureau reads how many and whom to call; names stay in the school."""
    if step == Step.BUREAU:
        body, link = f"{school.name}，学校电话 {school.phone}", "/"
    else:
        body, link = "、".join(names), f"/attendance/day/?school={school.pk}&day={day.isoformat()}"
    loud = kind == "child_left"
    people = Person.objects.filter(pk__in=_heard(school, step, day), is_active=True)
    notify_each(Note(person, kind, title, body, link, school.pk, loud) for person in people)


def _heard(school: School, step: Step, day: date) -> Iterable[int]:
    """Who is meant by a step."""
    if step == Step.LEADER:
        return leaders_of(school, day)
    posts = Post.objects.open_on(day)
    if step == Step.PRINCIPAL:
        return posts.filter(school=school, role=Role.PRINCIPAL.name).values_list("person", flat=True)
    return posts.filter(bureau=school.bureau_id, role=Role.BUREAU_REVIEWER.name).values_list("person", flat=True)
