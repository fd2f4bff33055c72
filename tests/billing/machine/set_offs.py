"""抵下期: what goes back to a child that stays is an advance for what comes."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.actions import set_off_refunds

from .oracle import Back
from .room import Room
from .world import AFTER, NOVEMBER, OCTOBER


class SetOffs(Room):
    def to_set_off(self, month: date) -> dict[tuple, Back]:
        if not self.sets_off or (self.by_term and month == NOVEMBER):  # nothing follows the term
            return {}
        return {
            key: one for key, one in self.model.refunds.items()
            if key[1] == month and one.of and one.state == "payable" and key[0] not in self.last
        }  # fmt: skip

    @rule(month=st.sampled_from([OCTOBER, NOVEMBER]))
    @precondition(lambda self: self.sets_off and any(one.state == "payable" for one in self.model.refunds.values()))
    def set_off(self, month):
        if month not in self.months:
            return
        mine = self.to_set_off(month)

        def is_off(refunds):
            assert len(refunds) == len(mine)
            for key, one in mine.items():
                self.model.divide(key[0], one)
                one.state = "set_off"
                for receipt, part in one.parts:
                    receipt.again += part
            for child in {key[0] for key in mine}:
                self.model.use(child)
            self.drafted.clear()

        self.do(
            lambda: set_off_refunds(self.months[month], now=AFTER[month], by=self.world.by["reviewer"]), is_off,
            refused=not mine, again=False,
        )  # fmt: skip
