"""What may still be open when a day is signed."""

from dataclasses import dataclass
from datetime import date, datetime

from afterschool.schools.models import School
from attendance.models import Incident

from .contacts import Missing, unresolved_absences


@dataclass(frozen=True)
class Owing:
    unresolved: list[Missing]
    incidents: int

    @property
    def counts(self) -> dict[str, int]:
        return {"unresolved": len(self.unresolved), "incidents": self.incidents}

    @property
    def words(self) -> str:
        return owing_words(**self.counts)


def owing_words(unresolved: int, incidents: int) -> str:
    """`2 个没到的孩子没有联系上家长、1 件异常没处理完`; nothing open: blank."""
    calls = f"{unresolved} 个没到的孩子没有联系上家长" if unresolved else ""
    return "、".join(filter(None, [calls, f"{incidents} 件异常没处理完" if incidents else ""]))


def owing(school: School, day: date, now: datetime) -> Owing:
    unsettled = Incident.objects.filter(school=school, day=day, settled_at=None)
    return Owing(unresolved_absences(school, day, now), unsettled.count())
