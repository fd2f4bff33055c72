"""收费: what each student is charged for each item, month by month, and what is waived."""

from __future__ import annotations

from datetime import date

from afterschool.money import ZERO, Money, total
from afterschool.policy import subsidy, waivers
from afterschool.policy.fees import Charge, Period
from afterschool.policy.trial.answer import steps_of
from afterschool.policy.trial.bench import Bench, Charged, case_for
from afterschool.policy.trial.facts import Item, Student
from afterschool.policy.verdict import Step, Verdict


def charge(bench: Bench) -> None:
    for student in bench.facts.students:
        if student.charged is None:
            before = len(bench.charged)
            for item in bench.facts.items:
                if item.key in student.items and item.rates:
                    with bench.answer.part(f"{student.at}.items"):
                        _charge_item(bench, student, item)
            _tell_waived(bench, student, bench.charged[before:])


def _charge_item(bench: Bench, student: Student, item: Item) -> None:
    before = student.charged_before
    for period in bench.periods(item, case_for(item, student, Period(*bench.facts.months[0]))):
        tariff = bench.tariff(item, case_for(item, student, period), period)
        days = tuple(day for day in tariff.runs_on if student.first <= day <= student.last)
        if not days:
            continue
        off = waivers.strongest(bench.law, period.first, student.waived) if student.waived else NOTHING_WAIVED
        charge = tariff.charge(days, off.answer, before)
        told = tariff.explain(days, off.answer, before)
        unit = tariff.unit_on(days[0])
        paid_for = subsidy.off_fee(bench.law, period.first, tariff.case, net=charge.net, unit=unit, days=len(days))
        net = charge.net - paid_for.answer
        span = max(period.first, student.first), min(period.last, student.last)
        free = bench.kept_free(item, tariff.case, *span)
        steps = [Step(f"{day.month} 月 {day.day} 日，{why.because}") for day, why in free] + [*told.steps]
        if paid_for.answer:
            steps.append(Step(paid_for.because, f"{charge.net} − {paid_for.answer}", net))
        bench.answer.add(
            "charges", student=student.key, item=item.key, first=period.first.isoformat(), last=period.last.isoformat(),
            gross=charge.gross.plain(), waived=charge.waived.plain(), net=net.plain(),
            days=[day.isoformat() for day in days], steps=steps_of(steps),
            clauses=bench.answer.clauses(
                [*told.cites, *(why.cite for _, why in free), off.cite, paid_for.cite if paid_for.answer else None]
            ),
        )  # fmt: skip
        bench.charged.append(Charged(student, item, tariff, days, off.answer, charge, net))
        before += charge.gross


NOTHING_WAIVED = Verdict(0, "没有减免")


def _tell_waived(bench: Bench, student: Student, charged: list[Charged]) -> None:
    """Month by month: what was waived, and who makes up for it."""
    by_month: dict[date, list[Charge]] = {}
    for one in charged:
        by_month.setdefault(one.tariff.period.first, []).append(one.charge)
    for first, charges in by_month.items() if student.waived else ():
        with bench.answer.part(f"{student.at}.waivers"):
            off = waivers.strongest(bench.law, first, student.waived)
            waived: Money = total(charge.waived for charge in charges)
            made_up = waivers.funding(bench.law, first, waived)
            bench.answer.add(
                "waivers", student=student.key, percent=off.answer, amount=waived.plain(), payer=made_up.payer,
                paid=(made_up.answer if made_up.payer else ZERO).plain(), message=f"{off.because}；{made_up.because}",
                clauses=bench.answer.clauses([off.cite, made_up.cite]),
            )  # fmt: skip
