"""Charges, receipts and costs."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from afterschool.jobs import book
from afterschool.money import Money
from afterschool.schools.models import Adoption
from billing.actions import (
    approve_expense,
    charge_month,
    enter_expense,
    open_month,
    receive,
    reject_expense,
    return_advances,
    void_receipt,
)  # fmt: skip

from .oracle import Charge, Receipt
from .room import Room
from .world import AFTER, NEXT, NOVEMBER, OCTOBER, code

CHILD = st.integers(0, 4)
MONTH = st.sampled_from([OCTOBER, OCTOBER, OCTOBER, NOVEMBER])


class Till(Room):
    @rule()
    @precondition(lambda self: NOVEMBER not in self.months)
    def open_november(self):
        def opened(month):
            self.months[NOVEMBER] = month
            self.model.costs[NOVEMBER] = []

        self.do(lambda: open_month(self.world.school, month=NOVEMBER, by=self.world.by["clerk"]), opened)

    @rule()
    @precondition(lambda self: NOVEMBER in self.locked and not self.december)
    def open_december(self):
        def opened(month):
            self.december = month

        self.do(lambda: open_month(self.world.school, month=NEXT[NOVEMBER], by=self.world.by["clerk"]), opened)

    @rule()
    @precondition(lambda self: not self.adopted and NOVEMBER not in self.charged)
    def lower_cap(self):
        """A month is charged under the policy it was opened under: what is published later is too late for it."""
        cheap = code(self.by_term, self.sets_off, cheap=True)
        self.insert(Adoption(bureau=self.world.bureau, policy=cheap, began_on=NOVEMBER))
        self.adopted, self.capped = True, NOVEMBER not in self.months

    @rule(month=MONTH, as_job=st.booleans())
    @precondition(lambda self: self.signed)
    def charge(self, month, as_job):
        if month not in self.months:
            return
        due = {child: days for child in self.signed if (days := self.days_of(child, month))}
        new = {child: days for child, days in due.items() if (child, month) not in self.model.charges}
        if month in self.charged and not new:
            return
        refused = month in self.locked or (month == NOVEMBER and self.capped and bool(due))

        def charged(_):
            self.charged.add(month)
            of = len(self.days_open(month))
            for child, days in new.items():
                waived = self.waived.get(child, 0)
                self.model.charges[child, month] = Charge(3 if child < 3 else 4, days, of, waived)
                self.model.use(child)
            self.drafted.clear()

        if as_job and not refused and not self.fuse:
            job = book.enqueue(
                "billing.charge_month", period=f"{month}:{len(self.model.charges)}", school_id=self.world.school.pk,
                args={"fee_month": self.months[month].pk}, by=self.world.by["clerk"],
            )  # fmt: skip
            self.do(lambda: (book.run(job.pk), book.run(job.pk)), charged, again=False)
            job.refresh_from_db()
            assert job.state == "done", job.error
        else:
            self.do(
                lambda: charge_month(self.months[month], by=self.world.by["clerk"]),
                charged,
                refused=refused,
                again=False,
            )

    @rule(
        child=CHILD, fen=st.sampled_from([200_00, 50_00, 133_37, 250_00, 1]),
        fund=st.sampled_from(["fees", "fees", "fees", "fees", "fees", "meal"]),
        method=st.sampled_from(["bank", "bank", "wechat"]),
    )  # fmt: skip
    def pay(self, child, fen, fund="fees", method="bank"):
        student, key = self.world.children[child], f"form-{self.numbers}"
        self.numbers += 1
        told = {
            "on": self.world.days[OCTOBER][3],
            "amount": Money(fen),
            "payer": f"家长{child}",
            "payer_account": "6217",
            "fund": fund,
            "method": method,
        }

        def paid(receipt):
            by_wechat, month = method == "wechat", self.booked_in(OCTOBER)
            self.model.receipts.append(Receipt(child, fen, month, of_meals=fund == "meal", by_wechat=by_wechat))
            self.receipts.append((receipt, self.model.receipts[-1]))
            self.model.use(child)
            if by_wechat:
                self.model.transit[month] += fen
                self.model.carried[month] += fen
            else:
                self.model.move(month, fen)
            self.drafted.clear()

        self.do(lambda: receive(self.world.school, student, key=key, by=self.world.by["clerk"], **told), paid)

    @rule(nth=st.integers(0, 5))
    @precondition(lambda self: self.receipts)
    def void(self, nth):
        receipt, known = self.receipts[nth % len(self.receipts)]
        given = {(key[0], one.of) for key, one in self.model.refunds.items() if one.of}
        back = any((known.child, month) in given for month in known.used)

        def voided(_):
            self.receipts.remove((receipt, known))
            self.model.void(known)
            self.drafted.clear()

        self.do(
            lambda: void_receipt(receipt, reason="记错了", now=AFTER[OCTOBER], by=self.world.by["reviewer"]), voided,
            refused=bool(back or known.back or known.by_wechat or known.month in self.locked), again=True,
        )  # fmt: skip

    @rule(child=CHILD)
    @precondition(lambda self: self.receipts)
    def return_advance(self, child):
        """What is paid in advance goes back; nothing is left of it for a second time."""
        told = {"on": self.world.days[OCTOBER][3], "by": self.world.by["clerk"]}
        held, is_open = self.held_in_advance(child), self.first_open() is not None
        students = {self.world.children[child].pk}
        self.do(
            lambda: return_advances(self.world.school, students, **told),
            lambda rows: self.advances_went_back(child, rows), refused=bool(held) and not is_open, again=False,
        )  # fmt: skip

    @rule(month=MONTH, fen=st.sampled_from([100_00, 33_33, 700_00, 1]), grade=st.sampled_from([None, 3, 4]))
    @precondition(lambda self: len(self.waiting) < 3)
    def spend(self, month, fen, grade):
        if month not in self.months:
            return
        number = self.numbers = self.numbers + 1
        told = {
            "category": "water", "fund": "fees", "amount": Money(fen), "on": self.world.days[month][2],
            "payee": "自来水公司", "voucher_number": f"{number:04}", "key": f"e{number}", "grade": grade,
        }  # fmt: skip

        def entered(expense):
            self.waiting.append((month, expense))
            self.drafted.clear()

        self.do(
            lambda: enter_expense(self.months[month], by=self.world.by["clerk"], **told), entered,
            refused=month in self.locked,
        )  # fmt: skip

    @rule(category=st.sampled_from(["management_fee", "staff_stipend", "红包"]))
    def spend_on_what_is_not_listed(self, category):
        told = {"fund": "fees", "amount": Money(1), "on": OCTOBER, "payee": "甲", "voucher_number": "1", "key": "bad"}
        self.do(
            lambda: enter_expense(self.months[OCTOBER], category=category, by=self.world.by["clerk"], **told),
            refused=True,
        )

    @rule(how=st.sampled_from(["approve", "approve", "approve", "own", "reject"]))
    @precondition(lambda self: self.waiting)
    def decide(self, how):
        month, expense = self.waiting[0]
        by = self.world.by["clerk" if how == "own" else "reviewer"]

        def decided(expense):
            self.waiting.pop(0)
            if how == "approve":
                self.model.costs[month].append((expense.grade, expense.amount_fen))
                self.model.move(month, -expense.amount_fen)
                self.spent.append((month, expense, expense.amount_fen))
            self.drafted.clear()

        if how == "reject":
            self.do(lambda: reject_expense(expense, reason="重复", by=by), decided, again=False)
        else:
            self.do(
                lambda: approve_expense(expense, now=AFTER[month], by=by), decided, refused=how == "own", again=False
            )
