"""Money on its way out."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.actions import (
    instruct_refunds,
    payout_failed,
    payouts_paid,
)  # fmt: skip

from .room import Room
from .world import AFTER, NOVEMBER, OCTOBER

MONTH = st.sampled_from([OCTOBER, OCTOBER, OCTOBER, NOVEMBER])


class Payouts(Room):
    def to_send(self, month: date) -> list:
        return [one for key, one in self.model.refunds.items() if key[1] == month and one[1] in ("payable", "failed")]

    @rule(month=MONTH)
    @precondition(lambda self: any(one[1] in ("payable", "failed") for one in self.model.refunds.values()))
    def instruct(self, month):
        if month not in self.months:
            return
        mine = self.to_send(month)

        def sent(batch):
            known = {child.pk: at for at, child in enumerate(self.world.children)}
            for row in batch.payouts.select_related("refund"):
                refund = row.refund
                number = f"{refund.round}:{refund.receipt_id}" if refund.receipt_id else f"{refund.round}"
                key = (known[refund.student_id], month, refund.cause, number)
                self.payouts[row.pk] = [row, key]
                self.model.refunds[key][2] += row.fen
            for one in mine:
                one[1] = "instructed"
                assert one[2] + one[3] == one[0], "sent and paid are what was due"

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
            one[2] -= row.fen
            if how == "paid":
                one[3] += row.fen
                self.model.move(self.booked_in(day.replace(day=1)), -row.fen)
                self.drafted.clear()
            one[1] = "instructed" if one[2] else "paid" if one[3] == one[0] else "failed"

        if how == "paid":
            self.do(lambda: payouts_paid([row], paid_on=day, by=by), answered)
        else:
            self.do(lambda: payout_failed(row, reason="户名不符", by=by), answered)
