"""The days that a charge was for and that were not served, from the calendar, the sessions and the roll."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import F, Q, QuerySet

from afterschool.policy import rules
from afterschool.policy.terms import Cause
from afterschool.schools.calendar import days_of
from attendance.models import Mark, Session
from billing.models import Charge, FeeMonth
from billing.tariffs import law_of
from enrollment.models import Placement

Missed = dict[Cause, tuple[date, ...]]
Span = tuple[date, date]
# Why attendance stopped a session, in the words of the policy.
UNSERVED: dict[str, Cause] = {Session.Unserved.SCHOOL: "cancelled", Session.Unserved.FORCED: "force_majeure"}


def with_last_days(charges: QuerySet[Charge]) -> QuerySet[Charge]:
    """Each with its agreement's number and last day and the child's, and without what it was told by."""
    told = {"agreement_number": "agreement__number", "ended_on": "agreement__ended_on", "left_on": "student__left_on"}
    return charges.annotate(**{word: F(column) for word, column in told.items()}).defer("steps", "cites")


def missed_days(fee_month: FeeMonth, paying: Mapping[int, Charge], days: Span | None = None) -> dict[int, Missed]:
    """By charge and cause, the days charged for and not served; each day by one cause only. Only causes that the
    policy names. Within the month, or within the `days` of a term that is settled as one: then also those after an
    agreement ended, which a month gives back when the child leaves."""
    law, within = law_of(fee_month), _span(fee_month, days)
    named = {rule.cause for rule in law.on(fee_month.month).every(rules.Refund)}
    shut, stopped = _shut(fee_month, within), _stopped(fee_month, paying, within)
    away = _away(fee_month, paying, within) if "absence" in named else {}
    found: dict[int, Missed] = {}
    for pk, charge in paying.items():
        closed, forced = (
            shut[cause] | stopped[pk, cause] if cause in named else set() for cause in ("cancelled", "force_majeure")
        )
        last_on = _last_on(charge) if "withdrawal" in named else date.max
        gone = {day for day in charge.days if day > last_on}
        absent = away.get(pk, set())
        if not (closed or forced or gone or absent):
            continue
        settled = charge.ended_on and not days  # with the withdrawal: none of them goes back twice
        by_cause: list[tuple[Cause, set[date]]] = [
            ("cancelled", closed - forced - gone),
            ("force_majeure", forced - gone),
            ("absence", absent - closed - forced - gone),
            ("withdrawal", set() if settled else gone),
        ]
        in_order = {cause: tuple(day for day in charge.days if day in missed) for cause, missed in by_cause}
        if any(in_order.values()):
            found[pk] = {cause: missed for cause, missed in in_order.items() if missed}
    return found


def served_days(fee_month: FeeMonth, charges: Iterable[Charge], days: Span | None = None) -> dict[int, int]:
    """On how many of the days it was charged for each child was really there."""
    known, within = {charge.pk: charge for charge in charges}, _span(fee_month, days)
    closed, away = set().union(*_shut(fee_month, within).values()), _away(fee_month, known, within)
    for (pk, _), stopped in _stopped(fee_month, known, within).items():
        away.setdefault(pk, set()).update(stopped)
    return {
        pk: sum(day not in closed and day <= _last_on(charge) and day not in away.get(pk, ()) for day in charge.days)
        for pk, charge in known.items()
    }


def _last_on(charge: Charge) -> date:
    return min(charge.ended_on or date.max, charge.left_on or date.max)


def _span(fee_month: FeeMonth, days: Span | None) -> Span:
    return days or (fee_month.month, fee_month.last_on)


def _shut(fee_month: FeeMonth, within: Span) -> dict[str, set[date]]:
    """Days without service as the calendar stands now: by the school, and by what nobody could help."""
    days = [one for one in days_of(fee_month.school, *within) if not one.serves]
    return {
        "cancelled": {one.day for one in days if not one.forced},
        "force_majeure": {one.day for one in days if one.forced},
    }


def _stopped(fee_month: FeeMonth, charges: Mapping[int, Charge], within: Span) -> dict[tuple[int, Cause], set[date]]:
    """By charge and cause, the days on which the child's own sessions were cancelled, or cut too short to count."""
    stopped = Session.objects.unserved().filter(school=fee_month.school_id, day__range=within)
    seats = Placement.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=F("section__sessions__day")),
        item__among={charge.item_id for charge in charges.values()},
        section__sessions__in=stopped,
        began_on__lte=F("section__sessions__day"),
    )
    by_item = {charge.item_id: pk for pk, charge in charges.items()}
    found: dict[tuple[int, Cause], set[date]] = defaultdict(set)
    for item, why, day in seats.values_list("item", "section__sessions__unserved", "section__sessions__day"):
        found[by_item[item], UNSERVED[why]].add(day)
    return found


def _away(fee_month: FeeMonth, paying: Mapping[int, Charge], within: Span) -> dict[int, set[date]]:
    """The days on which the roll says that the child was not there, by charge."""
    sessions = Session.objects.held().filter(school=fee_month.school_id, day__range=within)
    marks = Mark.objects.filter(session__in=sessions).exclude(status__in=Mark.HERE)
    away: dict[tuple[int, int], set[date]] = defaultdict(set)
    for student, section, day in marks.values_list("student", "session__section", "session__day"):
        away[student, section].add(day)
    by_item = {charge.item_id: pk for pk, charge in paying.items()}
    seats = Placement.objects.filter(school=fee_month.school_id, student__among={student for student, _ in away})
    found: dict[int, set[date]] = defaultdict(set)
    for item, student, section in seats.values_list("item", "student", "section"):
        if item in by_item:
            found[by_item[item]] |= away[student, section]
    return found
