"""收费: what each student is charged for each item, month by month, and what is waived."""

from __future__ import annotations

from datetime import date

from afterschool.money import ZERO, Money, total
from afterschool.policy import rules, subsidy, waivers
from afterschool.policy.fees import Charge, Period, Tariff
from afterschool.policy.trial.answer import steps_of
from afterschool.policy.trial.bench import Bench, Charged, case_for
from afterschool.policy.trial.facts import Item, Student
from afterschool.policy.verdict import Step, Verdict


def charge(bench: Bench) -> None:
    for student in bench.facts.students:
        if student.charged is None:
            mine: list[Charged] = []
            for item, period in _due(bench, student):
                with bench.answer.part(f"{student.at}.items"):
                    if one := _charge_item(bench, student, item, period, mine):
                        mine.append(one)
            bench.charged += mine
            _tell_waived(bench, student, mine)


def _due(bench: Bench, student: Student) -> list[tuple[Item, Period]]:
    """Month by month, and in each the items in order: what was charged first counts first towards a cap."""
    due: list[tuple[Item, Period]] = []
    for item in bench.facts.items:
        if item.key in student.items and item.rates:
            with bench.answer.part(f"{student.at}.items"):
                case = case_for(item, student, Period(*bench.facts.months[0]))
                due += [(item, period) for period in bench.periods(item, case)]
    return sorted(due, key=lambda one: one[1].first)


def _charge_item(bench: Bench, student: Student, item: Item, period: Period, mine: list[Charged]) -> Charged | None:
    tariff = bench.tariff(item, case_for(item, student, period), period)
    days = tuple(day for day in tariff.runs_on if student.first <= day <= student.last)
    if not days:
        return None
    off = waivers.strongest(bench.law, period.first, student.waived) if student.waived else NOTHING_WAIVED
    in_month = [one for one in mine if one.tariff.period == period]
    taken = student.charged_before + _taken(bench, tariff, "term", mine), _taken(bench, tariff, "month", in_month)
    charge, told = tariff.charge(days, off.answer, *taken), tariff.explain(days, off.answer, *taken)
    paid_for = subsidy.off_fee(
        bench.law, period.first, tariff.case, net=charge.net, days=len(days),
        unit="term" if tariff.unit_on(days[0]) == "term" else "month",
        already=total(one.charge.net - one.net for one in in_month),
    )  # fmt: skip
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
    return Charged(student, item, tariff, days, off.answer, charge, net)


NOTHING_WAIVED = Verdict(0, "没有减免")


def _taken(bench: Bench, tariff: Tariff, per: str, charged: list[Charged]) -> Money:
    """What these came to under the cap that this service falls under."""
    cap = bench.law.on(tariff.runs_on[-1]).maybe(rules.ChargeCap, tariff.case, per=per)
    return total(one.charge.gross for one in charged if cap and cap.applies(one.tariff.case))


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
