from datetime import date

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken

from ..models import Bureau, CalendarChange, CalendarDay, CalendarYear, School
from ..national import is_official, national_days, source


@transaction.atomic
def fill_calendar(bureau: Bureau, year: int, *, by: Actor) -> CalendarYear:
    """Write down the national calendar of a year, or write it anew once the notice is out. Changes stay as they are."""
    row, _ = CalendarYear.objects.get_or_create(bureau=bureau, year=year)
    row.official = is_official(year)
    row.save(update_fields=["official"])
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                bureau=bureau, day=it.day, kind=it.kind, name=it.name, serves=it.kind == CalendarDay.Kind.WORKDAY,
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


@transaction.atomic
def change_day(
    bureau: Bureau,
    day: date,
    *,
    kind: str,
    serves: bool,
    reason: str,
    follows_weekday: int | None = None,
    school: School | None = None,
    by: Actor,
) -> CalendarChange:
    """Say otherwise of a day, for the whole bureau or one school. Earlier changes stay readable; the latest counts."""
    reason = reason.strip()
    if not reason:
        raise RuleBroken("请写明调整原因，家长和教师会看到", field="reason")
    if school and school.bureau_id != bureau.pk:
        raise RuleBroken(f"{school.name}不属于{bureau.name}", field="school")
    if follows_weekday is not None and not serves:
        raise RuleBroken("不开展课后服务的日子，不用选按星期几上课", field="follows_weekday")
    if not CalendarYear.objects.filter(bureau=bureau, year=day.year).exists():
        raise RuleBroken(f"{day.year}年的日历还没有生成，请先生成", field="day")
    change = CalendarChange.objects.create(
        bureau=bureau, school=school, day=day, kind=kind, serves=serves,
        follows_weekday=follows_weekday, reason=reason, made_by_id=by.person_id,
    )  # fmt: skip
    record(by, "changed", change, day=day.isoformat(), kind=kind, serves=serves, reason=reason)
    return change
