from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify
from afterschool.policy.national import is_official, national_days, source

from ..models import Bureau, CalendarChange, CalendarDay, CalendarYear, Post, School

LONGEST_CHANGE = timedelta(days=200)


@transaction.atomic
def fill_calendar(bureau: Bureau, year: int, *, by: Actor) -> CalendarYear:
    """Write down the national calendar of a year, or write it anew once the notice is out. Changes stay as they are."""
    row, _ = CalendarYear.objects.get_or_create(bureau=bureau, year=year)
    row.official = is_official(year)
    row.save(update_fields=["official"])
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                bureau=bureau, day=it.day, kind=it.kind, name=it.name, serves=it.kind == "workday",
                source=source(year), official=row.official,
            )
            for it in national_days(year)
        ],
        update_conflicts=True,
        unique_fields=["bureau", "day"],
        update_fields=["kind", "name", "serves", "source", "official"],
    )  # fmt: skip
    record(by, "filled", row, year=year, official=row.official)
    return row


@transaction.atomic
def confirm_year(bureau: Bureau, year: int, *, by: Actor) -> CalendarYear:
    """The bureau stands by a provisional year, so that fees and pay may be counted from it."""
    row = CalendarYear.objects.select_for_update().filter(bureau=bureau, year=year).first()
    if row is None:
        raise RuleBroken(f"{year}年的日历还没有生成，没有可以确认的内容")
    if row.is_settled:
        return row
    row.confirmed_at, row.confirmed_by_id = timezone.now(), by.person_id
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    record(by, "confirmed", row, year=year)
    return row


def change_day(bureau: Bureau, day: date, **facts) -> CalendarChange:
    """One day of `change_days`, with the same facts."""
    (change,) = change_days(bureau, day, day, **facts)
    return change


@transaction.atomic
def change_days(
    bureau: Bureau,
    first: date,
    last: date,
    *,
    kind: str,
    serves: bool,
    reason: str,
    follows_weekday: int | None = None,
    forced: bool = False,
    only: int | None = None,
    school: School | None = None,
    by: Actor,
) -> list[CalendarChange]:
    """Say otherwise of some days, for the whole bureau or one school; with `only`, of that weekday's (1–7) alone.

    Earlier changes stay readable; the latest counts.
    """
    changes = [
        CalendarChange(
            bureau=bureau, school=school, day=day, kind=kind, serves=serves,
            follows_weekday=follows_weekday, forced=forced, reason=reason.strip(), made_by_id=by.person_id,
        )
        for day in _days(bureau, first, last, only)
    ]  # fmt: skip
    _refuse(changes[0])
    for change in CalendarChange.objects.bulk_create(changes):
        record(by, "changed", change, day=change.day.isoformat(), kind=kind, serves=serves, reason=change.reason)
    if school is None:
        _tell_schools(bureau, changes)
    return changes


def _refuse(change: CalendarChange) -> None:
    if not change.reason:
        raise RuleBroken("请写明调整原因，家长和教师会看到", field="reason")
    if change.school and change.school.bureau_id != change.bureau_id:
        raise RuleBroken(f"{change.school.name}不属于{change.bureau.name}", field="school")
    if change.follows_weekday is not None and not change.serves:
        raise RuleBroken("不开展课后服务的日子，不用选按星期几上课", field="follows_weekday")
    if change.forced and change.serves:
        raise RuleBroken("开展课后服务的日子，不用选因不可抗力停课", field="forced")


def _days(bureau: Bureau, first: date, last: date, only: int | None) -> list[date]:
    if last < first:
        raise RuleBroken("结束日期不能早于开始日期", field="until")
    if last - first > LONGEST_CHANGE:
        raise RuleBroken("一次最多调整一个学期，请分几次", field="until")
    filled = set(CalendarYear.objects.filter(bureau=bureau).values_list("year", flat=True))
    lacking = {first.year, last.year} - filled
    if lacking:
        raise RuleBroken(f"{min(lacking)}年的日历还没有生成，请先生成", field="day")
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    chosen = [day for day in days if only in (None, day.isoweekday())]
    if not chosen:
        raise RuleBroken("这段日子里没有所选的星期", field="only")
    return chosen


def _tell_schools(bureau: Bureau, changes: list[CalendarChange]) -> None:
    first, last = changes[0], changes[-1]
    when = f"{first.day:%-m月%-d日}" + (f"至{last.day:%-m月%-d日}" if last is not first else "")
    title = f"教育局调整了{when}的日历：{'开展' if first.serves else '不开展'}课后服务"
    admins = Post.objects.open_on(timezone.localdate(first.made_at)).filter(
        school__bureau=bureau, role=Role.SCHOOL_ADMIN.name
    )
    for post in admins.select_related("person"):
        notify(post.person, "calendar_changed", title=title, body=first.reason, school_id=post.school_id)
