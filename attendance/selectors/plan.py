"""What meets today, in order, and with whom."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from afterschool.schools.models import School
from attendance.models import Session
from staffing.models import Duty

from .book import day_book


@dataclass(frozen=True)
class PlanLine:
    session: Session
    teachers: str
    listed: int

    @property
    def is_stopped(self) -> bool:
        return bool(self.session.cancelled_at or self.session.cut_short_at)


def day_plan(school: School, day: date) -> list[PlanLine]:
    """All sessions of the day, also the cancelled ones. Eight queries."""
    book = day_book(school, day, sessions=Session.objects.select_related("merged_into__section"))
    teachers = teachers_by_section(school, day)
    return [PlanLine(one, teachers[one.section_id], len(book.listed[one.pk])) for one in book.sessions]


def teachers_by_section(school: School, day: date) -> dict[int, str]:
    """The names of those on duty."""
    names: dict[int, list[str]] = defaultdict(list)
    for duty in Duty.objects.filter(school=school, day=day).exclude(section=None).select_related("person"):
        names[duty.section_id or 0].append(duty.person.name)
    return defaultdict(str, {section: "、".join(found) for section, found in names.items()})
