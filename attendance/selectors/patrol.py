"""Which rooms the leader has looked into."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from afterschool.schools.models import School
from attendance.models import Mark, Patrol, Session
from staffing.models import Duty

from .book import day_book
from .transfers import path, sessions_by_child


@dataclass(frozen=True)
class Room:
    """One room: the section that meets there and those that sit with it (合班)."""

    session: Session
    sections: str
    teachers: list[str]
    here: int  # by the roll
    now: int  # those of them who should sit there at this time, and those who came from another room
    taken: bool
    looked: Patrol | None  # the latest look


def rooms(school: School, day: date, now: datetime) -> list[Room]:
    """By place, class after class, whether looked into or not. Eleven queries."""
    here = Count("marks", filter=Q(marks__status__in=Mark.HERE))
    sessions = Session.objects.held().filter(school=school, day=day).annotate(here=here).select_related("section")
    klass = "section__school_class__grade", "section__school_class__number"
    sessions = sessions.order_by(*klass, "section")
    together = defaultdict(list)
    for session in sorted(sessions, key=lambda session: session.merged_into_id is not None):  # the host first
        together[session.merged_into_id or session.pk].append(session)
    standing = Patrol.objects.standing().filter(session__in=sessions).select_related("by")
    looks = {one.session_id: one for one in standing}
    teachers = defaultdict(list)
    for duty in Duty.objects.filter(school=school, day=day).exclude(section=None).select_related("person"):
        teachers[duty.section_id].append(duty.person.name)
    sitting = _sitting(school, day, now)
    found = [
        _room(session, together[session.pk], teachers, looks, sitting)
        for session in sessions
        if not session.merged_into_id
    ]
    places = list(dict.fromkeys(_place_of(room) for room in found))
    return sorted(found, key=lambda room: (places.index(_place_of(room)), room.session.starts_at))


def rooms_to_look_into(school: School, day: date) -> int:
    looked = Patrol.objects.standing().filter(session=OuterRef("pk"))
    return Session.objects.held().filter(~Exists(looked), school=school, day=day, merged_into=None).count()


def _sitting(school: School, day: date, now: datetime) -> Counter[int]:
    """By session: the children who by the clock are in this one, are there by the latest roll, and have not gone."""
    book, clock = day_book(school, day), timezone.localtime(now).time()
    left = book.handovers.keys() | book.stays.keys()
    sitting = Counter[int]()
    for child, mine in sessions_by_child(book).items():
        steps = path(mine)
        been = [there for at, _, there in steps if at <= clock] or [there for _, _, there in steps[:1]]
        marks = [mark for there in been if (mark := book.marks.get((there.pk, child)))]
        is_there = marks and marks[-1].status in Mark.HERE and not _is_back_in_lessons(been[-1], clock)
        if is_there and child not in left:
            sitting[been[-1].pk] += 1
    return sitting


def _is_back_in_lessons(session: Session, clock: time) -> bool:
    return session.ends_in_lessons and clock >= session.ends_at


def _place_of(room: Room) -> str | int:
    return room.session.place or room.session.pk


def _room(
    session: Session,
    sessions: list,
    teachers: Mapping[int | None, list[str]],
    looks: dict[int, Patrol],
    sitting: Counter[int],
) -> Room:
    return Room(
        session=session,
        sections="、".join(one.section.name for one in sessions),
        teachers=[name for one in sessions for name in teachers[one.section_id]],
        here=sum(one.here for one in sessions),
        now=sum(sitting[one.pk] for one in sessions),
        taken=all(one.taken_at for one in sessions),
        looked=looks.get(session.pk),
    )
