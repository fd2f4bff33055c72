"""A month's meals: charged to those who ordered, and settled at cost with those who paid."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterschool import sets
from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.money import ZERO, Money, total
from afterschool.notices.post import Note, notify_each
from afterschool.policy.verdict import Step
from afterschool.schools.calendar import require_settled
from afterschool.schools.why import sentences
from billing import accounts
from billing.actions.till import book_day, hold_month
from billing.ledger.posting import Voucher, post_many
from billing.meals.selectors.months import OfMeal, meals_of, to_charge
from billing.meals.selectors.purse import eaters_after, payers_of, purses
from billing.meals.selectors.readiness import missing_for_settlement
from billing.models import FeeMonth, MealCharge, MealConsent, MealSettlement, Receipt, Refund
from enrollment.selectors import restricted_among, who_hears


@transaction.atomic
def charge_meals(fee_month: FeeMonth, *, by: Actor) -> list[MealCharge]:
    """Charge those who ordered and are not charged yet; a second run finds nobody."""
    fee_month = hold_month(fee_month)
    if fee_month.meal_settlements.exists():
        raise RuleBroken(f"{fee_month}的代收餐费已经结清")
    require_settled(fee_month.school.bureau, fee_month.month.year)
    charges = [_charge(fee_month, consent, days) for consent, days in to_charge(fee_month)]
    on = book_day(fee_month.school, fee_month.month)
    numbers = post_many(fee_month.school, [_charged(fee_month, charge, on) for charge in charges], by=by)
    for charge, number in zip(charges, numbers, strict=True):
        charge.entry_number = number
    sets.add(charges)
    notify_each(_notes(fee_month, charges))
    record(by, "charged_meals", fee_month, charges=len(charges), net_fen=sum(charge.net_fen for charge in charges))
    return charges


def _charge(fee_month: FeeMonth, consent: MealConsent, days: list[date]) -> MealCharge:
    price = consent.meal.price_fen
    return MealCharge(
        school_id=fee_month.school_id, fee_month=fee_month, meal=consent.meal, consent=consent,
        student=consent.student, days=days, price_fen=price, net_fen=price * len(days),
    )  # fmt: skip


def _charged(fee_month: FeeMonth, charge: MealCharge, on: date) -> Voucher:
    moves = [(accounts.meals_of(charge.student_id), accounts.meals_in(fee_month.month), Money(charge.net_fen))]
    memo = f"{fee_month}{charge.student.name}应交{charge.meal.name}餐费"
    return Voucher(on, f"meal:{fee_month.month:%Y-%m}:{charge.consent_id}", memo, moves)


def _notes(fee_month: FeeMonth, charges: Sequence[MealCharge]) -> Iterator[Note]:
    """To the guardian who ordered, or to another one where this one must not know the child's days."""
    today = timezone.localdate()
    concerned = set(restricted_among([one.student_id for one in charges], today).values_list("pk", flat=True))
    for charge in charges:
        wanted: Person | None = charge.consent.agreed_by
        if charge.student_id in concerned:
            wanted = who_hears(charge.student, charge.consent.agreed_by, today)
        if wanted:
            yield _note(fee_month, charge, wanted)


def _note(fee_month: FeeMonth, charge: MealCharge, guardian: Person) -> Note:
    title = f"{charge.student.name}{fee_month}的{charge.meal.name}餐费 {Money(charge.net_fen)} 元"
    body = f"{len(charge.days)} 天，每天 {Money(charge.price_fen)} 元。和课后服务费分开交，付款时请写明“餐费”。"
    link = reverse("meals:my-meals", args=[charge.student_id])
    return Note(guardian, "meal_charged", title, body, link, fee_month.school_id)


@transaction.atomic
def settle_meals(fee_month: FeeMonth, *, now: datetime, by: Actor) -> list[Refund]:
    """At the month's end: what was not eaten and what was not spent goes back to those who paid. Once."""
    fee_month = hold_month(fee_month)
    if missing := missing_for_settlement(fee_month, timezone.localdate(now)):
        raise RuleBroken(f"还不能结清：{'；'.join(missing)}")
    meals = meals_of(fee_month)
    _write(fee_month, meals, now, by)
    charges = [charge for one in meals for charge in one.charges]
    on = book_day(fee_month.school, fee_month.last_on)
    post_many(fee_month.school, [*_given_back(fee_month, charges, on), *_borne(fee_month, meals, on)], by=by)
    refunds = _refund(fee_month, charges)
    post_many(fee_month.school, [_refunded(refund, on) for refund in refunds], by=by)
    record(by, "settled_meals", fee_month, refunds=len(refunds), refund_fen=sum(one.amount_fen for one in refunds))
    return refunds


