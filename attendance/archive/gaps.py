"""缺项: what the records of these days ought to hold and do not, up to today."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
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
Found = Iterator[tuple[date, str]]


def gaps(books: Books, today: date) -> list[str]:
    """A line a day and kind, each naming its classes: `10月15日 三(2)班、三(3)班没有点名`."""
    until = min(books.last, today)
    found = [*_sessions(books), *_rolls(books), *_days(books), *_staff(books), *_matters(books)]
    dated = sorted((one for one in found if one[0] <= until), key=lambda one: one[0])
    return [f"{short(day)} {words}" for day, words in dated] + _venues(books, until)


def _sessions(books: Books) -> Found:
    """What the timetable and the list of children let expect, and nobody opened."""
    opened = {(session.section_id, session.day) for session in books.sessions}
    for day, sections in running(books.school, books.first, books.last):
        lacking = [one for one in sections if (one.pk, day.day) not in opened and books.seated(one.pk, day.day)]
        if lacking and not any(on == day.day for _, on in opened):
            yield day.day, "有课后服务，没有任何记录"
        elif lacking:
            yield day.day, f"{_named(lacking)}没有开展记录"


def _rolls(books: Books) -> Found:
    """Of each session that was held: the roll, the calls, the children's leaving, the content."""
    kinds = {"没有点名": _untaken, "没有记服务内容": _without_content}
    counted = {
        "名学生没有点名": _unmarked,
        "名缺勤学生没有联系记录": lambda roll: _uncalled(books, roll),
        "名到班学生没有离校记录": lambda roll: _not_seen_off(books, roll),
    }
    for day, rolls in _by_day(books.rolls):
        for words, lacks in kinds.items():
            if sections := [roll.session.section for roll in rolls if lacks(roll)]:
                yield day, f"{_named(sections)}{words}"
        for words, count in counted.items():
            if lacking := {roll.session.section: number for roll in rolls if (number := count(roll))}:
                yield day, f"{_named(lacking)}有 {sum(lacking.values())} {words}"


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


def _not_seen_off(books: Books, roll: Roll) -> int:
    if roll.session.ends_in_lessons:
        return 0
    here = [student for student, status in roll.lines if status in Mark.HERE]
    return sum((student.pk, roll.session.day) not in books.left_at for student in here)


def _days(books: Books) -> Found:
    seen = {patrol.session_id for patrol in books.patrols}
    for day, rolls in _by_day(books.rolls):
        if day not in books.closes:
            yield day, "没有清零签字"
        if not any(roll.session.pk in seen for roll in rolls):
            yield day, "没有巡查记录"
        elif unseen := [roll.session.section for roll in rolls if roll.session.pk not in seen]:
            yield day, f"{_named(unseen)}没有巡查"


def _staff(books: Books) -> Found:
    law = law_of(books.school)
    duties: dict[date, list[Duty]] = defaultdict(list)
    for duty in books.duties:
        duties[duty.day].append(duty)
    for day, rolls in _by_day(books.rolls):
        leaders = sum(duty.role == Duty.Role.LEADER for duty in duties[day])
        if leaders < leaders_needed(law, day, stage=books.school.stage).answer:
            yield day, "带班领导没有排够" if leaders else "没有带班领导"
        alone = [roll for roll in rolls if (roll.session.section_id, day) not in books.teachers]
        if sections := [roll.session.section for roll in alone if not roll.session.merged_into_id]:
            yield day, f"{_named(sections)}没有值班教师"
        lacks = {
            "没有到岗记录": [one for one in duties[day] if one.arrived_at is None],
            "没有离岗记录": [one for one in duties[day] if one.arrived_at and one.left_at is None],
            "的时间没有确认": [one for one in duties[day] if one.left_at and one.confirmed_by_id is None],
        }
        for words, lacking in lacks.items():
            if lacking:
                yield day, f"{_short([one.person.name for one in lacking], '人')}{words}"


def _matters(books: Books) -> Found:
    """Incidents nobody has settled, visitors nobody saw leave. Children are not named: what is missing is read by many."""
    open_kinds = [(one.day, one.get_kind_display()) for one in books.incidents if one.settled_at is None]
    still_in = [(one.day, one.get_kind_display()) for one in books.entries if one.out_at is None and one.kind != "item"]
    for found, words in ((open_kinds, "件异常没有处理完毕"), (still_in, "条门卫登记没有离校时间")):
        for day in dict.fromkeys(day for day, _ in found):
            kinds = [kind for on, kind in found if on == day]
            yield day, f"有 {len(kinds)} {words}（{listed(kinds)}）"


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


def _named(sections: Iterable[Section]) -> str:
    return _short([section.name for section in sorted(sections, key=place_of)], "个班")


def _short(names: list[str], unit: str) -> str:
    """All of them, while they are few."""
    each = list(dict.fromkeys(names))
    return listed(each) if len(each) <= MOST_NAMED else f"{listed(each[:MOST_NAMED])}等 {len(each)} {unit}"
