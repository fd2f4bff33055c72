"""What must not go unnoticed: a roll not taken. Each is said once to each person. (A child left behind: left.py.)"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.notices.models import Notice
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Guardianship, School, Student
from attendance.models import Session
from attendance.selectors import State, day_book, leave_statuses
from enrollment.selectors import barred_guardians
from staffing.models import Duty
from staffing.selectors import leaders_of, moment

from .day import lock

ROLL_IS_LATE = timedelta(minutes=15)  # after the start (C12): the teacher hears of it, then the leaders, then guardians
LEADERS_HEAR = timedelta(minutes=20)
GUARDIANS_HEAR = timedelta(minutes=30)
UNMARKED = "unmarked"  # the guardians' notice


@transaction.atomic
def untaken_rolls(school: School, *, day: date, now: datetime, by: Actor) -> int:
    """Tell of children nobody has marked: their teacher, then the leaders, then the guardians. Returns how many heard."""
    book = day_book(school, day)
    late = {}
    for session in book.sessions:
        unmarked = [child for child in book.listed[session.pk] if (session.pk, child.pk) not in book.marks]
        if unmarked and now >= waited_since(session) + ROLL_IS_LATE:
            late[session] = unmarked
    if not late:
        return 0
    teachers, leaders, states = teachers_of(late), people(leaders_of(school, day)), book.states()
    notes: list[Note] = []
    for session, unmarked in late.items():
        since = now - waited_since(session)
        called = [*teachers[session.pk], *(leaders if since >= LEADERS_HEAR or not teachers[session.pk] else [])]
        notes += [_of_roll(person, session, unmarked) for person in called]
        if since >= GUARDIANS_HEAR:
            nowhere = [child for child in unmarked if states[child.pk] == State.UNMARKED]
            notes += _to_guardians(session, nowhere, now)
    return tell_once(school, notes)


def waited_since(session: Session) -> datetime:
    """A roll that was taken and undone is waited for anew."""
    begins = moment(session.day, session.starts_at)
    return max(begins, session.reopened_at) if session.reopened_at else begins


def tell_once(school: School, notes: Iterable[Note]) -> int:
    """Whoever was told of a kind of thing by the same link is not told again. Returns how many heard."""
    asked = {(note.to.pk, note.kind, note.link): note for note in notes}
    if not asked:
        return 0
    lock(school.pk)  # two who watch the same minute: the second finds what the first has told
    told = set(Notice.objects.filter(link__in={note.link for note in asked.values()}).values_list("to", "kind", "link"))
    return notify_each(asked[key] for key in asked if key not in told)


def people(pks: Iterable[int]) -> list[Person]:
    return list(Person.objects.filter(pk__in=pks).order_by("pk"))


def teachers_of(sessions: Iterable[Session]) -> dict[int, list[Person]]:
    """Who is on duty for each session; for one that sits with another (合班) also the other's teachers."""
    sessions = list(sessions)
    hosts = dict(Session.objects.filter(guests__in=sessions).values_list("pk", "section"))
    sections = {one.pk: {one.section_id, hosts.get(one.merged_into_id or 0)} for one in sessions}
    on_duty = defaultdict(list)
    wanted = Duty.objects.filter(day__in={one.day for one in sessions}, section__in=set().union(*sections.values()))
    for duty in wanted.select_related("person"):
        on_duty[duty.day, duty.section_id].append(duty.person)
    return {one.pk: [person for place in sections[one.pk] for person in on_duty[one.day, place]] for one in sessions}


def anew(session: Session, link: str) -> str:
    """What is told of a roll that was undone has a link of its own: it was told of the first one, and is told again."""
    if session.reopened_at is None:
        return link
    return f"{link}{'&' if '?' in link else '?'}reopened={timezone.localtime(session.reopened_at):%H%M%S}"


def unmarked_link(session: Session, student: Student) -> str:
    return anew(session, f"/?child={student.pk}&session={session.pk}")


def _of_roll(person: Person, session: Session, unmarked: list[Student]) -> Note:
    title, link = f"{session.section.name} 还没有点名，请马上点名", f"/attendance/sessions/{session.pk}/"
    if session.taken_at:
        title = f"{session.section.name} 还有 {len(unmarked)} 个孩子没有点名，请补点"
        link += f"?child={unmarked[0].pk}"
    return Note(person, "roll_late", title, link=anew(session, link), school_id=session.school_id, loud=True)


def _to_guardians(session: Session, unmarked: list[Student], now: datetime) -> Iterator[Note]:
    """But for those who asked for leave, and for whoever must not know where the child is."""
    asked, barred = leave_statuses(unmarked, session.day), barred_guardians(unmarked, session.day)
    ties = Guardianship.objects.open_on(session.day).filter(student__in=unmarked).exclude(student__in=asked)
    body = f"{session.section.name} {session.starts_at:%H:%M} 开始，老师还没有点名。学校电话 {session.school.phone}"
    for tie in ties.select_related("student", "person"):
        if (tie.student_id, tie.person_id) not in barred:
            title = f"{tie.student.name} {timezone.localtime(now):%H:%M} 还没有点到名，学校正在核实"
            link = unmarked_link(session, tie.student)
            yield Note(tie.person, UNMARKED, title, body, link, session.school_id, loud=True)
