"""为什么是这个数？ What stands beside a teacher's stipend: the hours day by day, the arithmetic, the clause."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from afterschool.access.reach import Reach
from afterschool.money import Money
from afterschool.policy.terms import DAY_KINDS, duration
from afterschool.schools.calendar import Day, days_of
from afterschool.schools.rules import policy_of
from afterschool.schools.why import Days, Square, Why, dates, tell
from afterschool.templatetags.words import month as month_words

from .models import Duty, StipendLine, StipendSheet


@dataclass(frozen=True)
class Served:
    """A duty as it was paid: what kind of day it was, and for how long."""

    duty: Duty
    kind: str
    length: str


def own_lines(reach: Reach, person_id: int | None):
    """What this person is paid, once the school has approved it."""
    approved = StipendLine.objects.within(reach).filter(person=person_id, sheet__state=StipendSheet.State.APPROVED)
    return approved.select_related("sheet__school", "person").order_by("-sheet__month", "pk")


def explain(sheet: StipendSheet, lines: Iterable[StipendLine]) -> None:
    """Give each line of the sheet its `why` and its `served`. As many queries for one line as for all."""
    last_on = (sheet.month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    calendar = days_of(sheet.school, sheet.month, last_on)
    kinds = {day.day: day.kind for day in calendar}
    code = policy_of(sheet.school, last_on).code
    for line in lines:
        duties = sorted((paid.duty for paid in line.duties.all()), key=lambda duty: duty.starts_at)
        line.served = [Served(duty, DAY_KINDS[kinds[duty.day]], _length(line, [duty])) for duty in duties]
        line.why = _earned(sheet, line, duties, calendar, code)


def _earned(sheet: StipendSheet, line: StipendLine, duties: Sequence[Duty], calendar: Sequence[Day], code: str) -> Why:
    by_day: dict[date, list[Duty]] = defaultdict(list)
    for duty in duties:
        by_day[duty.day].append(duty)
    return tell(
        f"{line.person.name} {month_words(sheet.month)}补助 {Money(line.amount_fen)} 元",
        Money(line.amount_fen),
        steps=line.steps,
        cites=line.cites,
        code=code,
        squares=[_square(day, line, by_day) for day in calendar],
        days=[
            Days(
                f"{word} {len(held)} 天，一共 {_length(line, [one for day in held for one in by_day[day]])}",
                dates(held),
            )
            for kind, word in DAY_KINDS.items()
            if (held := [day.day for day in calendar if day.kind == kind and day.day in by_day])
        ],
    )


def _square(day: Day, line: StipendLine, by_day: dict[date, list[Duty]]) -> Square:
    if day.day not in by_day:
        return Square(day.day)
    duties = by_day[day.day]
    lessons, minutes = sum(duty.lessons for duty in duties), sum(duty.minutes for duty in duties)
    sign = f"{lessons}课时" if line.by_lesson else f"{minutes}分"
    return Square(day.day, sign, "" if day.kind == "workday" else "is-leave")


def _length(line: StipendLine, duties: Sequence[Duty]) -> str:
    """By lessons where the line is paid by nothing else."""
    if line.by_lesson:
        return f"{sum(duty.lessons for duty in duties)} 课时"
    return duration(sum(duty.minutes for duty in duties))
