"""What came of a trial, laid out for a page: what is wrong, what is not said, each figure with its why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse

from afterschool.money import Money
from afterschool.policy.terms import CAUSES
from afterschool.policy.verdict import Step
from afterschool.schools.why import Days, Why, dates, sentences, tell
from billing.selectors.trials import Tried

KINDS = {"breach": "danger", "warn": "warning", "ok": "success"}


@dataclass(frozen=True)
class Chip:
    label: str
    quote: str
    url: str


@dataclass(frozen=True)
class Said:
    """A sentence with its clauses; `kind` is danger, warning or success."""

    words: str
    chips: list[Chip]
    kind: str = ""


@dataclass(frozen=True)
class Figure:
    title: str
    amount: Money
    note: str
    why: Why


@dataclass(frozen=True)
class Told:
    wrong: list[Said]
    silent: list[str]
    passed: list[Said]
    figures: list[Figure]
    said: list[Said]


def laid_out(result: Mapping[str, Any], tried: Tried) -> Told:
    return _Page(result, tried).told()


class _Page:
    def __init__(self, result: Mapping[str, Any], tried: Tried):
        self.result, self.tried = result, tried
        self.clauses = {one["name"]: one for one in reversed(result["clauses"])}

    def told(self) -> Told:
        result = self.result
        counted = [*result["waivers"], *result["pools"], *result["staffing"]]
        return Told(
            wrong=[self._finding(row) for row in result["violations"]],
            silent=list(dict.fromkeys(row["question"] for row in result["unknown"])),
            passed=[self._finding(row) for row in result["passed"]],
            figures=list(self._figures()),
            said=[Said(row["message"], self._chips(row["clauses"])) for row in counted]
            + [Said(row["message"], self._chips([row["clause"]])) for row in result["answers"]],
        )

    def _figures(self) -> Iterator[Figure]:
        result = self.result
        alone = len({row["student"] for row in (*result["charges"], *result["refunds"])}) < 2
        for row in result["charges"]:
            who = "应交" if alone else f"学生 {row['student']}应交"
            yield self._figure(who, row, "net", f"{row['first']} 至 {row['last']}", charged=row["days"])
        for row in result["refunds"]:
            who = "退" if alone else f"学生 {row['student']}退"
            yield self._figure(who, row, "amount", CAUSES[row["cause"]])
        for row in result["subsidies"]:
            yield self._figure(f"{row['payer']}补贴", row, "amount")
        for row in result["stipends"]:
            yield self._figure("补助", row, "amount", "；".join(row["days"]))
        for group in result["settlement"]:
            yield self._figure(f"{group['group']}结余", group, "surplus", f"学校承担 {group['borne']} 元")
            for share in group["shares"]:
                due = f"补交 {share['due']} 元" if share["due"] != "0.00" else ""
                yield self._figure(f"{share['student']}退", {**share, "clauses": group["clauses"]}, "refund", due)

    def _figure(
        self, title: str, row: Mapping[str, Any], key: str, note: str = "", charged: Iterable[str] = ()
    ) -> Figure:
        amount, days = Money.parse(row[key]), [date.fromisoformat(day) for day in charged]
        steps = [
            Step(step["words"], step.get("sum", ""), Money.parse(step["amount"]) if "amount" in step else None)
            for step in row["steps"]
        ]
        cites = [one for one in self.result["clauses"] if one["name"] in row["clauses"]]
        why = tell(
            title,
            amount,
            steps=sentences(steps),
            cites=[{**one, "label": f"{one['policy']} {one['clause']}"} for one in cites],
            code=self.tried.code,
            days=[Days(f"一共 {len(days)} 天", dates(days))] if days else [],
        )
        if not self.tried.is_adopted:
            why = replace(why, clauses=[replace(clause, url="") for clause in why.clauses])
        return Figure(title, amount, note, why)

    def _finding(self, row: Mapping[str, Any]) -> Said:
        return Said(row["message"], self._chips([row["clause"]]), KINDS[row["level"]])

    def _chips(self, names: Iterable[str]) -> list[Chip]:
        return [self._chip(self.clauses[name]) for name in names if name]

    def _chip(self, clause: Mapping[str, str]) -> Chip:
        url = reverse("policy-clause", args=[clause["code"], clause["clause"]]) if self.tried.is_adopted else ""
        return Chip(f"{clause['policy']} {clause['clause']}", clause["quote"], url)
