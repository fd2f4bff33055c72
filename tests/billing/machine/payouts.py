"""Money on its way out."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.actions import (
    instruct_refunds,
    payout_failed,
    payouts_paid,
    take_back,
)  # fmt: skip

from .oracle import Back
from .set_offs import SetOffs
from .world import AFTER, NOVEMBER, OCTOBER

MONTH = st.sampled_from([OCTOBER, OCTOBER, OCTOBER, NOVEMBER])


class Payouts(SetOffs):
    def to_send(self, month: date) -> dict[tuple, Back]:
        off = self.to_set_off(month)
        waiting = {key: one for key, one in self.model.refunds.items() if key[1] == month and key not in off}
        return {key: one for key, one in waiting.items() if one.state in ("payable", "failed")}

    @rule(month=MONTH)
    @precondition(lambda self: any(one.state in ("payable", "failed") for one in self.model.refunds.values()))
    def instruct(self, month):
        if month not in self.months:
            return
        mine = self.to_send(month)

        def sent(batch):
            for key, one in mine.items():
                self.model.divide(key[0], one)
                one.state = "instructed"
            numbers = {receipt.pk: known for receipt, known in self.receipts}
            for row in batch.payouts.select_related("refund__charge__fee_month"):
                key, known = self.key_of(row.refund), numbers[row.receipt_id]
                self.payouts[row.pk] = [row, key]
                mine[key].sent += row.fen
                assert (known, row.fen) in mine[key].parts, "to who paid it"
                assert row.payee == self.payees.get(key[0], f"家长{key[0]}")
            assert all(one.sent + one.paid == one.due for one in mine.values()), "sent and paid are what was due"

        self.do(
            lambda: instruct_refunds(self.months[month], now=AFTER[month], by=self.world.by["reviewer"]), sent,
            refused=not mine, again=False,
        )  # fmt: skip

    @rule(how=st.sampled_from(["paid", "paid", "failed"]), nth=st.integers(0, 9))
    @precondition(lambda self: self.payouts)
    def bank_answers(self, how, nth):
        """Answers come in any order, again and late."""
        row, key = list(self.payouts.values())[nth % len(self.payouts)]
        one, by = self.model.refunds[key], self.world.by["reviewer"]
        day = AFTER[key[1]].date()

        def answered(_):
            del self.payouts[row.pk]
            one.sent -= row.fen
            if how == "paid":
                one.paid += row.fen
                self.model.move(self.booked_in(day.replace(day=1)), -row.fen)
                self.arrived.append((row, key))
                self.drafted.clear()
            self.follow(one)

        if how == "paid":
            self.do(lambda: payouts_paid([row], paid_on=day, by=by), answered)
        else:
            self.do(lambda: payout_failed(row, reason="户名不符", by=by), answered)

    def follow(self, one: Back) -> None:
        one.state = "instructed" if one.sent else "paid" if one.paid == one.due else "failed"

    @rule(nth=st.integers(0, 9), late=st.booleans())
    @precondition(lambda self: self.arrived)
    def comes_back(self, nth, late):
        """退汇: what had arrived is owed once more."""
        row, key = self.arrived[nth % len(self.arrived)]
        one, day = self.model.refunds[key], AFTER[NOVEMBER if late else key[1]].date()

        def came_back(_):
            self.arrived.remove((row, key))
            one.paid -= row.fen
            self.model.move(self.booked_in(day.replace(day=1)), row.fen)
            self.follow(one)
            self.drafted.clear()

        said = {"on": day, "in_fen": row.fen, "memo": "退汇 已销户"}
        self.do(self.at_bank(lambda line: take_back(line, row, by=self.world.by["clerk"]), **said), came_back)
