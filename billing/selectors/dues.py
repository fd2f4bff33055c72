"""What a month will charge: signed agreements and seats, on the days the service runs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from afterschool.plans.models import Offering
from afterschool.policy.verdict import Verdict
from billing.models import Charge
from billing.tariffs import Tariffs, alike
from enrollment.models import AgreementItem, Placement, Waiver


class Due(NamedTuple):
    """One item of an agreement in this month, and the service days on which it is in force for the child. `item` is one
    that is charged alike, perhaps another child's."""

    item_id: int
    agreement_id: int
    number: str
    student_id: int
    name: str
    item: AgreementItem
    days: tuple[date, ...]


def dues_of(tariffs: Tariffs) -> list[Due]:
    """Every item with a fee whose signed agreement and seat cover a service day of the month. A term's fee is due in the
    first month of it, for all its days."""
    fee_month = tariffs.fee_month
    once = Charge.objects.filter(item=OuterRef("pk"), unit=Offering.Unit.TERM).exclude(fee_month=fee_month)
    first, last = fee_month.month, fee_month.last_on
    items = AgreementItem.objects.filter(
        ~Exists(once),
        Q(agreement__ended_on=None) | Q(agreement__ended_on__gte=first),
        school=fee_month.school,
        agreement__school_signed_at__isnull=False,
        agreement__began_on__lte=last,
        fee_fen__gt=0,
    )
    whose = items.order_by("agreement__number", "pk").values_list(
        "pk", "agreement_id", "agreement__number", "agreement__student_id", "agreement__student__name"
    )
    like = alike(items)
    spans = _spans(set(like))
    dues, known = [], {}
    for pk, agreement, number, student, name in whose:
        item, when = like[pk], (like[pk], *spans[pk])
        if when not in known:  # of most children the same
            known[when] = _in_force(tariffs.runs_on(item), spans[pk])
        dues.append(Due(pk, agreement, number, student, name, item, known[when]))
    return [due for due in dues if any(first <= day <= last for day in due.days)]


def _spans(items: Set[int]) -> defaultdict[int, list[tuple[date, date]]]:
    """From which day to which each had a seat under its agreement, before the child left."""
    found = defaultdict(list)
    held = Placement.objects.filter(item__among=items)
    agreement = ("item__agreement__began_on", "item__agreement__ended_on", "item__agreement__student__left_on")
    for item, began, ended, first, *last in held.values_list("item", "began_on", "ended_on", *agreement):
        found[item].append((max(began, first), min(day or date.max for day in (ended, *last))))
    return found


def _in_force(runs_on: Sequence[date], spans: Sequence[tuple[date, date]]) -> tuple[date, ...]:
    return tuple(day for day in runs_on if any(began <= day <= ended for began, ended in spans))


def off_of(tariffs: Tariffs, due: Due, granted: Mapping[int, Sequence[Waiver]]) -> Verdict[int]:
    return tariffs.off(due.days, granted.get(due.student_id, ()))
