"""补助、补贴与经费: what those who serve are paid, what the budget adds, and how much of it goes where."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from afterschool.money import ZERO, Money, total
from afterschool.policy import expenses, rules, stipends, subsidy
from afterschool.policy.trial.answer import steps_of
from afterschool.policy.trial.bench import Bench
from afterschool.policy.trial.facts import minutes_of, money
from afterschool.policy.trial.papers import ScenarioError


def pay(bench: Bench) -> None:
    """The stipend of each person, from the duties written down."""
    staff = bench.facts.raw.get("staff", {})
    by_person: dict[str, list[stipends.Duty]] = {}
    for number, row in enumerate(bench.facts.raw.get("duties", ())):
        by_person.setdefault(row.get("person", "1"), []).append(_duty(bench, row, number))
    for person, duties in by_person.items():
        with bench.answer.part("duties"):
            paid = stipends.pay(
                bench.law,
                duties=duties,
                case=bench.facts.case,
                base=money(staff["base"]) if "base" in staff else None,
                city_average=money(staff["city_average"]) if "city_average" in staff else None,
                percents=staff.get("percents"),
            )
            bench.answer.add(
                "stipends", person=person, amount=paid.amount.plain(), days=list(paid.days),
                steps=steps_of(paid.steps), clauses=bench.answer.clauses(paid.cites),
            )  # fmt: skip


def _duty(bench: Bench, row: Mapping[str, Any], number: int) -> stipends.Duty:
    day, minutes = date.fromisoformat(row["day"]), minutes_of(row)
    if minutes is None and "lessons" not in row:
        raise ScenarioError(f"$.duties[{number}]", "没有写多久", "写 starts 和 ends，或者 minutes、lessons")
    if minutes is not None and minutes <= 0:
        raise ScenarioError(f"$.duties[{number}].ends", f"“{row['ends']}”不晚于开始时间", "结束要晚于开始")
    return stipends.Duty(
        day,
        minutes,
        bench.calendar.day(day).kind,
        row.get("lessons"),
        row.get("role", "teacher"),
        row.get("slot"),
        row.get("students"),
    )


def subsidise(bench: Bench) -> None:
    """What each payer adds for these heads."""
    if "heads" not in bench.facts.raw:
        return
    law, on, case = bench.law, bench.facts.on, bench.facts.case
    with bench.answer.part("heads"):
        due = subsidy.due(law, on, case, _heads(law.on(on).the(rules.Subsidy, case), bench.facts.raw["heads"]))
        if due:
            steps, clauses = steps_of(due.steps), bench.answer.clauses([due.cite])
            for part in due.parts:
                bench.answer.add(
                    "subsidies", payer=part.payer, amount=part.amount.plain(), steps=steps, clauses=clauses
                )


def _heads(rule: rules.Subsidy, heads: Mapping[str, int]) -> subsidy.Heads:
    """All those heads that the rule may count must be said."""
    needed = {rule.heads} if rule.heads else {"enrolled", "taking_part", "attending"}
    if rule.per == "student_day":
        needed = {"attended" if one == "attending" else one for one in needed} | (needed - {"attending"} and {"days"})
    for one in sorted(needed - heads.keys()):
        raise ScenarioError("$.heads", f"缺少“{one}”", "这份文件要按它算补贴")
    return subsidy.Heads(**{"enrolled": 0, "taking_part": 0, "attending": 0, **heads})


def share_out(bench: Bench) -> None:
    """How much of the money went to staff and to management."""
    spent, from_fees = _spent(bench, ("fee", "subsidy", "meal")), _spent(bench, ("fee",))
    if not spent:
        return
    received = total(bench.facts.receipts.values())
    asked = [one.net for one in bench.charged] + [one.charged for one in bench.facts.students if one.charged]
    fees = received or total(asked)
    added = total(Money.parse(row["amount"]) for row in bench.answer.result["subsidies"])
    whole = {"fees": fees, "income": fees + added, "spending": total(spent.values())}
    with bench.answer.part("costs"):
        for use in expenses.pools(bench.law, bench.facts.on, **whole, by_category=spent, from_fees=from_fees):
            verdict = use.verdict()
            bench.answer.verdict(verdict, "costs")
            bench.answer.add(
                "pools", key=use.rule.key, spent=use.used.plain(), whole=use.whole.plain(), message=verdict.because,
                steps=steps_of(use.steps), clauses=bench.answer.clauses([use.rule.cite]),
            )  # fmt: skip


def _spent(bench: Bench, funds: Collection[str]) -> dict[str, Money]:
    """What was spent out of these funds, by category."""
    spent: dict[str, Money] = {}
    for row in bench.facts.raw.get("costs", ()):
        if "amount" in row and "category" in row and row.get("fund", "fee") in funds:
            spent[row["category"]] = spent.get(row["category"], ZERO) + money(row["amount"])
    return spent