def _write(fee_month: FeeMonth, meals: Sequence[OfMeal], now: datetime, by: Actor) -> None:
    rows = ((charge.pk, charge.back, charge.back_fen, charge.share_fen) for one in meals for charge in one.charges)
    sets.change(MealCharge, "back back_fen share_fen", rows)
    sets.add([
        MealSettlement(
            school_id=fee_month.school_id, fee_month=fee_month, meal=one.meal, heads=one.heads, portions=one.portions,
            charged_fen=one.charged.fen, back_fen=one.back.fen, cost_fen=one.cost.fen, shared_fen=one.shared.fen,
            borne_fen=one.borne.fen, settled_by_id=by.person_id, settled_at=now,
        )
        for one in meals
    ])  # fmt: skip


def _given_back(fee_month: FeeMonth, charges: Iterable[MealCharge], on: date) -> list[Voucher]:
    source = accounts.meals_in(fee_month.month)
    return [
        Voucher(
            on, f"meal-back:{charge.pk}", f"{fee_month}{charge.student.name}{charge.meal.name}餐费退回",
            [(source, accounts.meals_of(charge.student_id), Money(charge.back_fen + charge.share_fen))],
        )
        for charge in charges
        if charge.back_fen + charge.share_fen
    ]  # fmt: skip


def _borne(fee_month: FeeMonth, meals: Iterable[OfMeal], on: date) -> list[Voucher]:
    month = fee_month.month
    return [
        Voucher(
            on, f"meal-deficit:{month:%Y-%m}:{one.meal.pk}", f"{fee_month}{one.meal.name}餐费不足部分由学校承担",
            [(accounts.meal_deficit(month), accounts.meals_in(month), one.borne)],
        )
        for one in meals
        if one.borne
    ]  # fmt: skip


def _refund(fee_month: FeeMonth, charges: Sequence[MealCharge]) -> list[Refund]:
    """Payable to each payer, with how it came about."""
    told: defaultdict[int, list[MealCharge]] = defaultdict(list)
    for charge in charges:
        told[charge.student_id].append(charge)
    due = _due(fee_month, told)
    rows = [
        (one.student_id, one.pk, part.fen, _told(told[one.student_id], due[one.student_id], one, part))
        for one, part in payers_of(due)
    ]
    before = Counter(Refund.objects.filter(receipt__in=[row[1] for row in rows]).values_list("receipt", flat=True))
    like = Refund(school=fee_month.school, fee_month=fee_month, cause=Refund.Cause.MEAL, state=Refund.State.PAYABLE)
    numbered = [(student, receipt, before[receipt] + 1, fen, steps) for student, receipt, fen, steps in rows]
    made = sets.write(like, "student_id receipt_id round amount_fen steps", numbered)
    return list(Refund.objects.filter(pk__in=made).select_related("receipt").order_by("pk"))


def _due(fee_month: FeeMonth, told: Mapping[int, Sequence[MealCharge]]) -> dict[int, Money]:
    """By child: while it goes on eating, what this month gave back and is not owed; else all that is left."""
    stay = eaters_after(fee_month.school_id, fee_month.last_on)
    due = {}
    for student, left in purses(school=fee_month.school_id, until=fee_month.month).items():
        given = total(Money(charge.back_fen + charge.share_fen) for charge in told.get(student, ()))
        if (amount := min(left, given) if student in stay else left) > ZERO:
            due[student] = amount
    return due


def _told(charges: Iterable[MealCharge], amount: Money, receipt: Receipt, part: Money) -> list[str]:
    return sentences([*_steps(charges), *_whole(amount, receipt, part)])


def _steps(charges: Iterable[MealCharge]) -> Iterable[Step]:
    for charge in charges:
        price, name = Money(charge.price_fen), charge.meal.name
        yield Step(f"{name}应交", f"{price} × {len(charge.days)} 天", Money(charge.net_fen))
        if charge.back:
            yield Step("其中没有用餐", f"{price} × {len(charge.back)} 天", Money(charge.back_fen))
        if charge.share_fen:
            yield Step("供餐单位结算后的结余，按实际用餐分到各家", amount=Money(charge.share_fen))


def _whole(amount: Money, receipt: Receipt, part: Money) -> Iterable[Step]:
    yield Step("没有用掉、不抵以后餐费的", amount=amount)
    if part != amount:
        yield Step(f"其中退给 {receipt.payer}（收据 {receipt.number} 号）", amount=part)


def _refunded(refund: Refund, on: date) -> Voucher:
    moves = [
        (accounts.meals_of(refund.student_id), accounts.refund_payable(refund.student_id), Money(refund.amount_fen))
    ]
    number = refund.receipt.number if refund.receipt else ""
    return Voucher(on, f"meal-refund:{refund.pk}", f"应退代收餐费（收据 {number} 号）", moves)
