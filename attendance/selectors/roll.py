"""The roll: all listed children, leave filled in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from afterschool.access.reach import Reach
from afterschool.schools.models import Student
from afterschool.templatetags.words import clock
from attendance.models import DayClose, Handover, Leave, Mark, MarkCorrection, MonthLock, Session

from .book import DayBook, day_book

Status = Mark.Status
ROUND = (Status.PRESENT, Status.ABSENT, Status.LATE, Status.ILL)  # what a tap on a tile goes through


@dataclass(frozen=True)
class RollRow:
    """One child on the roll: the mark, or before it is taken what it is filled in with, and why."""

    student: Student
    number: int
    mark: Mark | None
    expected: str  # present; or the leave that was asked for; or as an earlier session of the day found the child
    why: str = ""
    corrections: tuple[MarkCorrection, ...] = ()

    @property
    def status(self) -> str:
        return self.mark.status if self.mark else self.expected

    @property
    def cycle(self) -> str:
        others = [status for status in ROUND if status != self.expected]
        return " ".join([self.expected, *others[:3]])

    @property
    def last_correction(self) -> MarkCorrection | None:
        return self.corrections[0] if self.corrections else None


def roll(session: Session) -> list[RollRow]:
    """All listed children in pinyin order, leave filled in. Ten queries, whatever the number of children."""
    book = day_book(session.school, session.day, sessions=Session.objects.filter(pk=session.pk))
    listed = book.listed.get(session.pk, [])
    filled, changed = _filled_in(session, book, listed), corrections_of(session)
    return [
        RollRow(
            student,
            n,
            book.marks.get((session.pk, student.pk)),
            *filled.get(student.pk, (Status.PRESENT, "")),
            tuple(changed.get(student.pk, ())),
        )
        for n, student in enumerate(listed, 1)
    ]


def _filled_in(session: Session, book: DayBook, listed: list[Student]) -> dict[int, tuple[str, str]]:
    """Who is not expected here, and why: what was found earlier today, who has left, and before all the guardian's word."""
    earlier = Mark.objects.filter(session__day=session.day, session__starts_at__lt=session.starts_at)
    earlier = earlier.filter(student__in=listed).select_related("session__section")
    filled = {}
    for mark in earlier.order_by("session__starts_at", "session"):
        filled[mark.student_id] = (mark.status, f"{mark.session.section.name} {mark.get_status_display()}")
    filled = {pk: found for pk, found in filled.items() if found[0] not in Mark.HERE}
    filled |= {pk: (Status.LEAVE, gone.words) for pk, gone in book.handovers.items()}
    asked = leave_statuses(listed, session.day)
    return filled | {pk: (status, "家长请假") for pk, status in asked.items()}


def corrections_of(session: Session) -> dict[int, list[MarkCorrection]]:
    """By child, the latest first."""
    found: dict[int, list[MarkCorrection]] = {}
    for one in session.corrections.select_related("asked_by", "decided_by"):
        found.setdefault(one.student_id, []).append(one)
    return found


def corrections_asked(reach: Reach):
    """What waits for a decision, the oldest first."""
    asked = MarkCorrection.objects.within(reach).filter(state=MarkCorrection.State.ASKED)
    return asked.select_related("session__section", "student__school_class", "asked_by", "school").order_by("id")


def corrections_done(reach: Reach, most: int = 30):
    """What others decided, and what was corrected without asking, the latest first."""
    done = MarkCorrection.objects.within(reach).exclude(state=MarkCorrection.State.ASKED)
    return done.select_related("session__section", "student__school_class", "asked_by", "decided_by", "school")[:most]


def month_is_locked(session: Session) -> bool:
    return is_locked(session.school_id, session.day)


def is_locked(school_id: int, day: date) -> bool:
    return MonthLock.objects.filter(school=school_id, month=day.replace(day=1)).exists()


def signed(school_id: int, day: date) -> str:
    """By whom and when the day was signed, in words; blank while it is open."""
    close = DayClose.objects.filter(school=school_id, day=day).select_related("closed_by").first()
    return f"{day:%-m月%-d日}已由 {close.closed_by.name} {clock(close.closed_at)} 签字结束" if close else ""


def stands(session: Session) -> str:
    """Why a roll that was taken is not taken back as a whole any more; blank while it may be."""
    if why := signed(session.school_id, session.day):
        return why
    if month_is_locked(session):
        return "这个月已经锁定"
    left = Handover.objects.filter(day=session.day, student__in=session.marks.values("student"), undone_at=None)
    return "已经有孩子交接" if left.exists() else ""


def leave_statuses(students: Iterable[Student], day: date) -> dict[int, str]:
    """What the roll is filled in with for children whose guardians asked for leave."""
    asked = Leave.objects.covering(day).filter(student__in=students).values_list("student", "is_ill")
    return {student: Mark.Status.ILL if is_ill else Mark.Status.LEAVE for student, is_ill in asked}


def leaves_ahead(student: Student, today: date):
    return Leave.objects.filter(student=student, cancelled_at=None, last_on__gte=today)


def span(leave: Leave) -> str:
    """`10月15日`, or `10月15日至10月17日`."""
    first, last = (f"{day.month}月{day.day}日" for day in (leave.first_on, leave.last_on))
    return first if first == last else f"{first}至{last}"
