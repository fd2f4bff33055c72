"""The room as an example finds it, how a deed is done in it, and what must hold after every one."""

import json
import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

from django.db import DatabaseError, connection, transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from afterschool.errors import RuleBroken
from billing.ledger.verifying import verify
from billing.models import BankLine, Expense, FeeMonth, PayeeChange, Refund, StatementImport
from enrollment.models import Withdrawal
from staffing.models import Duty

from . import laws
from .oracle import Back, Model
from .world import NEXT, NOVEMBER, OCTOBER, SIGNED

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|SELECT nextval)")


class Crash(Exception):
    """The power goes at one statement."""


class Room(RuleBasedStateMachine):
    world: SimpleNamespace
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        laws.prepare()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL jit = off")
        self.counting = connection.execute_wrapper(self._count)
        self.counting.__enter__()
        self.model, self.watch = Model(), laws.Watch(self.world.school.pk)
        self.months: dict[date, FeeMonth] = {OCTOBER: self.world.month}
        self.model.costs[OCTOBER] = []
        self.charged, self.locked, self.drafted, self.shown = set(), set(), set(), set()  # of months
        self.reconciled: dict[date, int] = {}
        self.objections: dict[int, object] = {}
        self.december: FeeMonth | None = None  # takes what comes to light when November is locked
        self.receipts: list = []
        self.by_term = self.sets_off = False  # the policy of this example
        self.payouts: dict[int, list] = {}
        self.arrived: list = []  # payouts that the bank has paid
        self.settled: list = []  # lines by which WeChat settled or took its fee
        self.told: set[int] = set()  # how many vouchers there were at each disclosure
        self.asking: dict[int, PayeeChange] = {}
        self.payees: dict[int, str] = {}  # where it is another than who paid
        self.spent: list = []
        self.rounds, self.unshared, self.nothing_at = 1, False, -1  # how many vouchers there were
        self.signed = dict.fromkeys(SIGNED, OCTOBER)
        self.last: dict[int, date] = {}
        self.unsettled: dict[int, Withdrawal] = {}
        self.waived: dict[int, int] = {}
        self.away: dict[int, set[date]] = {}
        self.closed: set[date] = set()
        self.waiting: list[tuple[date, Expense]] = []
        self.adopted = self.capped = False
        self.duties: list[Duty] = []
        self.booked = self.fuse = self.burning = self.numbers = self.lines = 0
        self.vouchers: list = []
        self.requests: list[Callable] = []
        self.wrote = True

    def teardown(self) -> None:
        try:
            assert verify(self.world.school).sound
        finally:
            self.counting.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def _count(self, execute, sql, params, many, context):
        if self.burning and "SAVEPOINT" not in sql:
            self.burning -= 1
            if not self.burning:
                raise Crash
        self.wrote = self.wrote or bool(WRITES.match(sql))
        return execute(sql, params, many, context)

    def do(self, deed: Callable, then: Callable = lambda result: None, *, refused: bool | None = False, again=True):
        """Do it now; where the fuse burns down meanwhile, nothing has happened. `refused` None: it may be."""
        before, self.fuse, fuse = laws.everything() if self.fuse else None, 0, self.fuse
        try:
            self.burning = fuse
            result = deed()
        except Crash:  # burning is out
            assert laws.everything() == before, "half done"
            return
        except RuleBroken as refusal:
            assert refused is not False, refusal
            return
        finally:
            self.burning = 0
        assert not refused, "this should have been refused"
        then(result)
        if again:
            self.requests.append(deed)

    def insert(self, row):
        """What other rooms write: their own tests look at how."""
        self.drafted.clear()
        row.save()
        return row

    def at_bank(self, deed: Callable[[BankLine], object], **said) -> Callable:
        """A line of the statement and what is done with it; where that is refused it never came. The same again finds it."""
        school, by = self.world.school, self.world.people["clerk"]
        self.lines += 1
        serial = f"L{self.lines}"

        def done():
            with transaction.atomic():
                if (line := BankLine.objects.filter(serial=serial).first()) is None:
                    sheet = StatementImport.objects.create(school=school, file_name=serial, uploaded_by=by)
                    line = BankLine.objects.create(school=school, statement=sheet, row=1, serial=serial, **said)
                return deed(line)

        return done

    def refused_by_database(self, deed: Callable, *, sure: bool = True) -> None:
        try:
            with transaction.atomic():
                deed()
        except DatabaseError:
            return
        assert not sure, "the database took it"

    def days_open(self, month: date) -> list[date]:
        return [day for day in self.world.days[month] if day not in self.closed]

    def days_of(self, child: int, month: date) -> list[date]:
        return [day for day in self.days_open(month) if self.signed[child] <= day <= self.last.get(child, date.max)]

    def booked_in(self, month: date) -> date:
        """The month itself, or the first after it that is not locked."""
        while month in self.locked:
            month = NEXT[month]
        return month

    def is_open(self, month: date) -> bool:
        return month in self.months and month not in self.locked

    def takes_late_deeds(self) -> bool:
        """Whether the month is open in which a deed about October is booked after its lock."""
        return self.is_open(NOVEMBER) or (NOVEMBER in self.locked and self.december is not None)

    def first_open(self) -> date | None:
        """The first month that takes advances back."""
        open_ones = {month for month in self.months if month not in self.locked}
        return min(open_ones | {NEXT[NOVEMBER]} if self.december else open_ones, default=None)

    def returns(self, month: date) -> tuple[dict, int]:
        """In a term settled as one its last month shares out what all of them left over, and no other any."""
        is_last = self.by_term and month == NOVEMBER
        months = [OCTOBER, month] if is_last and OCTOBER in self.locked else [month]
        for one in months:
            mine = self.model.of_month(one).values()
            ours = {day for charge in mine for day in charge.days}
            for charge in mine:
                charge.of = len(ours | set(self.days_open(one)))
        facts = (months, self.waived, self.closed, self.away)
        return self.model.returns(*facts) if is_last or not self.by_term else (self.model.not_served(*facts), 0)

    def held_in_advance(self, child: int) -> dict:
        return {receipt.pk: known for receipt, known in self.receipts if known.child == child and known.rest}

    def advances_went_back(self, child: int, rows: list) -> None:
        held, month = self.held_in_advance(child), self.first_open()
        assert {row.receipt_id: row.amount_fen for row in rows} == {pk: known.rest for pk, known in held.items()}
        for row in rows:
            held[row.receipt_id].back += row.amount_fen
            number = f"{row.round}:{row.receipt_id}"
            known = held[row.receipt_id]
            self.model.refunds[child, month, "prepaid", number] = Back(
                row.amount_fen, None, parts=[(known, row.amount_fen)]
            )
        self.drafted.clear()

    def give_back(self, month: date, number: int) -> None:
        found, short = self.returns(month)
        for (child, of, cause), fen in found.items():
            charge = self.model.charges[child, of]
            again = 2 if self.by_term and month == NOVEMBER and number == 1 and cause in charge.given else number
            self.model.gave[month] += fen
            if back := charge.give(cause, fen):
                key = (child, month, cause, f"{again}" + (f"@{of}" if of != month else ""))
                self.model.refunds[key] = Back(back, of)
        self.model.borne[month] = short

    def key_of(self, refund: Refund) -> tuple[int, date, str, str]:
        """As the model names it."""
        at = [child.pk for child in self.world.children].index(refund.student_id)
        month, charge = refund.fee_month.month, refund.charge
        number = f"{refund.round}:{refund.receipt_id}" if refund.receipt_id else f"{refund.round}"
        elsewhere = f"@{charge.fee_month.month}" if charge and charge.fee_month.month != month else ""
        return at, month, refund.cause, number + elsewhere

    @invariant()
    def all_laws_hold(self):
        type(self).steps += 1
        if not self.wrote:
            return
        self.wrote = False
        *broken, (_, seen) = laws.ask()
        assert not broken, broken
        self.watch.l6_links_follow()
        self._agrees(json.loads(seen))

    def _agrees(self, seen: dict) -> None:
        known = {child.pk: at for at, child in enumerate(self.world.children)}
        refunds = [row for row in seen["refunds"] or [] if row[5] != "draft"]
        self.watch.l14_nothing_promised_falls(refunds)
        product = {
            "charges": {(known[who], day): rest for who, day, *rest in seen["charges"] or []},
            "refunds": {(known[who], day, cause, number): [fen, state] for who, day, cause, number, fen, state, _ in refunds},
            "prepaid": {known[int(who.split(":")[1])]: fen for who, fen in (seen["prepaid"] or {}).items()},
            "bank": seen["bank"],
            "transit": seen["transit"],
            "borne": seen["borne"] or {},
        }  # fmt: skip
        model = {
            "charges": {
                (who, f"{day}"): [one.gross, one.net, one.paid, one.remitted, one.refunded]
                for (who, day), one in self.model.charges.items()
            },
            "refunds": {
                (who, f"{day}", *rest): [one.due, one.state] for (who, day, *rest), one in self.model.refunds.items()
            },
            "prepaid": {
                child: fen
                for child in range(5)
                if (fen := sum(one.rest for one in self.model.receipts if one.child == child))
            },
            "bank": sum(self.model.bank.values()),
            "transit": sum(self.model.transit.values()),
            "borne": {f"{day:%Y-%m}": fen for day, fen in self.model.borne.items() if fen}
            | {f"{day:%Y-%m}:wechat_fee": fen for day, fen in self.model.fees.items() if fen},
        }
        assert product == model
