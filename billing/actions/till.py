"""The till of a school: one money deed at a time."""

from datetime import date, timedelta
from typing import TypeVar

from afterschool.errors import RuleBroken
from afterschool.schools.models import School
from billing.models import Adjustment, Expense, FeeMonth, Subsidy

Entered = TypeVar("Entered", Adjustment, Expense, Subsidy)


def hold(school: School) -> School:
    """Wait until no other money deed is under way in this school; held until the transaction ends.

    Every action of this room begins here, so two of them never see each other half done. Rows elsewhere that only
    point at the school are not held up.
    """
    return School.objects.select_for_update(no_key=True).get(pk=school.pk)


def hold_month(fee_month: FeeMonth) -> FeeMonth:
    """The month as it is now, with its school's till held. Refuses a locked month."""
    hold(fee_month.school)
    fresh = FeeMonth.objects.select_related("school__bureau").get(pk=fee_month.pk)
    if not fresh.is_open:
        raise RuleBroken(f"{fresh}已经锁定，不能再改；更正请记入之后的月份")
    return fresh


def sent_before(row: Entered, *told: str) -> Entered | None:
    """What the same form wrote when it was sent before. Refuses where it says something else of what is `told`."""
    first = type(row).objects.filter(school=row.school, key=row.key).first()
    if first and any(getattr(first, name) != getattr(row, name) for name in told):
        raise RuleBroken(f"这张表已经记过一笔内容不同的{row._meta.verbose_name}；要再记一笔请重新打开表单")
    return first


def book_day(school: School, on: date) -> date:
    """The day a voucher bears: its own, or when that month is locked the first day after (L15)."""
    return max(on, first_open_day(school))


def first_open_day(school: School) -> date:
    last = FeeMonth.objects.filter(school=school, state=FeeMonth.State.LOCKED).order_by("-month").first()
    return last.last_on + timedelta(days=1) if last else date.min
