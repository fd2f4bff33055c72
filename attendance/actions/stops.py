"""停课、提前放学、换教室、合班: what is different today. A cancelled session never began; one that began is cut short."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Guardianship, Post, School, Student
from attendance.models import Session
from attendance.selectors import DayBook, State, day_book, sessions_by_child
from attendance.selectors.batches import batches_by_grade, leaving_time
from enrollment.selectors import barred_guardians
from staffing.selectors import leaders_of, moment

from .alarms import people, teachers_of
from .day import lock_open_day, open_day

STOPPED = ["cancelled_at", "cut_short_at", "ends_at", "unserved", "stop_reason"]  # what a stop writes
CONCERNED = (State.UNMARKED, State.HERE, State.KEPT)  # who has left, or does not come, need not hear of it


@transaction.atomic
def stop_sessions(
    school: School,
    *,
    session: Session | None = None,
    until: time,
    cause: str,
    reason: str,
    counts: bool = False,
    now: datetime,
    by: Actor,
) -> list[Session]:
    """All of today's sessions, or one, end at `until`: what has not begun by then is cancelled, the rest cut short,
    for whoever is there has to be found on a roll and handed over.

    What is paid for them goes back by `cause`, but for those cut short where they count (`counts`) as served.
    """
    if not (reason := reason.strip()):
        raise RuleBroken("请写明原因，家长会看到", field="reason")
    book = _open_book(school, timezone.localdate(now), by)
    stopped = _to_stop(book, session, until)
    before = _leaving_times(school, book)
    _stop(stopped, until, cause, reason, counts, now)
    cancelled, short = ([one.pk for one in stopped if bool(one.cancelled_at) is so] for so in (True, False))
    told = {"until": f"{until:%H:%M}", "cause": cause, "reason": reason}
    record(by, "stopped_sessions", stopped[0], cancelled=cancelled, cut_short=short, **told)
    _tell_guardians(school, book, _words(school, stopped, book, before), f"原因：{reason}", "session_stopped")
    _tell_staff(school, stopped, f"{_said(stopped, until)}：{reason}", by)
    return stopped


@transaction.atomic
def resume_sessions(school: School, *, session: Session | None = None, now: datetime, by: Actor) -> list[Session]:
    """Take today's stop back, of all sessions or one: they meet as on any other day, and whoever heard hears of it."""
    day = timezone.localdate(now)
    lock_open_day(school.pk, day)
    stopped = Session.objects.filter(
        Q(cancelled_at__isnull=False) | Q(cut_short_at__isnull=False), school=school, day=day
    )
    found = [
        one for one in stopped.select_related("section__offering", "merged_into__section") if session in (None, one)
    ]
    _leave_no_guest_behind(found)
    for one in found:
        one.cancelled_at = one.cut_short_at = None
        one.unserved = one.stop_reason = ""
        one.ends_at = one.section.offering.ends_at
    if not found:
        return []
    Session.objects.bulk_update(found, STOPPED)
    record(by, "resumed_sessions", found[0], sessions=[one.pk for one in found])
    book = day_book(school, day)
    leaves = _leaving_times(school, book)
    words = {
        child.pk: f"更正：{child.name} 今天照常，{leaves[child.pk]:%H:%M} 放学" for child in _concerned(book, found)
    }
    _tell_guardians(school, book, words, "刚才的停课通知作废", "session_resumed")
    _tell_staff(school, found, f"{'、'.join(one.section.name for one in found[:8])} 今天照常，停课通知作废", by)
    return found


@transaction.atomic
def move_session(session: Session, *, room: str, merged_into: Session | None, by: Actor) -> Session:
    """For today only: another room, or together with another session and its teacher (合班). Both blank: as planned."""
    lock_open_day(session.school_id, session.day)
    session = Session.objects.select_related("section", "school").get(pk=session.pk)
    if merged_into:
        same_day = (merged_into.school_id, merged_into.day) == (session.school_id, session.day)
        if not same_day or merged_into == session or merged_into.cancelled_at or merged_into.merged_into_id:
            raise RuleBroken("请选今天另一个照常上的班", field="merged_into")
        if session.guests.exists():
            raise RuleBroken(f"已有别的班合到 {session.section.name}，不能再合出去", field="merged_into")
        room = merged_into.place
    session.room, session.merged_into = room.strip(), merged_into
    session.save(update_fields=["room", "merged_into"])
    record(by, "moved", session, room=session.room, merged_into=merged_into and merged_into.pk)
    where = f"和 {merged_into.section.name} 合班，" if merged_into else ""
    title = f"{session.section.name} 今天{where}在 {session.place or '原教室'}"
    _tell(session.school, teachers_of([session])[session.pk], title, by)
    return session


def _open_book(school: School, day: date, by: Actor) -> DayBook:
    """The whole day, its sessions made, while it can still be changed."""
    lock_open_day(school.pk, day)
    open_day(school, day=day, by=by)
    return day_book(school, day)


def _to_stop(book: DayBook, session: Session | None, until: time) -> list[Session]:
    found = [one for one in book.sessions if one.ends_at > until and session in (None, one)]
    if not found:
        raise RuleBroken(f"{until:%H:%M} 以后没有要停的场次", field="until")
    return found


