"""收支公示: of a locked month, whenever it is asked for; what is published stays as it was."""

from datetime import date

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.disclosures.actions import compose, publish
from billing.ledger.whereabouts import whereabouts

from .room import Room
from .world import AFTER, NOVEMBER, OCTOBER

END = date(2026, 12, 31)


class Sheets(Room):
    @rule(month=st.sampled_from([OCTOBER, OCTOBER, NOVEMBER]))
    @precondition(lambda self: self.locked and self.watch.place not in self.told)
    def disclose(self, month):
        """As often as the book has gone on since. Sums that do not meet refuse it."""
        if month not in self.months:
            return
        by = self.world.by["principal"]

        def disclosed(disclosure):
            self.told.add(self.watch.place)
            sums = disclosure.content["sums"]
            assert sums["expense"] == sum(fen for _, fen in self.model.costs[month])
            assert sums["refund"] == self.model.gave[month]
            carries = self.unshared or (self.by_term and month == OCTOBER)
            assert carries or not sums["balance"], "nothing of a month is left"
            assert not whereabouts(self.world.school, END).wrong

        def deed():
            with transaction.atomic():
                return publish(compose(self.months[month], reason="查明", by=by), now=AFTER[NOVEMBER], by=by)

        self.do(deed, disclosed, refused=month not in self.locked, again=False)
