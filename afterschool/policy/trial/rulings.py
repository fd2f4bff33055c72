"""May it be so? Hours, prices, people, spending and conduct, each held against the policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from afterschool.errors import NoRule
from afterschool.money import Money, total
from afterschool.policy import conduct, enrolment, expenses, fees, rules, staffing, windows
from afterschool.policy.rule import Case
from afterschool.policy.trial.bench import Bench, item_case
from afterschool.policy.trial.facts import Item, Student, case_of


def judge(bench: Bench) -> None:
    _served(bench)
    for item in bench.facts.items:
        for grade in item.grades:
            case = item_case(item, grade)
            _times(bench, item, case)
            _prices(bench, item, case)
        _extras(bench, item)
    for student in bench.facts.students:
        _asked_in_all(bench, student)
        _basic_first(bench, student)
    _people(bench)
    _spending(bench)
    _conduct(bench)


def _served(bench: Bench) -> None:
    """The school, and those of its items and students that are otherwise than the school."""
    facts, answer = bench.facts, bench.answer
    own = [(item.at, item.case) for item in facts.items] + [(one.at, one.case) for one in facts.students]
    for about, case in [("school", facts.case), *((at, case) for at, case in own if case.stage != facts.case.stage)]:
        if case.stage:
            with answer.part(f"{about}.stage"):
                answer.verdict(windows.served(bench.law, facts.on, case), f"{about}.stage")


def _times(bench: Bench, item: Item, case: Case) -> None:
    facts, answer = bench.facts, bench.answer
    with answer.part(f"{item.at}.weekdays"):
        if not item.hours:
            for weekday in item.weekdays:
                verdict = windows.weekday_open(bench.law, facts.on, case, weekday)
                answer.verdict(verdict, f"{item.at}.weekdays")
            return
        for weekday in bench.weekdays(item, case):
            starts, ends = item.hours
            found = windows.allowed(
                bench.law, facts.on, case, weekday=weekday, starts=starts, ends=ends, bells=facts.bells
            )
            told = windows.served(bench.law, facts.on, case)
            for verdict in found:
                if verdict != told:
                    answer.verdict(verdict, f"{item.at}.{FIELDS.get(verdict.field, verdict.field)}")


# Where a finding's field stands in a scenario. The bells are the school's.
FIELDS = {"weekday": "weekdays", "ends_on": "vacation.last", "": "starts"}


def _prices(bench: Bench, item: Item, case: Case) -> None:
    for since, rate in item.rates:
        day = max(since, bench.facts.on)
        with bench.answer.part(item.rated_at):
            unit = item.unit or ("month" if bench.law.on(day).maybe(rules.NoFee, case) else bench.unit(item, case))
            bench.answer.verdict(fees.within_price(bench.law, day, case, rate, unit=unit), item.rated_at)


def _extras(bench: Bench, item: Item) -> None:
    law, on, answer = bench.law, bench.facts.on, bench.answer
    for barred in conduct.outsiders_barred(law, on) if item.outsiders else ():
        answer.verdict(barred, f"{item.at}.outsiders")
    if item.outsiders and any(rate for _, rate in item.rates):
        with answer.part(item.rated_at):
            answer.verdict(fees.extra_for_outsiders(law, on), item.rated_at)
    if item.vacation:
        first, last = item.vacation
        with answer.part(f"{item.at}.vacation"):
            verdict = windows.vacation_length(law, on, item.case, first=first, last=last)
            answer.verdict(verdict, f"{item.at}.vacation.last")
    if item.students is not None:
        with answer.part(f"{item.at}.students"):
            answer.verdict(staffing.class_size(law, on, item.case, item.students), f"{item.at}.students")


def _asked_in_all(bench: Bench, student: Student) -> None:
    """What is asked of one child by the month or the term under one line of the price table keeps to that line. So many
    yuan a lesson may be asked for every lesson, whichever service it is of."""
    law, on, about = bench.law, bench.facts.on, f"{student.at}.items"
    together: dict[rules.Price, list[tuple[Case, Money]]] = {}
    with bench.answer.part(about):
        for item in bench.facts.items:
            case = item_case(item, student.case.grade)
            line = law.on(on).maybe(rules.Price, case) if item.key in student.items and item.rates else None
            if line and line.unit in fees.OF_A_PERIOD:
                together.setdefault(line, []).append((case, item.rates[0][1]))
        for line, asked in together.items():
            if len(asked) > 1:
                whole = total(rate for _, rate in asked)
                bench.answer.verdict(fees.within_price(law, on, asked[0][0], whole, unit=line.unit), about)


def _basic_first(bench: Bench, student: Student) -> None:
    law, on = bench.law, bench.facts.on
    with bench.answer.part(f"{student.at}.items"):
        clubs = {item.key for item in law.on(on).every(rules.ServiceItem) if item.club}
        mine = [item.case.item in clubs for item in bench.facts.items if item.key in student.items]
        first = enrolment.basic_first(law, on)
        if mine and all(mine) and first.answer:
            bench.answer.refusal(f"{first.because}，现在只报了特色活动", first.cite, f"{student.at}.items")


def _people(bench: Bench) -> None:
    answer = bench.answer
    for number, row in enumerate(bench.facts.raw.get("staffing", ())):
        about = f"staffing[{number}]"
        for role in ("teacher", "assistant", "leader"):
            with answer.part(f"{about}.{role}s"):
                need = _need(bench, row, role)
                answer.add(
                    "staffing", role=role, needed=need.answer, message=need.because, about=about,
                    clauses=answer.clauses([need.cite]),
                )  # fmt: skip
                if f"{role}s" in row:
                    answer.verdict(staffing.enough(need, row[f"{role}s"]), f"{about}.{role}s")


def _need(bench: Bench, row: Mapping[str, Any], role: str) -> staffing.Need:
    law, on, stage = bench.law, bench.facts.on, case_of(row, bench.facts.case).stage or ""
    if role == "leader":
        return staffing.leaders_needed(law, on, stage=stage)
    if role == "assistant":
        return staffing.assistants_needed(law, on, stage=stage, students=row.get("students", 0))
    heads = {"students": row.get("students", 0), "classes": row.get("classes", 0)}
    return staffing.teachers_needed(law, on, stage=stage, **heads)


def _spending(bench: Bench) -> None:
    for number, row in enumerate(bench.facts.raw.get("costs", ())):
        if "category" in row:
            about = f"costs[{number}].category"
            with bench.answer.part(about):
                fund = row.get("fund", "fee")
                verdict = expenses.may_book(bench.law, bench.facts.on, category=row["category"], fund=fund)
                bench.answer.verdict(verdict, about)


def _conduct(bench: Bench) -> None:
    law, on, answer = bench.law, bench.facts.on, bench.answer
    for number, key in enumerate(bench.facts.raw.get("deeds", ())):
        with answer.part(f"deeds[{number}]"):
            found = [rule for rule in conduct.prohibitions(law, on) if rule.key == key]
            if not found:
                raise NoRule("prohibition", f"能不能“{key}”", law.short)
            for rule in found:
                answer.refusal(f"禁止{rule.label}", rule.cite, f"deeds[{number}]", rule.weight)
    for number, ground in enumerate(bench.facts.raw.get("refusals", ())):
        with answer.part(f"refusals[{number}]"):
            answer.verdict(enrolment.may_refuse(law, on, ground), f"refusals[{number}]")
