"""The meals of a small school in any order of deeds: ordered, charged, paid, void, left, billed, settled, sent, paid out.

A model in whole numbers knows what every purse must hold; the laws are asked of PostgreSQL after every step.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from afterschool.errors import RuleBroken
from afterschool.money import Money
from attendance.models import Leave
from billing.actions import approve_expense, enter_expense, instruct_refunds, payouts_paid, receive, void_receipt
from billing.ledger.verifying import verify
from billing.ledger.whereabouts import whereabouts
from billing.meals.actions import charge_meals, order_meal, settle_meals, stop_meal
from billing.meals.consent import sentences_of, sha256_of
from billing.models import MealConsent, Refund
from tests.billing.conftest import NOW, SHANGHAI, act
from tests.billing.machine.oracle import share

PRICE = 15_00
LAWS = """
WITH balance AS (
  SELECT a.kind, a.subject, sum(side.fen)::bigint AS fen FROM (
    SELECT debit_id AS account, fen FROM ledger_transfer UNION ALL SELECT credit_id, -fen FROM ledger_transfer
  ) side JOIN ledger_account a ON a.id = side.account GROUP BY 1, 2
)
SELECT 'L2 all balances come to zero' FROM balance HAVING sum(fen) <> 0
UNION ALL SELECT 'L7 a charge or a prepayment of the fee' FROM balance WHERE kind IN ('receivable', 'prepaid', 'fee_income') AND fen <> 0
UNION ALL SELECT 'L11 settled, and the month is not at nothing' FROM balance b WHERE b.kind = 'meal' AND b.subject = '2026-10'
  AND b.fen <> 0 AND EXISTS (SELECT FROM billing_mealsettlement)
UNION ALL SELECT 'L12 a payer has more back than he paid' FROM billing_refund b JOIN billing_receipt r ON r.id = b.receipt_id
  GROUP BY r.id HAVING sum(b.amount_fen) > r.amount_fen OR r.voided_at IS NOT NULL
UNION ALL SELECT 'L19 a day before the order' FROM billing_mealcharge c JOIN billing_mealconsent o ON o.id = c.consent_id
  WHERE c.days[1] < o.began_on OR o.student_id <> c.student_id
UNION ALL SELECT 'L22 a receipt without its number or voucher' FROM (
  SELECT r.number, r.key, row_number() OVER (ORDER BY id) AS n FROM billing_receipt r) r
  WHERE r.number <> r.n OR NOT EXISTS (SELECT FROM ledger_entry e WHERE e.key = 'receipt:' || r.key)
