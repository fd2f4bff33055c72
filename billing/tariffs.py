"""What a month's services cost: one tariff for all children of a case, worked out once."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.db.models import QuerySet

from afterschool.money import Money
from afterschool.plans.cases import case_of_offering
from afterschool.plans.models import Offering
from afterschool.policy import fees, load, rules, waivers
from afterschool.policy.book import Law, Succession
from afterschool.policy.rule import Case, Rule
from afterschool.policy.verdict import Verdict
from afterschool.schools.calendar import Day, days_of
from afterschool.schools.models import Term
from afterschool.schools.rules import adoptions_of
from billing.models import FeeMonth
from enrollment.models import AgreementItem, Waiver

TERM = Offering.Unit.TERM
# What of an item its tariff is told from.
ALIKE = (
    "weekdays", "offering", "fee_fen", "unit", "agreement__term", "agreement__student__school_class__grade",
    "agreement__student__boards",
)  # fmt: skip


def law_of(fee_month: FeeMonth) -> Law:
    """The policy the month was opened under, and what the bureau adopted from a later day on."""
    opened_under = load(fee_month.policy)
    later = [(day, then) for day, then in adoptions_of(fee_month.school.bureau) if fee_month.month < day]
    return Succession([(date.min, opened_under), *later]) if later else opened_under


@dataclass
class Tariffs:
    """The tariffs of one school's month."""

    fee_month: FeeMonth
    law: Law
    calendar: Sequence[Day]
    _known: dict[tuple[object, ...], fees.Tariff] = field(default_factory=dict, init=False)
    _terms: dict[int, list[Day]] = field(default_factory=dict, init=False)
    # How charges came about: the steps and clauses that all families charged alike have in common.
    told: dict[Hashable, tuple[list[str], list[dict[str, str]]]] = field(default_factory=dict, init=False)
    # Asked for every child of a school: each is found once.
    _cases: dict[tuple[int, int, bool], Case] = field(default_factory=dict, init=False)
    _runs: dict[tuple[object, ...], list[date]] = field(default_factory=dict, init=False)
    _turns: dict[tuple[date, ...], list[date]] = field(default_factory=dict, init=False)

    def of(self, item: AgreementItem, rate: Money | None = None) -> fees.Tariff:
        """At the rate of the agreement, or at another."""
        case, rate = self.case(item), rate or Money(item.fee_fen)
        asked = (rate, item.offering_id, item.unit, tuple(item.weekdays), item.agreement.term_id)
        if (case, *asked) not in self._known:
            runs_on = self.runs_on(item)
            # Grades for which the same rules hold share one, and all that it has already worked out.
            alike = (fees.footing(self.law, runs_on, case), *asked)
            if alike not in self._known:
                self._known[alike] = self._tariff(item, case, rate, runs_on)
            self._known[case, *asked] = self._known[alike]
        return self._known[case, *asked]

    def _tariff(self, item: AgreementItem, case: Case, rate: Money, runs_on: Sequence[date]) -> fees.Tariff:
        return fees.tariff(
            self.law,
            case,
            period=self.period_of(item),
            runs_on=runs_on,
            rates=[(date.min, rate)],
            lessons_a_day=item.offering.lessons,
            minutes_a_day=minutes_of(item),
        )

    def case(self, item: AgreementItem) -> Case:
        student = item.agreement.student
        grade, boards = student.school_class.grade, student.boards
        asked = (item.offering_id, grade, boards)
        if asked not in self._cases:
            month = self.fee_month.month
            self._cases[asked] = case_of_offering(self.law, month, item.offering, grade=grade, boards=boards)
        return self._cases[asked]

    def runs_on(self, item: AgreementItem) -> list[date]:
        """The days on which the service runs: of the month, or of the term where the price is for all of it."""
        term, of_term = item.agreement.term, item.unit == TERM
        asked = (of_term, term.pk, *item.weekdays)
        if asked not in self._runs:
            days = [one for one in (self._days_of(term) if of_term else self.calendar) if one.runs(item.weekdays)]
            self._runs[asked] = [one.day for one in days if term.began_on <= one.day <= term.ended_on]
        return self._runs[asked]

    def _days_of(self, term: Term) -> list[Day]:
        if term.pk not in self._terms:
            self._terms[term.pk] = days_of(self.fee_month.school, term.began_on, term.ended_on)
        return self._terms[term.pk]

    def turns(self, days: tuple[date, ...]) -> list[date]:
        """The first of these days, and each on which other rules begin to hold."""
        if days not in self._turns:
            self._turns[days] = [next(alike) for _, alike in groupby(days, key=self.law.on)]
        return self._turns[days]

    def line(self, item: AgreementItem, day: date) -> Rule | None:
        """What the price table says of it."""
        now, case = self.law.on(day), self.case(item)
        return now.maybe(rules.NoFee, case) or now.maybe(rules.Price, case)

    def off(self, days: Sequence[date], granted: Sequence[Waiver]) -> Verdict[int]:
        """The waiver that holds on some of these days, in percent."""
        held = [
            waivers.Waived(waiver.category, waiver.percent)
            for waiver in granted
            if any(waiver.began_on <= day <= (waiver.ended_on or date.max) for day in days)
        ]
        return waivers.strongest(self.law, days[0], held)

    @property
    def period(self) -> fees.Period:
        return fees.Period(self.fee_month.month, self.fee_month.last_on, workdays=_workdays(self.calendar))

    def period_of(self, item: AgreementItem) -> fees.Period:
        """What its price is for."""
        term = item.agreement.term
        span = (term.began_on, term.ended_on)
        return fees.Period(*span, span, _workdays(self._days_of(term))) if item.unit == TERM else self.period


def _workdays(days: Sequence[Day]) -> int:
    return sum(one.kind == "workday" for one in days)


def tariffs_of(fee_month: FeeMonth) -> Tariffs:
    calendar = days_of(fee_month.school, fee_month.month, fee_month.last_on)
    return Tariffs(fee_month, law_of(fee_month), calendar)


def alike(items: QuerySet[AgreementItem]) -> dict[int, AgreementItem]:
    """For each of these items one that is charged as it is: of many children alike only one is fetched."""
    first: dict[Hashable, int] = {}
    rows = items.order_by().values_list("pk", *ALIKE)
    of = {pk: first.setdefault((tuple(weekdays), *rest), pk) for pk, weekdays, *rest in rows}
    told_from = ("agreement__term", "agreement__student__school_class", "offering__plan", "offering__school")
    fetched = AgreementItem.objects.select_related(*told_from).defer("agreement__content").in_bulk(first.values())
    return {pk: fetched[like] for pk, like in of.items()}


def minutes_of(item: AgreementItem) -> int:
    starts, ends = (datetime.combine(date.min, at) for at in (item.offering.starts_at, item.offering.ends_at))
    return int((ends - starts).total_seconds()) // 60
