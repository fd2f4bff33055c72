"""Drafts, objections and locks, and what comes to light later."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from afterschool.money import Money
from billing.actions import (
    answer_objection,
    approve_adjustment,
    confirm_round,
    draft_round,
    draft_settlement,
    enter_adjustment,
    lock_month,
    raise_objection,
    reconcile,
    show_settlement,
)  # fmt: skip
from billing.models import Refund
from enrollment.models import Withdrawal
from tests import cast

from .families import Families
from .till import Till
from .world import AFTER, NEXT, NOVEMBER, OCTOBER

LATER = AFTER[NOVEMBER].replace(day=20)
CHILD = st.integers(0, 4)
MONTH = st.sampled_from([OCTOBER, OCTOBER, OCTOBER, NOVEMBER])


class MonthEnd(Families, Till):
    def is_unready(self, month: date) -> bool:
        owing = any(
            (whose, month) in self.model.charges and self._left(whose, month, gone)
            for whose, gone in self.unsettled.items()
        )
        unpaid = month == OCTOBER and bool(self.duties) and not self.booked
        waits = any(of == month for of, _ in self.waiting)
        return month in self.locked or month not in self.charged or owing or unpaid or waits

    def _left(self, child: int, month: date, gone: Withdrawal) -> bool:
        charge = self.model.charges[child, month]
        days = sum(day > gone.last_on for day in charge.days)
        return bool(days and not (charge.refunded or charge.remitted) and 2 * charge.net * days >= len(charge.days))

    @rule(month=MONTH)
    @precondition(lambda self: self.charged)
    def draft(self, month):
        if month not in self.months or (month in self.drafted and not self.fuse):
            return

        def drafted(_):
            self.drafted.add(month)
            self.shown.discard(month)
            self.drafts_agree(month)

        self.do(
            lambda: draft_settlement(self.months[month], by=self.world.by["clerk"]), drafted,
            refused=self.is_unready(month), again=False,
        )  # fmt: skip

    def drafts_agree(self, month: date) -> None:
        found, _ = self.returns(month)
        rows = Refund.objects.filter(fee_month=self.months[month], state="draft")
        owed, expected = {key: charge.owed for key, charge in self.model.charges.items()}, set()
        for (child, of, cause), fen in found.items():
            off = min(fen, owed[child, of])
            owed[child, of] -= off
            if fen > off:
                expected.add((self.world.children[child].pk, of, cause, fen - off))
        assert set(rows.values_list("student", "charge__fee_month__month", "cause", "amount_fen")) == expected

    @rule(month=MONTH)
    @precondition(lambda self: self.drafted)
    def show(self, month):
        if month not in self.months or (month not in self.drafted and month not in self.shown):
            return
        refused = True if month in self.locked else None if month not in self.drafted else False
        told = {"until": NEXT[month].replace(day=10), "now": AFTER[month].replace(day=9), "by": self.world.by["clerk"]}
        self.do(
            lambda: show_settlement(self.months[month], **told), lambda _: self.shown.add(month), refused=refused,
            again=False,
        )  # fmt: skip

    @rule(child=CHILD, answer=st.booleans())
    @precondition(lambda self: OCTOBER in self.shown and OCTOBER not in self.locked)
    def object(self, child, answer):
        student, month = self.world.children[child], self.months[OCTOBER]
        when = AFTER[OCTOBER].replace(day=10)
        if child not in self.objections:
            by = cast.act(self.world.agreements[child].guardian_signed_by)
            self.do(
                lambda: raise_objection(month, student, text="少算了一天", now=when, by=by),
                lambda objection: self.objections.update({child: objection}), again=False,
            )  # fmt: skip
        elif answer:
            told = {"upheld": False, "answer": "核对过了", "now": when, "by": self.world.by["clerk"]}
            waiting = self.objections[child]
            self.do(lambda: answer_objection(waiting, **told), lambda _: self.objections.pop(child), again=False)

    @rule(month=MONTH, off=st.sampled_from([0, 0, 1]))
    @precondition(lambda self: self.charged)
    def reconcile(self, month, off):
        if month not in self.months:
            return
        book = sum(fen for of, fen in self.model.bank.items() if of <= month)
        told = {"bank": Money(book + off), "items": [], "now": AFTER[month], "by": self.world.by["clerk"]}
        self.do(
            lambda: reconcile(self.months[month], **told), lambda _: self.reconciled.update({month: book}),
            refused=bool(off) or month in self.locked, again=False,
        )  # fmt: skip

    @rule(month=MONTH)
    @precondition(lambda self: self.drafted)
    def lock(self, month):
        if month not in self.months:
            return
        is_early = month == NOVEMBER and OCTOBER not in self.locked
        book = sum(fen for of, fen in self.model.bank.items() if of <= month)
        waits = month not in self.shown or (month == OCTOBER and bool(self.objections))
        unready = self.is_unready(month) or is_early or waits or self.reconciled.get(month) != book
        refused = True if unready else None if month not in self.drafted else False

        def locked(_):
            self.give_back(month, 1)
            self.watch.l6_links_follow()
            self.locked.add(month)
            self.watch.locked.add(f"{month:%Y-%m}")
            self.drafted.clear() if self.by_term else self.drafted.discard(month)

        self.do(
            lambda: lock_month(self.months[month], now=AFTER[month], by=self.world.by["reviewer"]),
            locked,
            refused=refused,
        )

    @rule()
    @precondition(lambda self: self.signed and set(self.months) - self.locked)
    def close(self):
        """The whole month end in its order, so that what comes after a lock is met often enough: each deed is a step."""
        for deed in self.month_end(min(set(self.months) - self.locked)):
            deed()
            self.all_laws_hold()

    def month_end(self, month: date) -> Iterator[Callable]:
        yield from [partial(self.settle_withdrawal, child) for child in self.unsettled]
        while any(of == month for of, _ in self.waiting):
            yield partial(self.decide, "approve")
        yield partial(self.charge, month, False)
        if self.duties and not self.booked and month == OCTOBER in self.charged:
            yield self.pay_hours
        yield partial(self.draft, month)
        yield partial(self.show, month)
        yield from [partial(self.object, child, True) for child in self.objections]
        yield partial(self.reconcile, month, 0)
        yield partial(self.lock, month)

    @rule(less=st.booleans(), fen=st.sampled_from([1, 50_00, 99_99]))
    @precondition(lambda self: OCTOBER in self.locked)
    def adjust(self, less, fen):
        spent = [(expense, left) for month, expense, left in self.spent if month == OCTOBER and left >= fen]
        if less and not spent:
            return
        self.numbers += 1
        by, expense = self.world.by, spent[0][0] if less else None
        now = LATER if NOVEMBER in self.locked else AFTER[OCTOBER]
        told = {
            "side": "less" if less else "more", "amount": Money(fen), "on": NOVEMBER, "reason": "供应商退回多收", "clause": "1",
            "voucher_number": f"{self.numbers}", "key": f"a{self.numbers}", "by": by["clerk"],
            **({"expense": expense} if less else {"category": "water"}),
        }  # fmt: skip

        def deed():
            with transaction.atomic():
                return approve_adjustment(enter_adjustment(self.months[OCTOBER], **told), now=now, by=by["reviewer"])

        def adjusted(_):
            sign = -1 if less else 1
            self.model.costs[OCTOBER].append((expense.grade if less else None, sign * fen))
            self.model.move(self.booked_in(NOVEMBER), -sign * fen)
            if (settles := self.settles()) and not less:
                self.model.borne[settles] += fen
            self.spent = [(m, one, left - fen if one is expense else left) for m, one, left in self.spent]
            self.unshared = bool(settles) and (self.unshared or less)
            self.drafted.clear()

        self.do(deed, adjusted, refused=not self.takes_late_deeds(), again=False)

    @rule()
    @precondition(
        lambda self: OCTOBER in self.locked and (self.watch.place != self.nothing_at or self.has_more_to_give())
    )
    def add_a_round(self):
        """Where there is nothing to give it is asked for once, and again after the next voucher: it is the dearest deed."""
        by, nothing, settles = self.world.by, not self.has_more_to_give(), self.settles()
        self.nothing_at = self.watch.place

        def deed():
            with transaction.atomic():
                draft = draft_round(self.months[settles or OCTOBER], by=by["clerk"])
                return confirm_round(draft, now=AFTER[OCTOBER], by=by["reviewer"])

        def added(_):
            self.rounds += 1
            self.unshared = False
            self.give_back(settles, self.rounds)
            self.drafted.clear()

        self.do(deed, added, refused=nothing or not self.takes_late_deeds(), again=False)

    def settles(self) -> date | None:
        """The month that gives back what October does: in a term its last, once it is locked."""
        return OCTOBER if not self.by_term else NOVEMBER if NOVEMBER in self.locked else None

    def has_more_to_give(self) -> bool:
        settles = self.settles()
        return settles is not None and (self.unshared or bool(self.returns(settles)[0]))
