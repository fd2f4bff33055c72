"""What the tests of 补记离校 share: a day nobody signed, seen on the morning after it."""

from datetime import timedelta

from afterschool.notices.models import Notice
from attendance.actions import close_day
from attendance.actions.later import record_later
from attendance.archive.books import Books
from attendance.archive.gaps import gaps
from attendance.selectors.unrecorded import unrecorded
from tests.attendance.gate import mother_of
from tests.attendance.town import THURSDAY, at

FRIDAY = THURSDAY + timedelta(days=1)
MORNING = at(9, 12, FRIDAY)
LACKING = "10月15日 三(2)班有 1 名出勤学生没有离校记录"


def lacking(town, now=MORNING):
    return [one.student for one in unrecorded(town.school, THURSDAY, now)]


def write(town, child=None, key=None, left_at=None, now=MORNING, by=None, **more):
    child = child or town.children[0]
    said = {child.pk: (key or mother_of(child), left_at or at(17, 40))}
    words = {"source": "值班教师王静", "reason": "网络断了，没有登记上"} | more
    made = record_later(town.school, said, day=THURSDAY, **words, now=now, by=by or town.by_leader)
    return made[0] if made else None


def sign(town, now=MORNING):
    return close_day(town.school, day=THURSDAY, now=now, by=town.by_leader)


def told(town) -> list[str]:
    return list(Notice.objects.filter(to=town.mothers[0], kind="handed_over").values_list("title", flat=True))


def lines(town) -> list[str]:
    return [one for one in gaps(Books(town.school, THURSDAY, THURSDAY), FRIDAY) if "离校记录" in one]
