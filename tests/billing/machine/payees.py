"""更换收款人: asked by the guardian, agreed by somebody else; until then money goes to who paid it."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.actions import ask_payee_change, decide_payee_change
from tests import cast

from .room import Room
from .world import AFTER, OCTOBER

CHILD = st.integers(0, 4)


class Payees(Room):
    @rule(child=CHILD, stranger=st.booleans())
    @precondition(lambda self: len(self.payees) < 5)
    def ask_payee(self, child, stranger):
        guardian = self.world.agreements[(child + stranger) % 5].guardian_signed_by
        self.numbers += 1
        told = {"payee": f"姥姥{self.numbers}", "payee_account": "62220001", "reason": "换卡", "now": AFTER[OCTOBER]}
        self.do(
            lambda: ask_payee_change(self.world.children[child], by=cast.act(guardian), **told),
            lambda change: self.asking.update({child: change}), refused=stranger or child in self.asking, again=False,
        )  # fmt: skip

    @rule(agreed=st.sampled_from([True, True, False]), own=st.booleans())
    @precondition(lambda self: self.asking)
    def decide_payee(self, agreed, own):
        child, change = next(iter(self.asking.items()))
        by = cast.act(self.world.agreements[child].guardian_signed_by) if own else self.world.by["reviewer"]

        def decided(_):
            del self.asking[child]
            if agreed:
                self.payees[child] = change.payee

        told = {"agreed": agreed, "answer": "请带证件来", "now": AFTER[OCTOBER], "by": by}
        self.do(lambda: decide_payee_change(change, **told), decided, refused=own, again=False)
