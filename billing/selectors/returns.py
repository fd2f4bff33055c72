"""What a charge gives back before any surplus is shared: the days that were not served, cause by cause as the policy
names them, and a waiver that was granted after the charge."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from afterschool.money import ZERO, Money
from afterschool.policy import fees, refunds, waivers
from afterschool.policy.refunds import Attendance
from afterschool.policy.terms import Cause
from afterschool.policy.verdict import Step
from afterschool.schools.calendar import service_days
from afterschool.schools.why import clauses
from billing.models import Charge, FeeMonth, Refund
from billing.offset import Return
from billing.selectors.missed import Missed, Span, missed_days
from billing.tariffs import Tariffs, alike, tariffs_of
from enrollment.models import AgreementItem
from enrollment.selectors import waivers_on

Back = tuple[str, Money, Sequence[Step], list[dict]]  # for one cause: how much, by which steps and clauses


@dataclass
class AsCharged(Tariffs):
    """The month's tariffs as it was charged: a day closed since then is still one of those that the price was for."""

    charged: Mapping[tuple[int, tuple[int, ...]], set[date]] = field(default_factory=dict)
    _schedules: dict[tuple[Cause, fees.Tariff], refunds.Schedule] = field(default_factory=dict, init=False)

    def runs_on(self, item: AgreementItem) -> list[date]:
        return sorted({*super().runs_on(item), *self.charged[item.offering_id, tuple(item.weekdays)]})

    def schedule(self, cause: Cause, item: AgreementItem) -> refunds.Schedule:
        tariff = self.of(item)
        if (cause, tariff) not in self._schedules:
            on = self.period.first
            self._schedules[cause, tariff] = refunds.schedule(self.law, on, cause, tariff.case, tariff)
        return self._schedules[cause, tariff]


def as_charged(fee_month: FeeMonth) -> AsCharged:
    charged: dict[tuple[int, tuple[int, ...]], set[date]] = defaultdict(set)
    for offering, weekdays, days in fee_month.charges.values_list(
        "item__offering", "item__weekdays", "days"
    ).distinct():
        charged[offering, tuple(weekdays)].update(days)
    now = tariffs_of(fee_month)
    return AsCharged(fee_month, now.law, now.calendar, charged)


def with_tariff(charges):
    """The charges with all that their tariff is told from."""
    return charges.select_related(
        "school", "student", "fee_month__school__bureau", "item__agreement__student__school_class",
        "item__agreement__term", "item__offering__school",
    )  # fmt: skip


def returns(
    fee_month: FeeMonth,
    charges: Iterable[Charge],
    given: Mapping[int, Money] | None = None,
    days: Span | None = None,
) -> list[Return]:
    """For every charge, in the order in which it happens to one payment. Drafted as often as one likes. The charges come
    as the settlement has them (`charges_of`).

    `given` is what went back of each charge before the month was settled: all that did, where that is still to come.
    `days` are those of the term, for charges of a whole term.
    """
    if given is None:
        given = {charge.pk: Money(charge.refunded_fen + charge.remitted_fen) for charge in charges}
    paying = {charge.pk: charge for charge in charges if charge.net_fen > given.get(charge.pk, ZERO).fen}
    missed = missed_days(fee_month, paying, days)
    students = {charge.student_id for charge in paying.values()}
    granted = waivers_on(students, *(days or (fee_month.month, fee_month.last_on)))
    concerned = [one for pk, one in paying.items() if pk in missed or one.student_id in granted]
    if not concerned:
        return []
    tariffs = as_charged(fee_month)
    items = alike(AgreementItem.objects.filter(pk__among={charge.item_id for charge in concerned}))
    found: list[Return] = []
    for charge in concerned:
        off = tariffs.off(charge.days, granted.get(charge.student_id, ())).answer
        left = Money(charge.net_fen) - given.get(charge.pk, ZERO)
        item, days_missed = items[charge.item_id], missed.get(charge.pk, {})
        found += _set_off(charge, _of_charge(tariffs, charge, item, off, days_missed, left))
    return found


def _set_off(charge: Charge, backs: Iterable[Back]) -> Iterator[Return]:
    """What comes back first meets what is still owed on the charge."""
    owed = Money(charge.owed_fen)
    for cause, back, steps, cites in backs:
        remitted = min(back, owed)
        owed -= remitted
        yield Return(charge, cause, back, remitted, steps, cites)


