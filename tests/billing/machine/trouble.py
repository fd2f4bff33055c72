"""A voucher taken back; crashes, replays, and attacks past the program."""

from contextlib import suppress

from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from afterschool.errors import RuleBroken
from afterschool.money import Money
from billing.ledger.posting import Kind, post, reverse

from .room import Room
from .world import NEXT, NOVEMBER

MOVE = "INSERT INTO ledger_transfer (school_id, entry_id, debit_id, credit_id, fen) SELECT"
OF_ONE = "FROM ledger_transfer LIMIT 1"
ENTRY = 'INSERT INTO ledger_entry (school_id, "on", number, key, memo, body_sha256, posted_at, place, chain) SELECT'
ATTACKS = (
    "UPDATE ledger_transfer SET fen = fen + 1",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_transfer",
    "UPDATE ledger_entry SET \"on\" = '2026-10-01'",
    "UPDATE ledger_account SET subject = 'mine'",
    "UPDATE audit_deed SET actor = 'nobody'",
    "UPDATE billing_feemonth SET state = 'open' WHERE state = 'locked'",
    f"{MOVE} school_id, entry_id, debit_id, credit_id, 0 {OF_ONE}",
    f"{MOVE} school_id, entry_id, debit_id, debit_id, 5 {OF_ONE}",
    f"{MOVE} %(other)s, entry_id, debit_id, credit_id, 5 {OF_ONE}",
    f"{ENTRY} school_id, \"on\", 9999, key, memo, '', now(), 9999, '' FROM ledger_entry LIMIT 1",
    f"{ENTRY} school_id, \"on\", number, 'x', memo, '', now(), 9999, '' FROM ledger_entry LIMIT 1",
    f"{ENTRY} school_id, month, 9999, 'x', '', '', now(), 9999, '' FROM billing_feemonth WHERE state = 'locked'",
    "UPDATE billing_charge SET paid_fen = net_fen + 1",
    "UPDATE billing_charge SET refunded_fen = paid_fen + 1",
    "UPDATE billing_charge SET net_fen = net_fen + 1",
    "UPDATE billing_receipt SET number = 1 WHERE number > 1",
    "INSERT INTO billing_allocation (school_id, receipt_id, charge_id, fen)"
    " SELECT school_id, receipt_id, charge_id, 1 FROM billing_allocation LIMIT 1",
    "UPDATE billing_expense SET approved_by_id = entered_by_id",
    "UPDATE enrollment_waiver SET decided_by_id = asked_by_id",
    "UPDATE staffing_duty SET confirmed_by_id = person_id",
    "UPDATE enrollment_agreement SET guardian_signed_at = NULL WHERE school_signed_at IS NOT NULL",
    "INSERT INTO billing_charge SELECT (jsonb_populate_record(c, '{\"id\": 999999}')).* FROM billing_charge c LIMIT 1",
)


class Trouble(Room):
    @rule(back=st.booleans())
    @precondition(lambda self: len(self.vouchers) < 4)
    def reverse(self, back):
        """A voucher and its mirror, once."""
        if back and self.vouchers:
            entry, done = self.vouchers[-1]
            key = f"back-{entry.pk}-{done}"
            self.do(
                lambda: reverse(entry, on=NEXT[NOVEMBER], memo="冲销", key=key, by=self.world.by["clerk"]),
                lambda _: self.vouchers.append((entry, True)), refused=done,
            )  # fmt: skip
            return
        key = f"voucher-{self.numbers}"
        self.numbers += 1
        moves = [((Kind.STIPEND_PAYABLE, "2026-12"), (Kind.SUBSIDY, "2026-12"), Money(7))]
        self.do(
            lambda: post(self.world.school, moves, on=NEXT[NOVEMBER], memo="试", key=key, by=self.world.by["clerk"]),
            lambda entry: self.vouchers.append((entry, False)),
        )  # fmt: skip

    @rule(statements=st.integers(1, 40))
    def light_a_fuse(self, statements):
        """The next deed crashes at this statement, if it has so many."""
        self.fuse = statements

    @rule(nth=st.integers(0, 30))
    @precondition(lambda self: self.requests)
    def ask_again(self, nth):
        """A request that comes a second time changes nothing, whenever it comes: the model stays as it is."""
        with suppress(RuleBroken):
            self.requests[nth % len(self.requests)]()

    @rule(nth=st.integers(0, len(ATTACKS) - 1))
    def attack(self, nth):
        """Past the program, as the owner of the tables. Where there is nothing to change the attack may find nothing."""

        def deed():
            with connection.cursor() as cursor:
                cursor.execute(ATTACKS[nth], {"other": self.world.other.pk})
                if cursor.rowcount > 0:
                    raise AssertionError(f"went through: {ATTACKS[nth]}")

        self.refused_by_database(deed, sure=False)
