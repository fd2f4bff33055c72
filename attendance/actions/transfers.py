"""教师间交接: one teacher gives the children, the next receives them and says who did not come."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.schools.models import Post
from attendance.models import Session, Transfer
from attendance.selectors import Move, moves
from enrollment.selectors import placed_on
from staffing.selectors import leaders_of

from .alarms import people, teachers_of
from .day import lock_open_day


@transaction.atomic
def receive_children(
    session: Session,
    *,
    origin: Session | None,
    missing: Collection[int] = (),
    note: str = "",
    now: datetime,
    by: Actor,
) -> Transfer:
    """As many as expected have come, but for `missing`; who gave them and those who lead hear of these at once.

    The receiver may say it again better; another person is told who has received them.
    """
    lock_open_day(session.school_id, session.day)
    move = _move(session, origin)
    names = [student.name for student in move.students if student.pk in missing]
    if len(names) != len(set(missing)):
        raise RuleBroken("名单变了，请刷新后再点一次")
    transfer = _transfer(session, origin, by)
    givers = _givers(move, by)
    transfer.given_by = givers[0] if givers else None
    transfer.received_by_id, transfer.at = by.signer, now
    transfer.expected, transfer.received = len(move.students), len(move.students) - len(names)
    transfer.note = "；".join(filter(None, [f"没到：{'、'.join(names)}" if names else "", note.strip()]))[:200]
    transfer.save()
    record(by, "received", transfer, origin=origin and origin.pk, expected=transfer.expected, missing=sorted(missing))
    if names:
        _tell(move, names, givers, by)
    return transfer


def _move(session: Session, origin: Session | None) -> Move:
    seated = [seat.student for seat in placed_on([session.section], session.day)]
    for move in moves(session.school, session.day, seated):
        if move.session == session and move.origin == origin:
            return move
    raise RuleBroken("没有孩子从那里转过来")


def _transfer(session: Session, origin: Session | None, by: Actor) -> Transfer:
    """The one this person has made before, or a new one."""
    done = Transfer.objects.select_related("received_by").filter(session=session, from_session=origin).first()
    if done and done.received_by_id != by.signer:
        raise RuleBroken(
            f"{done.received_by.name} {timezone.localtime(done.at):%H:%M} 已经接收 {done.received} 人", field="missing"
        )
    return done or Transfer(school_id=session.school_id, session=session, from_session=origin)


def _givers(move: Move, by: Actor) -> list[Person]:
    """The teachers on duty where the children come from; from lessons, their class teacher."""
    if move.origin:
        found = teachers_of([move.origin])[move.origin.pk]
    else:
        posts = Post.objects.open_on(move.session.day).filter(role=Role.CLASS_TEACHER.name)
        school_class = move.session.section.school_class_id
        found = people(posts.filter(school_class=school_class).values("person")) if school_class else []
    return [person for person in found if person.pk != by.signer]


def _tell(move: Move, names: list[str], givers: list[Person], by: Actor) -> None:
    school, who = move.session.school, "、".join(names[:6]) + ("等" if len(names) > 6 else "")
    title = f"{move.origin_name} 去 {move.session.section.name} 的 {len(names)} 人没到：{who}"
    heard = {person.pk: person for person in [*givers, *people(leaders_of(school, move.session.day))]}
    link = f"/attendance/sessions/{move.session.pk}/transfers/"
    notify_each(
        Note(person, "not_received", title, f"{by.name}接收时发现", link, school.pk, loud=True)
        for person in heard.values()
        if person.pk != by.signer
    )
