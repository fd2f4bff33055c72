"""What must not go unnoticed: a roll not taken, a child left behind. Each is said once to each person."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.notices.models import Notice
from afterschool.notices.post import notify
from afterschool.schools.models import Post, School
from attendance.selectors import board
from staffing.models import Duty
from staffing.selectors import leaders_of, moment

ROLL_IS_LATE = timedelta(minutes=15)  # after the start (C12)
CHILD_IS_LEFT = timedelta(minutes=30)  # after the end (C9)
PRINCIPAL_IS_CALLED = timedelta(minutes=45)


@transaction.atomic
def raise_alarms(school: School, *, day: date, now: datetime, by: Actor) -> int:
    """Tell the teacher and the leaders of a late roll, the leaders and then the principal of a child left behind."""
    today = board(school, day)
    if today.close or not today.sections:
        return 0
    leaders, said = list(leaders_of(school, day)), 0
    for session in today.untaken:
        if now >= moment(day, session.starts_at) + ROLL_IS_LATE:
            on_duty = Duty.objects.filter(section=session.section, day=day).values_list("person", flat=True)
            title = f"{session.section.name} 还没有点名，请马上点名"
            said += _tell_once([*on_duty, *leaders], "roll_late", title, f"/attendance/sessions/{session.pk}/", school)
    # Who goes at half past five is not left until the last evening class ends.
    for until, count in sorted(Counter(left.until for left in today.left).items()):
        ended = moment(day, until)
        if now >= ended + CHILD_IS_LEFT:
            called = [*leaders, *(_principals(school, day) if now >= ended + PRINCIPAL_IS_CALLED else [])]
            title = f"{until:%H:%M} 放学后还有 {count} 个孩子没有交接"
            link = f"/attendance/day/?school={school.pk}&day={day.isoformat()}#{until:%H%M}"
            said += _tell_once(called, "child_left", title, link, school)
    return said


def _principals(school: School, day: date) -> Iterable[int]:
    return Post.objects.open_on(day).filter(school=school, role="PRINCIPAL").values_list("person", flat=True)


def _tell_once(people: Iterable[int], kind: str, title: str, link: str, school: School) -> int:
    wanted = Person.objects.filter(pk__in=people).exclude(notices__in=Notice.objects.filter(kind=kind, link=link))
    told = list(wanted)
    for person in told:
        notify(person, kind, title=title, link=link, school_id=school.pk, loud=True)
    return len(told)
