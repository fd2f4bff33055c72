"""Which of the days that were charged for were not eaten: the child had left the meal, it was not served, or leave came in time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from afterschool.schools.calendar import Day, days_of
from afterschool.schools.models import Student
from attendance.models import Leave
from billing.models import FeeMonth, Meal, MealCharge, MealConsent

WHY = {"stopped": "停餐", "closed": "学校停课", "leave": "请假"}


def calendar_of(fee_month: FeeMonth) -> list[Day]:
    return days_of(fee_month.school, fee_month.month, fee_month.last_on)


def days_ordered(consent: MealConsent, calendar: Iterable[Day]) -> list[date]:
    """The days of this calendar on which the meal is served and the consent holds."""
    meal, first, last = consent.meal, _first(consent), _last(consent)
    return [one.day for one in calendar if first <= one.day <= last and one.runs(meal.weekdays)]


def days_between(student: Student, first: date, last: date) -> list[date]:
    """On which of these days the child eats."""
    calendar = days_of(student.school, first, last)
    consents = MealConsent.objects.filter(student=student).select_related("meal", "student")
    return sorted({day for consent in consents for day in days_ordered(consent, calendar)})


def not_eaten(fee_month: FeeMonth, charges: Collection[MealCharge]) -> dict[int, dict[str, str]]:
    """By charge: the days and why, as a charge keeps them. The charges come with consent, meal and student."""
    calendar, leaves = {one.day: one for one in calendar_of(fee_month)}, _leaves(fee_month, charges)
    found = {}
    for charge in charges:
        last, asked = _last(charge.consent), leaves[charge.student_id]
        why = {day: _why(charge.meal, day, calendar[day], last, asked) for day in charge.days}
        found[charge.pk] = {day.isoformat(): word for day, word in why.items() if word}
    return found


def _why(meal: Meal, day: date, found: Day, last: date, leaves: Sequence[Leave]) -> str:
    if day > last:
        return "stopped"
    if not found.runs(meal.weekdays):
        return "closed"
    until = deadline(meal, day)
    return "leave" if any(one.first_on <= day <= one.last_on and _stood(one, until) for one in leaves) else ""


def _stood(leave: Leave, until: datetime) -> bool:
    """Whether the kitchen was told by then, and not told otherwise."""
    return leave.asked_at <= until and not (leave.cancelled_at and leave.cancelled_at <= until)


def deadline(meal: Meal, day: date) -> datetime:
    """Until when leave for this day gives the meal back."""
    return timezone.make_aware(datetime.combine(day - timedelta(days=meal.leave_days), meal.leave_until))


def _first(consent: MealConsent) -> date:
    return max(consent.began_on, consent.meal.began_on)


def _last(consent: MealConsent) -> date:
    ends = (consent.ended_on, consent.meal.ended_on, consent.student.left_on)
    return min(end or date.max for end in ends)


def _leaves(fee_month: FeeMonth, charges: Iterable[MealCharge]) -> defaultdict[int, list[Leave]]:
    found = defaultdict(list)
    asked = Leave.objects.filter(
        student__in={charge.student_id for charge in charges}, first_on__lte=fee_month.last_on,
        last_on__gte=fee_month.month,
    )  # fmt: skip
    for leave in asked:
        found[leave.student_id].append(leave)
    return found
