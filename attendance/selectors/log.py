"""What was done in the sessions, and which of it sounds like what must not be done."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor, Reach
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Verdict
from afterschool.policy.wording import sounds_like
from afterschool.schools.models import School
from afterschool.schools.rules import policy_of
from attendance.models import Session, SessionPhoto, VenueCheck

from .reach import sessions_open_to
from .venues import dangers


@dataclass(frozen=True)
class LogLine:
    """A session as the leader reads it."""

    session: Session
    heard: list[Verdict[str]]
    photos: list[SessionPhoto]
    danger: VenueCheck | None  # something unmended in the room where it sits


def heard_in(session: Session, policy: Policy | None = None) -> list[Verdict[str]]:
    """Words of its content that sound forbidden, each with the clause that held on its day."""
    if not session.content:
        return []
    policy = policy or policy_of(session.school, session.day)
    return sounds_like(policy, session.day, session.content, stage=session.school.stage)


def log_lines(school: School, day: date, reach: Reach) -> list[LogLine]:
    """The sessions of a day, what is missing first, then what sounds forbidden. A fixed number of queries."""
    held = Session.objects.held().within(reach).filter(school=school, day=day)
    sessions = list(held.select_related("school", "section__offering", "logged_by"))
    policy = policy_of(school, day) if any(session.content_flag for session in sessions) else None
    photos, unsafe = defaultdict(list), dangers(school)
    for photo in SessionPhoto.objects.filter(session__in=sessions).defer("image"):
        photos[photo.session_id].append(photo)
    lines = [
        LogLine(one, heard_in(one, policy) if one.content_flag else [], photos[one.pk], unsafe.get(one.place))
        for one in sessions
    ]
    return sorted(lines, key=lambda line: (line.session.logged_at is not None, not line.heard, line.session.starts_at))


def last_logged(session: Session) -> Session | None:
    """What the section did when it last met: offered again, unless it was flagged."""
    earlier = Session.objects.filter(section=session.section_id, day__lt=session.day, content_flag="")
    return earlier.exclude(logged_at=None).order_by("-day").first()


def photos_open_to(actor: Actor):
    """Of sessions whose roll this actor may take, or whose attendance it may see."""
    taking = sessions_open_to(actor, Session.objects.within(actor.reach(Capability.TAKE_ROLL)))
    seeing = Session.objects.within(actor.reach(Capability.SEE_ATTENDANCE))
    return SessionPhoto.objects.filter(Q(session__in=taking.values("pk")) | Q(session__in=seeing.values("pk")))