"""
PURSES = """
SELECT a.subject, sum(CASE WHEN t.credit_id = a.id THEN t.fen ELSE -t.fen END)::bigint FROM ledger_account a
JOIN ledger_transfer t ON a.id IN (t.debit_id, t.credit_id) WHERE a.kind = 'meal' AND a.subject LIKE 'student:%%' GROUP BY 1
"""


@dataclass
class Order:
    days: list[date]
    last: date = date.max
    is_charged: bool = False

    def eaten(self, away: set[date]) -> int:
        return sum(day <= self.last and day not in away for day in self.days)


class Meals(RuleBasedStateMachine):
    town = None

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
        self.orders: dict[int, Order] = {}
        self.consents: dict[int, MealConsent] = {}
        self.away: defaultdict[int, set[date]] = defaultdict(set)  # by leave that came in time
        self.receipts: list[tuple[int, int, object]] = []
        self.purse = [0, 0, 0]
        self.billed = self.numbers = 0
        self.settled = False

    def teardown(self) -> None:
        try:
            assert verify(self.town.school).sound
            assert whereabouts(self.town.school, NOW.date()).wrong == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def refused(self, deed) -> None:
        try:
            deed()
        except RuleBroken:
            return
        raise AssertionError("this should have been refused")

    @rule(child=st.integers(0, 2), first=st.sampled_from([12, 15, 26]))
    def order(self, child, first):
        if child in self.orders:
            return
        began, said = date(2026, 10, first), sha256_of(sentences_of(self.town.meal))
        self.consents[child] = order_meal(
            self.town.children[child], self.town.meal, began_on=began, sha256=said, now=datetime(2026, 10, 8, tzinfo=SHANGHAI),
            by=act(self.town.mothers[child]),
        )  # fmt: skip
        self.orders[child] = Order([day for day in self.town.days if day >= began])

    @rule(child=st.integers(0, 2), day=st.sampled_from([13, 20, 29]))
    @precondition(lambda self: self.orders)
    def stop(self, child, day):
        if child not in self.orders or self.orders[child].last != date.max:
            return
        when = datetime(2026, 10, day, 13, tzinfo=SHANGHAI)
        stop_meal(self.consents[child], now=when, by=act(self.town.mothers[child]))
        order = self.orders[child]
        order.last = when.date()
        if not order.is_charged:
            order.days = [one for one in order.days if one <= order.last]

    @rule(child=st.integers(0, 2), nth=st.integers(0, 14), in_time=st.booleans())
    def ask_leave(self, child, nth, in_time):
        day = self.town.days[nth]
        asked = datetime(day.year, day.month, day.day, 16, tzinfo=SHANGHAI) - timedelta(days=1)
        asked += timedelta(minutes=0 if in_time else 1)
        Leave.objects.create(
            school=self.town.school, student=self.town.children[child], first_on=day, last_on=day,
            asked_by=self.town.mothers[child], asked_at=asked,
        )  # fmt: skip
        if in_time:
            self.away[child].add(day)

    @rule()
    def charge(self):
        if self.settled:
            return self.refused(lambda: charge_meals(self.town.month, by=self.town.clerk))
        fresh = {child for child, order in self.orders.items() if order.days and not order.is_charged}
        made = charge_meals(self.town.month, by=self.town.clerk)
        assert {charge.student_id for charge in made} == {self.town.children[child].pk for child in fresh}
        for child in fresh:
            self.orders[child].is_charged = True
            self.purse[child] -= PRICE * len(self.orders[child].days)

    @rule(child=st.integers(0, 2), fen=st.sampled_from([225_00, 100_00, 33_33, 1]))
    def pay(self, child, fen):
        self.numbers += 1
        receipt = receive(
            self.town.school, self.town.children[child], on=date(2026, 10, 9), amount=Money(fen), fund="meal",
            payer=f"家长{self.numbers % 2}", payer_account="6217", key=f"m{self.numbers}", by=self.town.clerk,
        )  # fmt: skip
        self.receipts.append((child, fen, receipt))
        self.purse[child] += fen

    @rule(nth=st.integers(0, 9))
    @precondition(lambda self: self.receipts)
    def void(self, nth):
        child, fen, receipt = self.receipts[nth % len(self.receipts)]
        deed = partial(void_receipt, receipt, reason="记错", now=NOW, by=self.town.reviewer)
        if receipt.refunds.exists():
            return self.refused(deed)
        deed()
        self.receipts.remove((child, fen, receipt))
        self.purse[child] -= fen

    @rule(fen=st.sampled_from([150_00, 99_99, 400_00]))
    def bill(self, fen):
        self.numbers += 1

        def deed():
            bill = enter_expense(
                self.town.month, category="meal_supplier", fund="meal", meal=self.town.meal, amount=Money(fen),
                on=date(2026, 10, 30), payee="鲜味", voucher_number=f"{self.numbers}", key=f"b{self.numbers}",
                by=self.town.clerk,
            )  # fmt: skip
            approve_expense(bill, now=NOW, by=self.town.reviewer)

        if self.settled:
            return self.refused(deed)
        deed()
        self.billed += fen

    @rule()
    def settle(self):
        """Weights are what each ate; what goes back of a child that goes on eating is what this month gives back."""
        charged = {child: order for child, order in self.orders.items() if order.is_charged}
        eaten = {child: PRICE * order.eaten(self.away[child]) for child, order in charged.items()}
        fresh = any(order.days and not order.is_charged for order in self.orders.values())
        deed = partial(settle_meals, self.town.month, now=NOW, by=self.town.reviewer)
        if fresh or self.settled or (sum(eaten.values()) and not self.billed):
            return self.refused(deed)
        refunds = deed()
        self.settled = bool(charged or self.billed)
        left = max(0, sum(eaten.values()) - self.billed)
        fed = sorted(eaten)
        shares = dict(zip(fed, share(left, [eaten[child] for child in fed]), strict=True)) if left else {}
        due = {}
        for child in range(3):
            given = PRICE * len(charged[child].days) - eaten[child] + shares.get(child, 0) if child in charged else 0
            self.purse[child] += given
            stays = child in self.orders and self.orders[child].last == date.max
            back = min(self.purse[child], given) if stays else self.purse[child]
            if back > 0:
                due[self.town.children[child].pk] = back
                self.purse[child] -= back
        found: dict[int, int] = {}
        for refund in refunds:
            found[refund.student_id] = found.get(refund.student_id, 0) + refund.amount_fen
        assert found == due

    @rule()
    @precondition(lambda self: Refund.objects.filter(state="payable").exists())
    def pay_out(self):
        batch = instruct_refunds(self.town.month, now=NOW, by=self.town.reviewer)
        payouts_paid(batch.payouts.all(), paid_on=NOW.date(), by=self.town.reviewer)

    @invariant()
    def laws_hold(self):
        with connection.cursor() as cursor:
            cursor.execute(LAWS)
            assert cursor.fetchall() == []
            cursor.execute(PURSES)
            found = dict(cursor.fetchall())
        known = {f"student:{child.pk}": self.purse[at] for at, child in enumerate(self.town.children)}
        assert all(found.get(whose, 0) == fen for whose, fen in known.items()), (found, known)
