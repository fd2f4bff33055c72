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
from billing.models import Expense, FeeMonth
from enrollment.models import Withdrawal
from staffing.models import Duty

from . import laws
from .oracle import Model
from .world import NEXT, OCTOBER, SIGNED

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
        self.receipts: list = []
        self.payouts: dict[int, list] = {}
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
        self.booked = self.fuse = self.burning = self.numbers = 0
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

    def returns(self, month: date) -> tuple[dict, int]:
        mine = self.model.of_month(month).values()
        ours = {day for charge in mine for day in charge.days}
        for charge in mine:
            charge.of = len(ours | set(self.days_open(month)))
        return self.model.returns(month, self.waived, self.closed, self.away)

    def held_in_advance(self, child: int) -> dict:
        return {receipt.pk: known for receipt, known in self.receipts if known.child == child and known.rest}

    def advances_went_back(self, child: int, rows: list) -> None:
        held, month = self.held_in_advance(child), min(set(self.months) - self.locked, default=None)
        assert {row.receipt_id: row.amount_fen for row in rows} == {pk: known.rest for pk, known in held.items()}
        for row in rows:
            held[row.receipt_id].back += row.amount_fen
            number = f"{row.round}:{row.receipt_id}"
            self.model.refunds[child, month, "prepaid", number] = [row.amount_fen, "payable", 0, 0]
        self.drafted.clear()

    def give_back(self, month: date, number: int) -> None:
        found, short = self.returns(month)
        for (child, cause), fen in found.items():
            if back := self.model.charges[child, month].give(cause, fen):
                self.model.refunds[child, month, cause, f"{number}"] = [back, "payable", 0, 0]
        self.model.borne[month] = short

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
            "borne": seen["borne"] or {},
        }  # fmt: skip
        model = {
            "charges": {
                (who, f"{day}"): [one.gross, one.net, one.paid, one.remitted, one.refunded]
                for (who, day), one in self.model.charges.items()
            },
            "refunds": {(who, f"{day}", *rest): one[:2] for (who, day, *rest), one in self.model.refunds.items()},
            "prepaid": {
                child: fen
                for child in range(5)
                if (fen := sum(one.rest for one in self.model.receipts if one.child == child))
            },
            "bank": sum(self.model.bank.values()),
            "borne": {f"{day:%Y-%m}": fen for day, fen in self.model.borne.items() if fen},
        }
        assert product == model
