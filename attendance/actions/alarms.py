"""What must not go unnoticed: a roll not taken, a child left behind. Each is said once to each person."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.notices.models import Notice
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Guardianship, Post, School, Student
from attendance.models import Session
from attendance.selectors import board, day_book, leave_statuses
from enrollment.selectors import barred_guardians
from staffing.models import Duty
from staffing.selectors import leaders_of, moment

from .day import lock

ROLL_IS_LATE = timedelta(minutes=15)  # after the start (C12): the teacher hears of it, then the leaders, then guardians
LEADERS_HEAR = timedelta(minutes=20)
GUARDIANS_HEAR = timedelta(minutes=30)
CHILD_IS_LEFT = timedelta(minutes=30)  # after the end (C9)
PRINCIPAL_IS_CALLED = timedelta(minutes=45)
UNMARKED = "unmarked"  # the guardians' notice


@dataclass(frozen=True)
class Alarm:
    """A loud note to one person, known again by its kind and link; `title` as in Note."""

    to: int
    kind: str
    title: str
    link: str
    body: str = ""


@transaction.atomic
def untaken_rolls(school: School, *, day: date, now: datetime, by: Actor) -> int:
    """Tell of children nobody has marked: their teacher, then the leaders, then the guardians. Returns how many heard."""
    book = day_book(school, day)
    late = {}
    for session in book.sessions:
        unmarked = [child for child in book.listed[session.pk] if (session.pk, child.pk) not in book.marks]
        if unmarked and now >= moment(day, session.starts_at) + ROLL_IS_LATE:
            late[session] = unmarked
    if not late:
        return 0
    teachers, leaders = teachers_of(late), list(leaders_of(school, day))
    alarms: list[Alarm] = []
    for session, unmarked in late.items():
        since = now - moment(day, session.starts_at)
        called = [*teachers[session.pk], *(leaders if since >= LEADERS_HEAR or not teachers[session.pk] else [])]
        alarms += [_of_roll(person, session, unmarked) for person in called]
        if since >= GUARDIANS_HEAR:
            alarms += _to_guardians(session, unmarked, now)
    return tell_once(school, alarms)


@transaction.atomic
def children_left(school: School, *, day: date, now: datetime, by: Actor) -> int:
    """Tell the leaders and then the principal of a child left behind."""
    today = board(school, day)
    if today.close or not today.sections:
        return 0
    leaders, alarms = list(leaders_of(school, day)), []
    # Who goes at half past five is not left until the last evening class ends.
    for until, count in sorted(Counter(left.until for left in today.left).items()):
        ended = moment(day, until)
        if now >= ended + CHILD_IS_LEFT:
            called = [*leaders, *(_principals(school, day) if now >= ended + PRINCIPAL_IS_CALLED else [])]
            title = f"{until:%H:%M} 放学后还有 {count} 个孩子没有交接"
            link = f"/attendance/day/?school={school.pk}&day={day.isoformat()}#{until:%H%M}"
            alarms += [Alarm(person, "child_left", title, link) for person in called]
    return tell_once(school, alarms)


def tell_once(school: School, alarms: Iterable[Alarm]) -> int:
    """Whoever has heard of it already does not hear of it again. Returns how many heard."""
    asked = {(alarm.to, alarm.kind, alarm.link): alarm for alarm in alarms}
    if not asked:
        return 0
    lock(school.pk)  # two who watch the same minute: the second finds what the first has told
    told = Notice.objects.filter(link__in={link for _, _, link in asked}).values_list("to", "kind", "link")
    new = [asked[key] for key in asked.keys() - set(told)]
    people = Person.objects.in_bulk({alarm.to for alarm in new})
    notify_each(
        Note(people[alarm.to], alarm.kind, alarm.title, alarm.body, alarm.link, school.pk, loud=True) for alarm in new
    )
    return len(new)


def teachers_of(sessions: Iterable[Session]) -> dict[int, list[int]]:
    """Who is on duty for each session; for one that sits with another (合班) also the other's teachers."""
    sessions = list(sessions)
    hosts = dict(Session.objects.filter(guests__in=sessions).values_list("pk", "section"))
    sections = {one.pk: {one.section_id, hosts.get(one.merged_into_id)} for one in sessions}
    on_duty = defaultdict(list)
    wanted = Duty.objects.filter(day__in={one.day for one in sessions}, section__in=set().union(*sections.values()))
    for duty in wanted:
        on_duty[duty.day, duty.section_id].append(duty.person_id)
    return {one.pk: [person for place in sections[one.pk] for person in on_duty[one.day, place]] for one in sessions}


def unmarked_link(session: Session, student: Student) -> str:
    return f"/?child={student.pk}&session={session.pk}"


def _of_roll(person: int, session: Session, unmarked: list[Student]) -> Alarm:
    link = f"/attendance/sessions/{session.pk}/"
    if session.taken_at is None:
        return Alarm(person, "roll_late", f"{session.section.name} 还没有点名，请马上点名", link)
    title = f"{session.section.name} 还有 {len(unmarked)} 个孩子没有点名，请补点"
    return Alarm(person, "roll_late", title, f"{link}?child={unmarked[0].pk}")


def _to_guardians(session: Session, unmarked: list[Student], now: datetime) -> Iterator[Alarm]:
    """But for those who asked for leave, and for whoever must not know where the child is."""
    asked, barred = leave_statuses(unmarked, session.day), barred_guardians(unmarked, session.day)
    ties = Guardianship.objects.open_on(session.day).filter(student__in=unmarked).exclude(student__in=asked)
    body = f"{session.section.name} {session.starts_at:%H:%M} 开始，老师还没有点名。学校电话 {session.school.phone}"
    for tie in ties.select_related("student"):
        if (tie.student_id, tie.person_id) not in barred:
            title = f"{tie.student.name} {timezone.localtime(now):%H:%M} 还没有点到名，学校正在核实"
            yield Alarm(tie.person_id, UNMARKED, title, unmarked_link(session, tie.student), body)


def _principals(school: School, day: date) -> Iterable[int]:
    return Post.objects.open_on(day).filter(school=school, role="PRINCIPAL").values_list("person", flat=True)