def _stop(stopped: list[Session], until: time, cause: str, reason: str, counts: bool, now: datetime) -> None:
    for one in stopped:
        one.stop_reason = reason
        begun = one.taken_at is not None or now >= moment(one.day, one.starts_at)
        if one.starts_at >= until and not begun:
            one.cancelled_at, one.unserved = now, cause
        else:
            one.cut_short_at, one.ends_at = now, max(until, one.starts_at)
            one.unserved = "" if counts else cause
    _leave_no_guest(stopped)
    Session.objects.bulk_update(stopped, STOPPED)


def _leave_no_guest(stopped: list[Session]) -> None:
    """Whoever sits with a session that is cancelled would be with no teacher."""
    guests = Session.objects.held().filter(merged_into__in=[one for one in stopped if one.cancelled_at])
    alone = guests.exclude(pk__in=[one.pk for one in stopped]).select_related("section", "merged_into__section").first()
    if alone and alone.merged_into:
        raise RuleBroken(f"{alone.section.name} 今天合在 {alone.merged_into.section.name}，请先改合班", field="session")


def _leave_no_guest_behind(resumed: list[Session]) -> None:
    for one in resumed:
        host = one.merged_into
        if host and host.cancelled_at and host not in resumed:
            raise RuleBroken(f"{one.section.name} 今天合在 {host.section.name}，请先恢复 {host.section.name}")


def _concerned(book: DayBook, sessions: Iterable[Session]) -> list[Student]:
    states, wanted = book.states(), {one.pk for one in sessions}
    listed = {student.pk: student for pk in wanted for student in book.listed.get(pk, [])}
    return [student for pk, student in listed.items() if states[pk] in CONCERNED]


def _leaving_times(school: School, book: DayBook) -> dict[int, time]:
    """When each child leaves who still has a session."""
    batches, children = batches_by_grade(school, book.day), book.children
    held = {pk: [one for one in mine if not one.cancelled_at] for pk, mine in sessions_by_child(book).items()}
    return {pk: leaving_time(batches.get(children[pk].school_class.grade), mine) for pk, mine in held.items() if mine}


def _words(school: School, stopped: list[Session], book: DayBook, before: dict[int, time]) -> dict[int, str]:
    """What each child's guardians have to know: no service, an earlier end, or only one class less."""
    after = _leaving_times(school, book)
    return {
        child.pk: _of_child(child, stopped, book, before[child.pk], after.get(child.pk))
        for child in _concerned(book, stopped)
    }


def _of_child(child: Student, stopped: list[Session], book: DayBook, before: time, after: time | None) -> str:
    if after is None:
        return f"{child.name} 今天的课后服务取消，请按时接孩子"
    if after < before:
        return f"{child.name} 今天提前到 {after:%H:%M} 放学，请按时来接"
    ended = "、".join(one.section.name for one in stopped if child in book.listed[one.pk])
    return f"{child.name} 今天的 {ended} 不上了，{after:%H:%M} 放学不变"


def _tell_guardians(school: School, book: DayBook, words: dict[int, str], why: str, kind: str) -> None:
    """One note about each child to each guardian, but for those who must not know where the child is."""
    students = [book.children[pk] for pk in words]
    barred = barred_guardians(students, book.day)
    ties = Guardianship.objects.open_on(book.day).filter(student__in=students).select_related("person")
    body = f"{why}。{school.name}电话 {school.phone}"
    notify_each(
        Note(tie.person, kind, words[tie.student_id], body, "/", school.pk, loud=True)
        for tie in ties
        if (tie.student_id, tie.person_id) not in barred
    )


def _said(stopped: list[Session], until: time) -> str:
    cancelled = [one.section.name for one in stopped if one.cancelled_at]
    short = [one.section.name for one in stopped if not one.cancelled_at]
    said = [f"{_named(cancelled)} 取消" if cancelled else "", f"{_named(short)} {until:%H:%M} 结束" if short else ""]
    return "今天 " + "，".join(filter(None, said))


def _named(sections: list[str]) -> str:
    return "、".join(sections[:3]) + (f" 等 {len(sections)} 个班" if len(sections) > 3 else "")


def _tell_staff(school: School, sessions: list[Session], title: str, by: Actor) -> None:
    """The teachers on duty, those who lead, the principal and the gate."""
    teachers = {one.pk: one for found in teachers_of(sessions).values() for one in found}
    posts = Post.objects.open_on(sessions[0].day).filter(school=school, role__in=(Role.PRINCIPAL.name, Role.GUARD.name))
    others = people({*leaders_of(school, sessions[0].day), *posts.values_list("person", flat=True)})
    _tell(school, [*teachers.values(), *others], title, by)


def _tell(school: School, heard: Iterable[Person], title: str, by: Actor) -> None:
    once = {person.pk: person for person in heard if person.pk != by.person_id}
    notify_each(
        Note(one, "day_changed", title[:100], link="/", school_id=school.pk, loud=True) for one in once.values()
    )