def left_over(tariffs: AsCharged, charge: Charge, last_on: date) -> refunds.Refund:
    """What goes back of a charge for the days after the child's last. The charge comes `with_tariff`."""
    schedule, days = tariffs.schedule("withdrawal", charge.item), tuple(charge.days)
    gone = tuple(day for day in days if day > last_on)
    elapsed = _elapsed(charge, charge.item, gone[0]) if schedule.goes_by_time else None
    missed = Attendance(days, gone, elapsed=elapsed)
    told = schedule.explain(Money(charge.net_fen), missed, off=_percent_waived(charge))
    return refunds.Refund(told.amount, _asked_first(charge, Money(charge.net_fen), told.steps), told.cite)


def _percent_waived(charge: Charge) -> int:
    return round(Fraction(100 * charge.waived_fen, charge.gross_fen)) if charge.gross_fen else 0


def _of_charge(
    tariffs: AsCharged, charge: Charge, item: AgreementItem, off: int, missed: Missed, left: Money
) -> Iterator[Back]:
    days, net = tuple(charge.days), Money(charge.net_fen)
    now = _net(tariffs, charge, item, off)
    if now < net:
        kept = left.times_down(Fraction(now.fen, net.fen))
        yield Refund.Cause.WAIVER, left - kept, _waived(charge, left, now, off), _groups(tariffs)
        net, left = now, kept
    elif now > net:  # the waiver it was charged with has proved void: a day is worth what was asked for it all the same
        off = _percent_waived(charge)
    closed = {*missed.get("cancelled", ()), *missed.get("force_majeure", ())}
    for cause, absent in missed.items():
        due = tuple(day for day in days if day not in closed) if cause == "absence" else days
        schedule = tariffs.schedule(cause, item)
        elapsed = _elapsed(charge, item, absent[0]) if schedule.goes_by_time else None
        shut = tuple(day for day in days if day not in due)
        gone, before = Attendance(due, absent, elapsed=elapsed, closed=shut), net - left
        if not schedule.refund(net, gone, before=before, off=off):  # of most families, known from another that is alike
            continue
        told = schedule.explain(net, gone, before=before, off=off)
        left -= told.amount
        yield cause, told.amount, _asked_first(charge, net, told.steps), clauses([told.cite])


def _net(tariffs: AsCharged, charge: Charge, item: AgreementItem, off: int) -> Money:
    """What would be charged with the waivers of today. Where a cap or a subsidy lowered the price, it stays lowered."""
    whole = tariffs.of(item).charge(tuple(charge.days), off)
    gross = Money(charge.gross_fen)
    net = whole.net if whole.gross == gross else gross.times_down(Fraction(100 - off, 100))
    return max(ZERO, net - Money(charge.subsidised_fen))


def _asked_first(charge: Charge, net: Money, steps: Sequence[Step]) -> tuple[Step, ...]:
    """A part of it may not be paid yet: it goes back from what is due."""
    late = "" if net.fen == charge.net_fen else "减免以后，"
    return (Step(f"{late}这个月应交", amount=net), *steps[1:])


def _waived(charge: Charge, left: Money, now: Money, off: int) -> list[Step]:
    net, gross = Money(charge.net_fen), Money(charge.gross_fen)
    told = [
        Step("这个月应交", amount=net),
        Step(f"后来学校同意减免 {off}%，应交改为", f"{gross} − {gross - now}", now),
    ]
    if left == net:
        return [*told, Step("多出来的退给您", f"{net} − {now}", net - now)]
    kept = left.times_down(Fraction(now.fen, net.fen))
    return [
        *told,
        Step("前面已经退过", amount=net - left),
        Step("没有退过的，也按改后的算", f"{left} ÷ {net} × {now}", kept),
        Step("多出来的退给您", f"{left} − {kept}", left - kept),
    ]


def _groups(tariffs: Tariffs) -> list[dict]:
    """The sentences of all groups: more people read a refund than may know the child's."""
    return clauses(rule.cite for rule in waivers.groups(tariffs.law, tariffs.period.first))


def _elapsed(charge: Charge, item: AgreementItem, first_gone: date) -> Fraction:
    """How much of the term went by before this day."""
    term = item.agreement.term
    days = service_days(charge.school, item.weekdays, term.began_on, term.ended_on)
    return Fraction(sum(day < first_gone for day in days), len(days))
