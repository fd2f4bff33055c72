"""What a guard may see: today, first name, class, who may collect. Of a child with a restriction nothing but that."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Max, QuerySet
from django.utils import timezone

from afterschool.schools.models import School, Student
from afterschool.schools.names import given_name
from attendance.models import DayClose, GateEntry, Handover, LateStay, Session
from staffing.selectors import moment

from .book import day_book
from .offline import List
from .reach import children_of
from .trail import WORDS

MOST_FOUND = 12
NIGHT = time(20)
AFTER_THE_LAST = timedelta(hours=1)


@dataclass(frozen=True)
class Pupil:
    """One child on the guard's page: no number, no telephone."""

    name: str  # the first name; with the surname where another of the class has the same, or who asks knows it
    school_class: str
    pill: str
    word: str
    left: str  # 17:42 由奶奶接走
    call_office: bool
    note: str
    alone: str  # how it was agreed that the child leaves without an adult
    adults: Sequence[dict]


def pupils_found(school: School, day: date, asked: str, now: datetime) -> list[Pupil]:
    """A handful of today's children by part of the name, of those not put away. Nothing asked, nothing shown; queries do
    not grow with them."""
    if not (asked := asked.strip()):
        return []
    among = kept_children(school, day) if is_put_away(school, day, now) else children_of(school, day)
    found = list(among.filter(name__icontains=asked)[:MOST_FOUND])
    alike = Counter((given_name(child.name), child.school_class_id) for child in found)
    whole = {one.pk for one in found if one.name == asked or alike[given_name(one.name), one.school_class_id] > 1}
    return [_pupil(child, whole) for child in List(school, day_book(school, day, students=found)).children()]


def kept_children(school: School, day: date) -> QuerySet[Student]:
    """Those in 晚接看护 whom nobody has collected yet: they are found until the last of them has gone."""
    stays = LateStay.objects.filter(school=school, day=day, ended_at=None)
    gone = Handover.objects.filter(school=school, day=day, undone_at=None)
    return children_of(school, day).filter(pk__in=stays.values("student")).exclude(pk__in=gone.values("student"))


def put_away_at(school: School, day: date) -> datetime:
    """When the day's children leave the guard's page, if the leader does not sign before."""
    last = Session.objects.held().filter(school=school, day=day).aggregate(last=Max("ends_at"))["last"]
    return max(moment(day, NIGHT), moment(day, last or NIGHT) + (AFTER_THE_LAST if last else timedelta(0)))


def is_put_away(school: School, day: date, now: datetime) -> bool:
    return now >= put_away_at(school, day) or DayClose.objects.filter(school=school, day=day).exists()


def entries_of(school: School, day: date):
    """Who came in today or is still inside, these first."""
    return GateEntry.objects.to_watch(day).filter(school=school).order_by(F("out_at").desc(nulls_first=True), "in_at")


def _pupil(child: dict, whole: set[int]) -> Pupil:
    (pill, word), gone, held = WORDS[child["state"]], child["gone"], child["call_office"]
    quiet = held or bool(gone)  # nobody has to be known any more, or nobody may be
    return Pupil(
        name=child["name"] if child["id"] in whole else given_name(child["name"]),
        school_class=child["class"],
        pill=pill,
        word=word,
        left=f"{timezone.localtime(datetime.fromisoformat(gone['at'])):%H:%M} {gone['words']}"
        if gone and not held
        else "",
        call_office=held and not gone,
        note="" if quiet else child["note"],
        alone="" if quiet or child["mode"] == "collected" else child["mode"],
        adults=[] if quiet else [one for one in child["adults"] if not one["barred"]],
    )
