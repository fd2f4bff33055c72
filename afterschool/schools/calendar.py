"""What a school's days are: the bureau's calendar, its terms, and the changes bureau and school have made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from afterschool.errors import NoRule, RuleBroken
from afterschool.policy import rules, windows
from afterschool.policy.book import Succession
from afterschool.policy.rule import Case

from .models import Bureau, CalendarChange, CalendarDay, CalendarYear, School, Term
from .rules import case_of, laws_of

SCHOOL_WEEK = frozenset({1, 2, 3, 4, 5})
Spell = tuple[School | Bureau, date, date]


@dataclass(frozen=True)
class Day:
    """One day as it stands for a school or a bureau.

    `weekday` is the timetable the day follows, 1–7. It is None on a make-up day (调休上班) of which nobody has yet said
    whose timetable it follows: then everything that runs from Monday to Friday runs.
    """

    day: date
    kind: str
    serves: bool
    weekday: int | None
    name: str = ""
    official: bool = False
    note: str = ""
    forced: bool = False  # closed by typhoon and the like, not by the school

    def runs(self, weekdays: Collection[int]) -> bool:
        """Whether something offered on these weekdays runs today."""
        timetable = SCHOOL_WEEK if self.weekday is None else {self.weekday}
        return self.serves and not timetable.isdisjoint(weekdays)


def days_of(place: School | Bureau, first: date, last: date) -> list[Day]:
    """Every day from first to last. Three queries.

    Service runs on the workdays of a term, but for the days that the policy keeps free. The bureau's changes stand over
    that, the school's over the bureau's, the later over the earlier.
    """
    return days_of_each([(place, first, last)])[0]


def days_of_each(spells: Sequence[Spell]) -> list[list[Day]]:
    """The days of several places and spells. Three queries, however many there are."""
    asked = [Q(bureau=_bureau_of(place), day__range=(first, last)) for place, first, last in spells]
    within = reduce(or_, asked, Q(pk__in=()))
    term = Term.objects.filter(bureau=OuterRef("bureau"), began_on__lte=OuterRef("day"), ended_on__gte=OuterRef("day"))
    rows = CalendarDay.objects.filter(within).annotate(in_term=Exists(term))
    held = {(row.bureau_id, row.day): _as_held(row, row.in_term) for row in rows}
    schools = [place for place, _, _ in spells if isinstance(place, School)]
    whose = Q(school=None) | Q(school__in=schools)
    changes = list(CalendarChange.objects.filter(within, whose).order_by("pk"))
    laws = laws_of({_bureau_of(place) for place in schools})
    return [_spell(place, first, last, _kept_free(held, place, laws), changes) for place, first, last in spells]


def _spell(
    place: School | Bureau,
    first: date,
    last: date,
    held: Mapping[tuple[int, date], Day],
    changes: Sequence[CalendarChange],
) -> list[Day]:
    bureau_id, school_id = _bureau_of(place), place.pk if isinstance(place, School) else None
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = {day: held.get((bureau_id, day)) for day in every}
    own = [one for one in changes if one.bureau_id == bureau_id and one.school_id in (None, school_id)]
    for change in sorted(own, key=lambda change: change.school_id is not None):
        days[change.day] = _as_changed(days.get(change.day), change)
    return [days[day] or _unknown(day) for day in every]


def _kept_free(
    held: Mapping[tuple[int, date], Day], place: School | Bureau, laws: Mapping[int, Succession]
) -> Mapping[tuple[int, date], Day]:
    """Without the days on which the policy wants no service in such a school."""
    law = laws.get(_bureau_of(place))
    if law is None or not isinstance(place, School) or not law.speaks_of(rules.DayOff):
        return held
    case = case_of(place)
    ours = {key: day for key, day in held.items() if key[0] == place.bureau_id and day.serves}
    free = {key: why for key in ours if (why := _day_off(law, key[1], case))}
    return {**held, **{key: replace(held[key], serves=False, note=why) for key, why in free.items()}}


def _day_off(law: Succession, day: date, case: Case) -> str:
    try:
        off = windows.day_off(law, day, case)
    except NoRule:  # before the first policy nothing is kept free
        return ""
    return off.because if off else ""


def _bureau_of(place: School | Bureau) -> int:
    return place.bureau_id if isinstance(place, School) else place.pk


def service_days(school: School, weekdays: Collection[int], first: date, last: date) -> list[date]:
    """The days on which something offered on these weekdays runs."""
    return [day.day for day in days_of(school, first, last) if day.runs(weekdays)]


def require_settled(bureau: Bureau, year: int) -> None:
    """Fees and pay rest on the days of a year: refuse while they are provisional."""
    row = CalendarYear.objects.filter(bureau=bureau, year=year).first()
    if row is None:
        raise RuleBroken(f"{year}年的日历还没有生成，请教育局管理员在“日历”页生成并确认后再办理")
    if not row.is_settled:
        raise RuleBroken(f"{year}年的日历是暂定的（国务院放假通知尚未收录），请教育局管理员核对并确认后再办理")


def _as_held(row: CalendarDay, in_term: bool) -> Day:
    note = "" if in_term or not row.serves else "不在学期内"
    weekday = _timetable(row.day, row.kind, row.follows_weekday)
    return Day(row.day, row.kind, row.serves and in_term, weekday, row.name, row.official, note)


def _as_changed(was: Day | None, change: CalendarChange) -> Day:
    weekday = _timetable(change.day, change.kind, change.follows_weekday)
    name = was.name if was else ""
    return Day(
        change.day, change.kind, change.serves, weekday, name, official=True, note=change.reason, forced=change.forced
    )


def _timetable(day: date, kind: str, follows: int | None) -> int | None:
    made_up = kind == CalendarDay.Kind.WORKDAY and day.isoweekday() not in SCHOOL_WEEK
    return follows or (None if made_up else day.isoweekday())


def _unknown(day: date) -> Day:
    return Day(day, CalendarDay.Kind.REST, False, day.isoweekday(), note="这一年的日历还没有生成")
