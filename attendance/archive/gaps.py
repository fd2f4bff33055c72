"""缺项: what the records of these days ought to hold and do not, up to today."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from afterschool.policy.staffing import leaders_needed
from afterschool.schools.rules import law_of
from attendance.models import EmergencyPlan, Mark, Venue, VenueCheck
from attendance.selectors.venues import due_on
from enrollment.models import Section
from staffing.models import Duty
from staffing.selectors import running

from .books import Books, Roll, place_of
from .record import listed, short

MOST_NAMED = 8


@dataclass(frozen=True)
class Gap:
    """`names` are the classes or people of whom the words are said."""

    day: date
    words: str
    names: Iterable[str] = ()
    unit: str = "个班"

    def said(self, whole: bool) -> str:
        """All of the names, while they are few."""
        names = list(dict.fromkeys(self.names))
        if not whole and len(names) > MOST_NAMED:
            return f"{short(self.day)} {listed(names[:MOST_NAMED])}等 {len(names)} {self.unit}{self.words}"
        return f"{short(self.day)} {listed(names)}{self.words}"


Found = Iterator[Gap]


def gaps(books: Books, today: date, *, whole: bool = False) -> list[str]:
    """A line a day and kind, each naming its classes: `10月15日 三(2)班、三(3)班没有点名`. `whole`: however many."""
    until = min(books.last, today)
    found = [*_sessions(books), *_rolls(books), *_days(books), *_staff(books), *_matters(books)]
    dated = sorted((one for one in found if one.day <= until), key=lambda one: one.day)
    return [one.said(whole) for one in dated] + _venues(books, until)


def _sessions(books: Books) -> Found:
    """What the timetable and the list of children let expect, and nobody opened."""
    opened = {(session.section_id, session.day) for session in books.sessions}
    for day, sections in running(books.school, books.first, books.last):
        lacking = [one for one in sections if (one.pk, day.day) not in opened and books.seated(one.pk, day.day)]
        if lacking and not any(on == day.day for _, on in opened):
            yield Gap(day.day, "有课后服务，没有任何记录")
        elif lacking:
            yield Gap(day.day, "没有开展记录", _names(lacking))


def _rolls(books: Books) -> Found:
    """Of each session that was held: the roll, the calls, the children's leaving, the content."""
    kinds = {"没有点名": _untaken, "没有记服务内容": _without_content}
    counted = {
        "名学生没有点名": _unmarked,
        "名缺勤学生没有联系记录": lambda roll: _uncalled(books, roll),
        "名出勤学生没有离校记录": lambda roll: _not_seen_off(books, roll, kept=False),
        "名学生还在看护中，没有离校记录": lambda roll: _not_seen_off(books, roll, kept=True),
    }
    for day, rolls in _by_day(books.rolls):
        for words, lacks in kinds.items():
            if sections := [roll.session.section for roll in rolls if lacks(roll)]:
                yield Gap(day, words, _names(sections))
        for words, count in counted.items():
            if lacking := {roll.session.section: number for roll in rolls if (number := count(roll))}:
                yield Gap(day, f"有 {sum(lacking.values())} {words}", _names(lacking))


def _untaken(roll: Roll) -> bool:
    return roll.session.taken_at is None


def _unmarked(roll: Roll) -> int:
    return 0 if _untaken(roll) else roll.count(None)


def _without_content(roll: Roll) -> bool:
    """Guests of another session do what that one does."""
    return roll.session.logged_at is None and roll.session.merged_into_id is None


def _uncalled(books: Books, roll: Roll) -> int:
    absent = [student for student, status in roll.lines if status == Mark.Status.ABSENT]
    return sum((roll.session.pk, student.pk) not in books.contacts for student in absent)


def _not_seen_off(books: Books, roll: Roll, *, kept: bool) -> int:
    """With a keeper, or with nobody."""
    if roll.session.ends_in_lessons:
        return 0
    here = [(student.pk, roll.session.day) for student, status in roll.lines if status in Mark.HERE]
    return sum(_is_kept(books, one) == kept for one in here if one not in books.left_at)


