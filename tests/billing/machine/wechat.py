"""What WeChat has taken from families, what it pays out of that, and what it keeps for itself."""

from datetime import date

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from afterschool.money import Money
from billing.actions import pay_wechat_fee, set_aside_line, settle_transit, undo_transit

from .room import Room
from .world import LAST, NEXT, NOVEMBER, OCTOBER

DECEMBER = NEXT[NOVEMBER]
MONTH = st.sampled_from([OCTOBER, OCTOBER, NOVEMBER])


class WeChat(Room):
    def since(self, month: date) -> list[date]:
        """The month in which a line of this month is booked, and those after it."""
        return [one for one in (OCTOBER, NOVEMBER, DECEMBER) if one >= self.booked_in(month)]

    def has_in_transit(self, month: date) -> int:
        sums = [sum(fen for of, fen in self.model.transit.items() if of <= one) for one in self.since(month)]
        return max(0, min(sums))

    @rule(month=MONTH, half=st.booleans(), over=st.sampled_from([None, 0, 1]), more=st.sampled_from([0, 0, 1]))
    @precondition(lambda self: self.model.carried)
    def wechat_settles(self, month, half, over, more):
        """All that is there or half of it, with no fee, the dearest or one fen more."""
        there = self.has_in_transit(month)
        gross = (there // 2 if half else there) + more
        fee = 0 if over is None else gross // 100 + over
        booked, came = self.booked_in(month), max(gross - fee, 1)
        gross = came + fee

        def settled(line):
            self.moved_by_wechat(booked, gross, fee, came)
            self.settled.append((line, booked, gross, fee, came))

        said = {"on": LAST[month], "in_fen": came, "memo": "微信支付结算款", "payer": "财付通"}
        self.do(
            self.at_bank(lambda line: settle_transit(line, fee=Money(fee), by=self.world.by["clerk"]), **said),
            settled, refused=gross > there or 100 * fee > gross, again=False,
        )  # fmt: skip

    def moved_by_wechat(self, booked: date, gross: int, fee: int, came: int, account: date | None = None) -> None:
        self.model.transit[booked] -= gross
        self.model.kept[booked] += fee
        self.model.fees[account or booked] += fee
        self.model.move(booked, came)
        self.drafted.clear()

    @rule(nth=st.integers(0, 5))
    @precondition(lambda self: self.settled)
    def undo_wechat(self, nth):
        """It was none of WeChat's: the voucher is reversed, in the open month where its own is locked."""
        one = line, booked, *fen = self.settled[nth % len(self.settled)]

        def undone(_):
            self.settled.remove(one)
            self.moved_by_wechat(self.booked_in(booked), *(-part for part in fen), account=booked)

        def deed():
            with transaction.atomic():
                return set_aside_line(
                    undo_transit(line, by=self.world.by["clerk"]), reason="别人的", by=self.world.by["clerk"]
                )

        self.do(deed, undone, again=False)

    @rule(month=MONTH, over=st.sampled_from([0, 0, 1]))
    @precondition(lambda self: self.model.carried)
    def wechat_takes_its_fee(self, month, over):
        booked, rooms = self.booked_in(month), []
        for one in (self.since(month)[0], DECEMBER):
            carried, kept = (
                sum(fen for of, fen in sums.items() if of <= one) for sums in (self.model.carried, self.model.kept)
            )
            rooms.append(carried // 100 - kept)
        fee = max(0, min(rooms)) + over

        def taken(line):
            self.moved_by_wechat(booked, 0, fee, -fee)
            self.settled.append((line, booked, 0, fee, -fee))

        said = {"on": LAST[month], "out_fen": max(fee, 1), "memo": "手续费", "payer": "财付通"}
        self.do(
            self.at_bank(lambda line: pay_wechat_fee(line, by=self.world.by["clerk"]), **said), taken,
            refused=bool(over) or not fee, again=False,
        )  # fmt: skip
