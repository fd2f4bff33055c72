"""退费与结算: what goes back, cause by cause, and what is left over in the end."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from afterschool.money import ZERO, Money, total
from afterschool.policy import fees, refunds, rules, settlement
from afterschool.policy.fees import Period, Tariff
from afterschool.policy.refunds import Attendance
from afterschool.policy.terms import GRADES, Cause
from afterschool.policy.trial.answer import steps_of
from afterschool.policy.trial.bench import Bench, Charged, case_for
from afterschool.policy.trial.facts import Student, money

CLOSED: tuple[Cause, ...] = ("cancelled", "force_majeure")


def refund(bench: Bench) -> None:
    """In the order in which it happens to one payment: the school's causes, the child's, and leaving for good."""
    left = dict(bench.facts.receipts)
    for one in bench.charged:
        key = one.student.key, one.item.key
        paid = min(left[key], one.net) if key in left else one.net
        if key in left:
            left[key] -= paid
        missed, served_until = _missed(bench, one), one.student.withdrew_on or date.max
        before = ZERO
        for cause, attendance in missed.items() if paid else ():
            with bench.answer.part(f"{one.student.at}.{ABOUT.get(cause, 'attendance')}"):
                before += _refund(bench, one, cause, attendance, paid, before)
        bench.refunded[one.student.key] = bench.refunded.get(one.student.key, ZERO) + before
        gone = {day for attendance in missed.values() for day in attendance.absent}
        served = sum(day not in gone and day < served_until for day in one.days)
        bench.served[one.student.key] = bench.served.get(one.student.key, 0) + served


ABOUT = {"withdrawal": "withdrew_on"}


def _missed(bench: Bench, one: Charged) -> dict[Cause, Attendance]:
    """What was charged and not served, each day and lesson by one cause."""
    student, days = one.student, one.days
    left_on = student.withdrew_on or date.max
    gone = tuple(day for day in days if day >= left_on)
    closed = {day: bench.calendar.day(day).closed for day in days if day < left_on}
    away = {row.day: row for row in student.absences if row.item in ("", one.item.key) and not closed.get(row.day)}
    cut = {row.day: row for row in one.item.cut_short if row.minutes is None and not closed.get(row.day)}
    found: dict[Cause, Attendance] = {
        cause: Attendance(days, tuple(day for day in closed if closed[day] == cause)) for cause in CLOSED
    }
    found["under_served"] = _attendance(days, {day: cut[day].lessons for day in closed if day in cut})
    due = tuple(day for day in days if not closed.get(day))
    absence = _attendance(due, {day: away[day].lessons for day in closed if day in away and day not in cut})
    found["absence"] = absence._replace(closed=tuple(day for day in days if closed.get(day)))
    found["withdrawal"] = Attendance(days, gone)
    return {cause: missed for cause, missed in found.items() if missed.absent or missed.lessons}


def _attendance(days: tuple[date, ...], missed: dict[date, int | None]) -> Attendance:
    """Whole days where it is not said how many lessons."""
    lessons = [(day, number) for day, count in missed.items() for number in range(1, (count or 0) + 1)]
    return Attendance(days, tuple(day for day, count in missed.items() if count is None), tuple(lessons))


def _refund(bench: Bench, one: Charged, cause: Cause, missed: Attendance, paid: Money, before: Money) -> Money:
    tariff = one.tariff
    schedule = refunds.schedule(bench.law, tariff.period.first, cause, tariff.case, tariff)
    if schedule.goes_by_time:
        missed = missed._replace(elapsed=bench.elapsed(one.item, tariff.case, tariff.period, missed.absent[0]))
    told = schedule.explain(paid, missed, before=before, off=one.off)
    bench.answer.add(
        "refunds", student=one.student.key, item=one.item.key, cause=cause, amount=told.amount.plain(),
        steps=steps_of(told.steps), clauses=bench.answer.clauses([told.cite]),
    )  # fmt: skip
    return told.amount


def settle(bench: Bench) -> None:
    """Where it is said what the fees were spent on, what is left of them goes back."""
    spent = [row for row in bench.facts.raw.get("costs", ()) if "amount" in row and row.get("fund", "fee") == "fee"]
    if not spent:
        return
    with bench.answer.part("costs"):
        rule = settlement.rule(bench.law, bench.facts.on, bench.facts.case)
        for group in _groups(bench, rule, spent):
            _tell_settled(bench, group)


def borne(bench: Bench, student: Student) -> Money:
    """What the family bears after the refunds so far."""
    if student.charged is not None:
        return student.charged
    charged = total(one.net for one in bench.charged if one.student is student)
    return charged - bench.refunded.get(student.key, ZERO)


def _groups(bench: Bench, rule: rules.Settlement, spent: Sequence[dict]) -> list[settlement.Group]:
    by_group: dict[int | None, list[Student]] = {}
    for student in bench.facts.students:
        by_group.setdefault(student.case.grade if rule.per == "grade" else None, []).append(student)
    direct: dict[int | None, Money] = {}
    for row in spent:
        of = row.get("grade") if rule.per == "grade" else None
        direct[of] = direct.get(of, ZERO) + money(row["amount"])
    shared = direct.pop(None, ZERO)
    for grade in direct:
        by_group.setdefault(grade, [])
    heads = [len(students) for students in by_group.values()]
    paying = [sum(bool(borne(bench, one)) for one in students) for students in by_group.values()]
    parts = settlement.apportion(shared, paying, heads)
    return [
        settlement.Group(
            grade,
            [(student.key, borne(bench, student)) for student in students],
            direct.get(grade, ZERO) + part,
            days=[_served(bench, student) for student in students] if rule.shared_by == "days_served" else (),
            room=[_room(bench, student) for student in students] if rule.direction == "both" else (),
        )
        for (grade, students), part in zip(by_group.items(), parts, strict=True)
    ]


def _served(bench: Bench, student: Student) -> int:
    """The days on which the student was really there; where the charge was given, of the items it takes part in."""
    if student.charged is None:
        return bench.served.get(student.key, 0)
    days = {day for tariff in _given(bench, student) for day in tariff.runs_on if student.first <= day <= student.last}
    away = {row.day for row in student.absences if row.lessons is None}
    return sum(day not in away and day < (student.withdrew_on or date.max) for day in days)


def _room(bench: Bench, student: Student) -> Money:
    """What the highest price, after the waiver, would still allow to ask of a family beyond what it bears."""
    taken = [(one.tariff, one.off) for one in bench.charged if one.student is student and one.days]
    most = ZERO
    for tariff, off in taken or [(tariff, 0) for tariff in _given(bench, student)]:
        if tariff.unit_on(tariff.runs_on[0]) in ("month", "term"):
            highest = fees.highest(bench.law, tariff.period.first, tariff.case).answer
            most += highest.times_down(Fraction(100 - off, 100))
    return max(ZERO, most - borne(bench, student))


def _given(bench: Bench, student: Student) -> Iterator[Tariff]:
    """The tariffs of a student whose charge was given instead of worked out."""
    for item in bench.facts.items:
        if item.key in student.items and item.rates:
            for period in bench.periods(item, case_for(item, student, Period(*bench.facts.months[0]))):
                tariff = bench.tariff(item, case_for(item, student, period), period)
                if tariff.runs_on:
                    yield tariff


def _tell_settled(bench: Bench, group: settlement.Group) -> None:
    published: dict[Hashable, Money] = {one.key: one.refunded for one in bench.facts.students}
    [result] = settlement.settle(bench.law, bench.facts.on, [group], already=published, case=bench.facts.case)
    nets = dict(group.charges)
    shares = [
        {
            "student": str(key),
            "refund": result.refunds[key].plain(),
            "published": published[key].plain(),
            "due": result.asked.get(key, ZERO).plain(),
            "steps": steps_of(settlement.explain(result, key, nets[key])),
        }
        for key in nets
    ]
    bench.answer.add(
        "settlement", group="全校" if group.key is None else GRADES[int(str(group.key))], charged=result.charged.plain(),
        cost=result.cost.plain(), surplus=result.surplus.plain(), borne=result.borne_by_school.plain(), shares=shares,
        steps=steps_of(result.steps), clauses=bench.answer.clauses([result.cite]),
    )  # fmt: skip
