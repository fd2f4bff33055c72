"""The month's charges: from signed agreements and seats, on the days the service runs."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
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
from billing.ledger.posting import Voucher, post_many
from billing.models import Charge, FeeMonth
from billing.selectors.dues import Due, dues_of, off_of
from billing.taken import Taken
from billing.tariffs import Tariffs, tariffs_of
from enrollment.selectors import waivers_on

from .allocations import apply_prepayments
from .till import book_day, hold_month

Progress = Callable[[int, int, str], None]
NOTHING = Verdict(ZERO, "没有抵减收费的财政补贴")
PUBLISHED = {Plan.State.IN_FORCE, Plan.State.REPLACED}


class Charged(NamedTuple):
    """As columns of a Charge."""

    student_id: int
    agreement_id: int
    item_id: int
    grade: int
    unit: str
    days: tuple[date, ...]
    gross_fen: int
    waived_fen: int
    subsidised_fen: int
    net_fen: int
    steps: list[str]
    cites: list[dict[str, str]]


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
        _refuse_unpublished(due)
    _refuse_above_price(tariffs, dues)
    charged = set(fee_month.charges.values_list("item_id", flat=True))
    fresh = [due for due in dues if due.item_id not in charged]

    tell(1, 4, f"计算 {len(fresh)} 项收费")
    charges = _charges(tariffs, fresh)
    tell(2, 4, f"记账 {len(charges)} 笔")
    _book(fee_month, fresh, charges, by)
    tell(3, 4, "抵用预收款")
    applied = apply_prepayments(fee_month.school, {charge.student_id for charge in charges}, on=fee_month.month, by=by)

    fee_month.charged_at = timezone.now()
    fee_month.save(update_fields=["charged_at"])
    sums = {"net_fen": sum(charge.net_fen for charge in charges), "waived_fen": sum(c.waived_fen for c in charges)}
    record(by, "charged", fee_month, charges=len(charges), applied_fen=applied.fen, **sums)
    tell(4, 4, "完成")
    return fee_month


def _refuse_unpublished(due: Due) -> None:
    """No price, no fee: what is charged was published with a plan in force."""
    item, offering = due.item, due.item.offering
    as_published = item.fee_fen <= offering.fee_fen and item.unit == offering.unit
    if offering.plan.state not in PUBLISHED or not as_published:
        raise RuleBroken(
            f"{due.name}：协议 {due.number} 的收费"
            f"{fees.per_unit(Money(item.fee_fen), item.unit)}不是已生效实施方案公布的标准，不能收"
        )


def _refuse_above_price(tariffs: Tariffs, dues: Sequence[Due]) -> None:
    """All that one child is asked for by the month or the term, under one line of the price table, stays within that
    line; a rate for each lesson or day does so by itself."""
    asked: dict[tuple[int, RulesInForce, Rule | None, str], list[tuple[Due, date]]] = defaultdict(list)
    for due in dues:
        adds_up = due.item.unit in fees.OF_A_PERIOD
        for first in tariffs.turns(due.days):
            whose = due.agreement_id if adds_up else due.item_id
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
            raise RuleBroken(f"{together[0][0].name}：{verdict.because}", cite=verdict.cite)
        within.add(alike)


def _charges(tariffs: Tariffs, dues: Sequence[Due]) -> list[Charged]:
    students = {due.student_id for due in dues}
    granted = waivers_on(students, tariffs.period.first, tariffs.period.last)
    taken, charges = Taken(tariffs, students), []
    for due in dues:
        charges.append(_charge(tariffs, due, off_of(tariffs, due, granted), taken))
        taken.add(due.student_id, due.item, charges[-1].gross_fen, charges[-1].subsidised_fen)
    return charges


def _charge(tariffs: Tariffs, due: Due, off: Verdict[int], taken: Taken) -> Charged:
    item, tariff, whose = due.item, tariffs.of(due.item), (due.student_id, due.item)
    facts = (due.days, off.answer, taken.in_term(*whose, due.days[-1]), taken.in_month(*whose, due.days[-1]))
    sum_ = tariff.charge(*facts)
    paid_for = _paid_for(tariffs, due, sum_.net, taken)
    like = (tariff, facts, off, paid_for)
    if like not in tariffs.told:
        tariffs.told[like] = _in_words(tariffs, due, tariff.explain(*facts), off, sum_.net, paid_for)
    own = (
        due.student_id,
        due.agreement_id,
        due.item_id,
        item.agreement.student.school_class.grade,
        item.unit,
        due.days,
    )
    lowered = paid_for.answer.fen
    fen = (sum_.gross.fen, sum_.waived.fen, lowered, sum_.net.fen - lowered)
    return Charged(*own, *fen, *tariffs.told[like])


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
    return subsidy.off_fee(
        law, on, case, net=net, unit=unit, days=len(due.days), already=taken.off_fee(due.student_id, due.item)
    )


def _cites(tariffs: Tariffs, due: Due, cites: Sequence[Cite | None]) -> list[dict[str, str]]:
    """Where a waiver counts, the sentences of all groups: more people read a charge than may know the child's."""
    groups = [rule.cite for rule in waivers.groups(tariffs.law, due.days[0])]
    others = [cite for cite in cites if cite not in groups]
    return clauses([*others, *(groups if len(others) < len(cites) else ())])


def _book(fee_month: FeeMonth, dues: Sequence[Due], charges: Sequence[Charged], by: Actor) -> None:
    on = book_day(fee_month.school, fee_month.month)
    names = {due.item_id: due.name for due in dues}
    vouchers = {one.item_id: _voucher(fee_month, one, names[one.item_id], on) for one in charges if one.gross_fen}
    posted = post_many(fee_month.school, list(vouchers.values()), by=by)
    numbers = dict(zip(vouchers, posted, strict=True))
    rows = ((*one, numbers.get(one.item_id, "")) for one in charges)
    like = Charge(school=fee_month.school, fee_month=fee_month)
    sets.pour(like, " ".join((*Charged._fields, "entry_number")), rows)


def _voucher(fee_month: FeeMonth, charge: Charged, name: str, on: date) -> Voucher:
    owed = accounts.receivable(charge.student_id)
    income, lowered = accounts.fee_income(fee_month.month), Money(charge.subsidised_fen)
    whole = [(owed, income, Money(charge.gross_fen) - lowered), (accounts.SUBSIDY_DUE, income, lowered)]
    moves = [move for move in whole if move[-1]]
    if charge.waived_fen:
        moves.append((accounts.waiver(fee_month.month), owed, Money(charge.waived_fen)))
    key = f"charge:{fee_month.month:%Y-%m}:{charge.item_id}"
    return Voucher(on, key, f"{fee_month}{name}应交课后服务费", moves)
