"""Under which policy an example goes: a month or the whole term settled as one, refunds paid back or set off."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from afterschool.schools.models import Adoption, Term
from billing.models import FeeMonth

from .room import Room
from .world import LAST, NOVEMBER, OCTOBER, code


class Policies(Room):
    @initialize(by_term=st.sampled_from([False, False, True]), sets_off=st.booleans())
    def begin_under(self, by_term, sets_off):
        self.by_term, self.sets_off = by_term, sets_off
        if by_term or sets_off:
            policy = code(by_term, sets_off)
            self.insert(Adoption(bureau=self.world.bureau, policy=policy, began_on=OCTOBER))
            FeeMonth.objects.filter(pk=self.world.month.pk).update(policy=policy)
        if by_term:
            self.rounds = 2  # the settlement of the term itself
            Term.objects.filter(pk=self.world.term.pk).update(ended_on=LAST[NOVEMBER])
        self.months[OCTOBER] = FeeMonth.objects.get(pk=self.world.month.pk)