def _is_kept(books: Books, one: tuple[int, date]) -> bool:
    return any(stay.ended_at is None for stay in books.stays.get(one, ()))


def _days(books: Books) -> Found:
    seen = {patrol.session_id for patrol in books.patrols if patrol.undone_at is None}
    for day, rolls in _by_day(books.rolls):
        if day not in books.closes:
            yield Gap(day, "没有清零签字")
        if not any(roll.session.pk in seen for roll in rolls):
            yield Gap(day, "没有巡查记录")
        elif unseen := [roll.session.section for roll in rolls if roll.session.pk not in seen]:
            yield Gap(day, "没有巡查", _names(unseen))


def _staff(books: Books) -> Found:
    law = law_of(books.school)
    duties: dict[date, list[Duty]] = defaultdict(list)
    for duty in books.duties:
        duties[duty.day].append(duty)
    for day, rolls in _by_day(books.rolls):
        leaders = sum(duty.role == Duty.Role.LEADER for duty in duties[day])
        if leaders < leaders_needed(law, day, stage=books.school.stage).answer:
            yield Gap(day, "带班领导没有排够" if leaders else "没有带班领导")
        alone = [roll for roll in rolls if (roll.session.section_id, day) not in books.teachers]
        if sections := [roll.session.section for roll in alone if not roll.session.merged_into_id]:
            yield Gap(day, "没有值班教师", _names(sections))
        lacks = {
            "没有到岗记录": [one for one in duties[day] if one.arrived_at is None],
            "没有离岗记录": [one for one in duties[day] if one.arrived_at and one.left_at is None],
            "的时间没有确认": [one for one in duties[day] if one.left_at and one.confirmed_by_id is None],
        }
        for words, lacking in lacks.items():
            if lacking:
                yield Gap(day, words, [one.person.name for one in lacking], "人")


def _matters(books: Books) -> Found:
    """Incidents nobody has settled, visitors nobody saw leave. Children are not named: what is missing is read by many."""
    open_kinds = [(one.day, one.get_kind_display()) for one in books.incidents if one.settled_at is None]
    still_in = [(one.day, one.get_kind_display()) for one in books.entries if one.out_at is None and one.kind != "item"]
    for found, words in ((open_kinds, "件异常没有处理完毕"), (still_in, "条门卫登记没有离校时间")):
        for day in dict.fromkeys(day for day, _ in found):
            kinds = [kind for on, kind in found if on == day]
            yield Gap(day, f"有 {len(kinds)} {words}（{listed(kinds)}）")


def _venues(books: Books, until: date) -> list[str]:
    """Rooms that were due on the last of these days, dangers that should have been mended, plans that are not there."""
    checks = Prefetch("checks", VenueCheck.objects.filter(checked_on__lte=until))
    said = []
    for venue in books.open_in(Venue).prefetch_related(checks):
        known = list(venue.checks.all())
        due = due_on(venue, known[0] if known else None)
        if due <= (venue.ended_on or until) and due <= until:
            said.append(f"{venue.name}应在{short(due)}检查，没有检查记录")
        late = [one for one in known if one.mend_by and one.mend_by < until and not (one.mended_on or one.is_safe)]
        said += [f"{venue.name}{short(one.checked_on)}查出的隐患到{short(one.mend_by)}没有整改" for one in late]
    return said if books.open_in(EmergencyPlan).exists() else [*said, "没有应急预案"]


def _by_day(rolls: Iterable[Roll]) -> list[tuple[date, list[Roll]]]:
    """Where no child was expected and none came, nothing is missing."""
    found: dict[date, list[Roll]] = defaultdict(list)
    for roll in rolls:
        if roll.lines:
            found[roll.session.day].append(roll)
    return sorted(found.items())


def _names(sections: Iterable[Section]) -> list[str]:
    return [section.name for section in sorted(sections, key=place_of)]
