"""What other rooms tell the money room: signatures, waivers, the roll, the calendar, withdrawals, hours."""

from datetime import date, timedelta

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from afterschool.schools.models import CalendarChange
from attendance.models import Mark
from billing.actions import (
    book_stipends,
    settle_withdrawal,
)  # fmt: skip
from enrollment.models import Agreement, Placement, Waiver, Withdrawal
from staffing.actions.stipend import approve_sheet, draft_sheet, review_sheet
from staffing.models import Duty

from .oracle import Back
from .room import Room
from .world import AFTER, LESSON, OCTOBER

CHILD = st.integers(0, 4)
DAY = st.integers(0, 14)


class Families(Room):
    @rule(child=CHILD, late=st.booleans())
    @precondition(lambda self: len(self.signed) < 5)
    def sign(self, child, late):
        if child in self.signed:
            return
        began = self.world.days[OCTOBER][5] if late else OCTOBER
        agreement = self.world.agreements[child]
        Agreement.objects.filter(pk=agreement.pk).update(school_signed_at=AFTER[OCTOBER], began_on=began)
        item, grade = agreement.items.get(), 3 if child < 3 else 4
        section = self.world.sections[grade]
        self.insert(
            Placement(school=item.school, section=section, student=agreement.student, item=item, began_on=began)
        )
        self.signed[child] = began

    @rule(child=CHILD, percent=st.sampled_from([50, 33, 100]))
    def waive(self, child, percent):
        if child in self.waived:
            return
        people, student = self.world.people, self.world.children[child]
        self.insert(
            Waiver(
                school=self.world.school, student=student, category="hardship", percent=percent, evidence="证",
                state="granted", asked_by=people["clerk"], decided_by=people["principal"], began_on=OCTOBER,
            )
        )  # fmt: skip
        self.waived[child] = percent

    @rule(child=CHILD)
    @precondition(lambda self: self.waived)
    def end_waiver(self, child):
        """It turns out that it never held."""
        if self.waived.pop(child, None):
            self.drafted.clear()
            Waiver.objects.filter(student=self.world.children[child]).update(
                ended_on=OCTOBER - timedelta(days=1), began_on=OCTOBER - timedelta(days=9)
            )

    @rule(child=CHILD, at=DAY, status=st.sampled_from(["present", "late", "absent", "leave"]))
    def mark(self, child, at, status):
        """Late, again, otherwise than before: the last word counts, and there is one."""
        day, student = self.world.days[OCTOBER][at % len(self.world.days[OCTOBER])], self.world.children[child]
        mark = Mark(
            school=self.world.school, session=self.world.sessions[3 if child < 3 else 4, day], student=student,
            status=status, at=AFTER[OCTOBER], by=self.world.people["teacher"],
        )  # fmt: skip
        self.drafted.clear()
        Mark.objects.bulk_create(
            [mark], update_conflicts=True, unique_fields=["session", "student"], update_fields=["status"]
        )
        away = self.away.setdefault(child, set())
        (away.discard if status in Mark.HERE else away.add)(day)

    @rule(at=DAY, serves=st.booleans())
    def change_calendar(self, at, serves):
        day = self.world.days[OCTOBER][at % len(self.world.days[OCTOBER])]
        if serves == (day not in self.closed):
            return
        self.insert(
            CalendarChange(
                bureau=self.world.bureau, school=self.world.school, day=day, kind="workday", serves=serves, reason="换"
            )
        )
        (self.closed.discard if serves else self.closed.add)(day)

    @rule(child=CHILD, at=DAY, settle=st.booleans())
    @precondition(lambda self: OCTOBER not in self.locked)
    def withdraw(self, child, at, settle):
        day, student = self.world.days[OCTOBER][at % len(self.world.days[OCTOBER])], self.world.children[child]
        if child in self.last or day < self.signed.get(child, date.max):
            return
        agreement = self.world.agreements[child]
        self.unsettled[child] = self.insert(
            Withdrawal(
                school=self.world.school, agreement=agreement, student=student, last_on=day, reason="搬家",
                asked_by=agreement.guardian_signed_by, asked_at=AFTER[OCTOBER],
            )
        )  # fmt: skip
        Agreement.objects.filter(pk=agreement.pk).update(ended_on=day)
        Placement.objects.filter(student=student).update(ended_on=day)
        self.last[child] = day
        self.away[child] = {one for one in self.away.get(child, ()) if one <= day}
        if settle:
            self.settle_withdrawal(child)

    @rule(child=CHILD)
    @precondition(lambda self: self.unsettled)
    def settle_withdrawal(self, child):
        if child not in self.unsettled:
            return
        gone = self.unsettled[child]

        def settled(refunds):
            del self.unsettled[child]
            open_ones = [
                one for (whose, month), one in self.model.charges.items() if whose == child and month not in self.locked
            ]
            left = [one for one in open_ones if one.net and one.days[-1] > gone.last_on]
            for (whose, month), charge in self.model.charges.items():
                if whose == child and charge in left and not charge.given:
                    if back := charge.withdraw(gone.last_on):
                        self.model.refunds[child, month, "withdrawal", "1"] = Back(back, month)
                    self.model.gave[month] += charge.given["withdrawal"]
            if left:  # nothing more will be charged
                self.advances_went_back(child, [row for row in refunds if row.cause == "prepaid"])
            self.drafted.clear()

        self.do(lambda: settle_withdrawal(gone, by=self.world.by["clerk"]), settled, again=False)

    @rule(at=st.integers(0, 3), leader=st.booleans())
    @precondition(lambda self: not self.booked and len(self.duties) < 4)
    def serve(self, at, leader):
        day = self.world.days[OCTOBER][at]
        starts = AFTER[OCTOBER].replace(month=10, day=day.day, hour=16)
        duty = Duty(
            school=self.world.school, day=day, person=self.world.people["teacher"], starts_at=starts,
            ends_at=starts + timedelta(hours=1), arrived_at=starts, left_at=starts + timedelta(hours=1),
            role="leader" if leader else "teacher", section=None if leader else self.world.sections[3],
            confirmed_by=self.world.people["principal"], confirmed_at=AFTER[OCTOBER],
        )  # fmt: skip
        if day in {one.day for one in self.duties}:
            self.refused_by_database(duty.save)
        else:
            self.duties.append(self.insert(duty))

    @rule()
    @precondition(lambda self: self.duties and not self.booked and OCTOBER in self.charged)
    def pay_hours(self):
        by, month = self.world.by, self.months[OCTOBER]

        def deed():
            with transaction.atomic():
                sheet = draft_sheet(school=self.world.school, month=OCTOBER, by=by["clerk"])
                sheet = review_sheet(sheet, now=AFTER[OCTOBER], by=by["reviewer"])
                approve_sheet(sheet, now=AFTER[OCTOBER], by=by["principal"])
                return book_stipends(month, by=by["clerk"])

        def booked(expense):
            self.booked = expense.amount_fen
            assert self.booked == LESSON * len(self.duties)
            by_grade = {grade: sum(duty.section is not None for duty in self.duties) for grade in (3,)}
            self.model.costs[OCTOBER] += [(3, LESSON * by_grade[3])] if by_grade[3] else []
            if rest := self.booked - LESSON * by_grade[3]:
                self.model.costs[OCTOBER].append((None, rest))
            self.drafted.clear()

        self.do(deed, booked, refused=OCTOBER in self.locked, again=False)
