"""The month's charges: from signed agreements and seats, on the days the service runs."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from afterschool import sets
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import ZERO, Money, total
from afterschool.plans.models import Offering, Plan
from afterschool.policy import fees, subsidy, waivers
from afterschool.policy.book import RulesInForce
from afterschool.policy.rule import Rule
from afterschool.policy.verdict import Cite, Explained, Step, Verdict
from afterschool.schools.calendar import require_settled
from afterschool.schools.why import clauses, sentences
from billing import accounts
from billing.ledger.posting import Voucher, number_of, post_many
from billing.models import Charge, FeeMonth
from billing.taken import Taken
from billing.tariffs import Tariffs, tariffs_of
from enrollment.models import AgreementItem, Placement, Waiver
from enrollment.selectors import waivers_on

from .allocations import apply_prepayments
from .till import book_day, hold_month

Progress = Callable[[int, int, str], None]
NOTHING = Verdict(ZERO, "没有抵减收费的财政补贴")
PUBLISHED = {Plan.State.IN_FORCE, Plan.State.REPLACED}


@dataclass(frozen=True)
class Due:
    """One item of an agreement in this month, and the service days on which it is in force for the child."""

    item: AgreementItem
    days: tuple[date, ...]


@transaction.atomic
def charge_month(fee_month: FeeMonth, *, by: Actor, progress: Progress | None = None) -> FeeMonth:
    """Charge what is not yet charged; a second run finds nothing to do. Prepayments are applied at once."""
    tell = progress or (lambda done, all_, say: None)
    fee_month = hold_month(fee_month)
    require_settled(fee_month.school.bureau, fee_month.month.year)
    tell(0, 4, "读取协议和服务日")
    tariffs = tariffs_of(fee_month)
    dues = dues_of(tariffs)
    for due in dues:
        _refuse_unpublished(due.item)
    _refuse_above_price(tariffs, dues)
    charged = set(fee_month.charges.values_list("item_id", flat=True))
    fresh = [due for due in dues if due.item.pk not in charged]

    tell(1, 4, f"计算 {len(fresh)} 项收费")
    charges = _charges(tariffs, fresh)
    tell(2, 4, f"记账 {len(charges)} 笔")
    _book(fee_month, charges, by)
    tell(3, 4, "抵用预收款")
    applied = apply_prepayments(fee_month.school, {charge.student_id for charge in charges}, on=fee_month.month, by=by)

    fee_month.charged_at = timezone.now()
    fee_month.save(update_fields=["charged_at"])
    sums = {"net_fen": sum(charge.net_fen for charge in charges), "waived_fen": sum(c.waived_fen for c in charges)}
    record(by, "charged", fee_month, charges=len(charges), applied_fen=applied.fen, **sums)
    tell(4, 4, "完成")
    return fee_month


def dues_of(tariffs: Tariffs) -> list[Due]:
    """Every item with a fee whose signed agreement and seat cover a service day of the month. A term's fee is due in the
    first month of it, for all its days."""
    fee_month = tariffs.fee_month
    once = Charge.objects.filter(item=OuterRef("pk"), unit=Offering.Unit.TERM).exclude(fee_month=fee_month)
    first, last = fee_month.month, fee_month.last_on
    items = (
        AgreementItem.objects.filter(
            ~Exists(once),
            Q(agreement__ended_on=None) | Q(agreement__ended_on__gte=first),
            school=fee_month.school,
            agreement__school_signed_at__isnull=False,
            agreement__began_on__lte=last,
            fee_fen__gt=0,
        )
        .select_related("agreement__student")
        .defer("agreement__content")
        # What is one for many children is fetched once and held in common.
        .prefetch_related("agreement__term", "agreement__student__school_class", "offering__plan", "offering__school")
        .order_by("agreement__number", "pk")
    )
    seats = _seats(items)
    dues = [Due(item, _in_force(item, tariffs.runs_on(item), seats[item.pk])) for item in items]
    return [due for due in dues if any(first <= day <= last for day in due.days)]


def _seats(items: QuerySet[AgreementItem]) -> defaultdict[int, list[tuple[date, date]]]:
    """From which day to which each was seated."""
    found = defaultdict(list)
    held = Placement.objects.filter(item__in=[item.pk for item in items])
    for item, began, ended in held.values_list("item", "began_on", "ended_on"):
        found[item].append((began, ended or date.max))
    return found


def _in_force(item: AgreementItem, runs_on: Sequence[date], seats: Sequence[tuple[date, date]]) -> tuple[date, ...]:
    agreement = item.agreement
    first, last = agreement.began_on, min(agreement.ended_on or date.max, agreement.student.left_on or date.max)
    return tuple(
        day for day in runs_on if first <= day <= last and any(began <= day <= ended for began, ended in seats)
    )


def _refuse_unpublished(item: AgreementItem) -> None:
    """No price, no fee: what is charged was published with a plan in force."""
    offering = item.offering
    as_published = item.fee_fen <= offering.fee_fen and item.unit == offering.unit
    if offering.plan.state not in PUBLISHED or not as_published:
        raise RuleBroken(
            f"{item.agreement.student.name}：协议 {item.agreement.number} 的收费"
            f"{fees.per_unit(Money(item.fee_fen), item.unit)}不是已生效实施方案公布的标准，不能收"
        )


def _refuse_above_price(tariffs: Tariffs, dues: Sequence[Due]) -> None:
    """All that one child is asked for by the month or the term, under one line of the price table, stays within that
    line; a rate for each lesson or day does so by itself."""
    asked: dict[tuple[int, RulesInForce, Rule | None, str], list[tuple[Due, date]]] = defaultdict(list)
    for due in dues:
        adds_up = due.item.unit in fees.OF_A_PERIOD
        for first in tariffs.turns(due.days):
            whose = due.item.agreement_id if adds_up else due.item.pk
            asked[whose, tariffs.law.on(first), tariffs.line(due.item, first), due.item.unit].append((due, first))
    within = set()
    for together in asked.values():
        item, day = together[0][0].item, together[0][1]
        rate = total(Money(due.item.fee_fen) for due, _ in together)
        alike = (day, tariffs.case(item), rate, item.unit)
        if alike in within:
            continue
        verdict = fees.within_price(tariffs.law, day, tariffs.case(item), rate, unit=item.unit)
        if verdict.level == "breach":
            raise RuleBroken(f"{item.agreement.student.name}：{verdict.because}", cite=verdict.cite)
        within.add(alike)


def _charges(tariffs: Tariffs, dues: Sequence[Due]) -> list[Charge]:
    granted = waivers_on([due.item.agreement.student for due in dues], tariffs.period.first, tariffs.period.last)
    taken, charges = Taken(tariffs, [due.item for due in dues]), []
    for due in dues:
        charges.append(_charge(tariffs, due, off_of(tariffs, due, granted), taken))
        taken.add(charges[-1])
    return charges


def _charge(tariffs: Tariffs, due: Due, off: Verdict[int], taken: Taken) -> Charge:
    agreement, tariff = due.item.agreement, tariffs.of(due.item)
    facts = (due.days, off.answer, taken.in_term(due.item, due.days[-1]), taken.in_month(due.item, due.days[-1]))
    sum_ = tariff.charge(*facts)
    paid_for = _paid_for(tariffs, due, sum_.net, taken)
    alike = (tariff, facts, off, paid_for)
    if alike not in tariffs.told:
        tariffs.told[alike] = _in_words(tariffs, due, tariff.explain(*facts), off, sum_.net, paid_for)
    steps, cites = tariffs.told[alike]
    return Charge(
        school_id=tariffs.fee_month.school_id,
        fee_month=tariffs.fee_month,
        student_id=agreement.student_id,
        agreement=agreement,
        item=due.item,
        grade=agreement.student.school_class.grade,
        unit=due.item.unit,
        days=list(due.days),
        gross_fen=sum_.gross.fen,
        waived_fen=sum_.waived.fen,
        subsidised_fen=paid_for.answer.fen,
        net_fen=(sum_.net - paid_for.answer).fen,
        steps=steps,
        cites=cites,
    )


def _in_words(
    tariffs: Tariffs, due: Due, told: Explained, off: Verdict[int], net: Money, paid_for: Verdict[Money]
) -> tuple[list[str], list[dict[str, str]]]:
    """The steps of a charge, and the clauses it rests on."""
    if not paid_for.answer:
        return sentences(told.steps), _cites(tariffs, due, [*told.cites, off.cite])
    lowered = Step(paid_for.because, f"{net} − {paid_for.answer}", net - paid_for.answer)
    return sentences([*told.steps, lowered]), _cites(tariffs, due, [*told.cites, off.cite, paid_for.cite])


def _paid_for(tariffs: Tariffs, due: Due, net: Money, taken: Taken) -> Verdict[Money]:
    """What the budget pays of it instead of the family (L21)."""
    law, on, case = tariffs.law, due.days[0], tariffs.case(due.item)
    if not subsidy.lowers_fee(law, on, case):
        return NOTHING
    unit = "term" if due.item.unit == Offering.Unit.TERM else "month"
    return subsidy.off_fee(law, on, case, net=net, unit=unit, days=len(due.days), already=taken.off_fee(due.item))


def off_of(tariffs: Tariffs, due: Due, granted: Mapping[int, Sequence[Waiver]]) -> Verdict[int]:
    return tariffs.off(due.days, granted.get(due.item.agreement.student_id, ()))


def _cites(tariffs: Tariffs, due: Due, cites: Sequence[Cite | None]) -> list[dict[str, str]]:
    """Where a waiver counts, the sentences of all groups: more people read a charge than may know the child's."""
    groups = [rule.cite for rule in waivers.groups(tariffs.law, due.days[0])]
    others = [cite for cite in cites if cite not in groups]
    return clauses([*others, *(groups if len(others) < len(cites) else ())])


def _book(fee_month: FeeMonth, charges: Sequence[Charge], by: Actor) -> None:
    on = book_day(fee_month.school, fee_month.month)
    vouchers = [_voucher(fee_month, charge, on) for charge in charges if charge.gross_fen]
    numbers = {entry.key: number_of(entry) for entry in post_many(fee_month.school, vouchers, by=by)}
    for charge in charges:
        charge.entry_number = numbers.get(_key(charge), "")
    sets.add(charges)


def _voucher(fee_month: FeeMonth, charge: Charge, on: date) -> Voucher:
    owed = accounts.receivable(charge.student_id)
    income, lowered = accounts.fee_income(fee_month.month), Money(charge.subsidised_fen)
    whole = [(owed, income, Money(charge.gross_fen) - lowered), (accounts.SUBSIDY_DUE, income, lowered)]
    moves = [move for move in whole if move[-1]]
    if charge.waived_fen:
        moves.append((accounts.waiver(fee_month.month), owed, Money(charge.waived_fen)))
    return Voucher(on, _key(charge), f"{fee_month}{charge.agreement.student.name}应交课后服务费", moves)


def _key(charge: Charge) -> str:
    return f"charge:{charge.fee_month.month:%Y-%m}:{charge.item_id}"
