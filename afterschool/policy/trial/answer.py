"""The written answer of a trial: everything found, in plain JSON, with the clauses it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from afterschool.errors import NoRule, RuleBroken
from afterschool.policy.book import Policy
from afterschool.policy.verdict import Cite, Step, Verdict

WEIGHTS = {"ok": "block", "breach": "block", "warn": "warn"}
PARTS = (
    "violations", "passed", "unknown", "charges", "waivers", "refunds", "subsidies", "stipends", "pools", "staffing",
    "settlement", "answers", "clauses",
)  # fmt: skip


class Answer:
    """Collects what the parts of a trial find. A silence or a refusal ends its own part only."""

    def __init__(self, policy: Policy, on: date):
        self._policy = policy
        self._cited: set[Cite] = set()
        self.result: dict[str, Any] = {
            "policy": {"code": policy.code, "short": policy.short, "title": policy.title},
            "on": on.isoformat(),
            **{part: [] for part in PARTS},
        }

    @contextmanager
    def part(self, about: str) -> Iterator[None]:
        """What is asked inside is about this place of the scenario, in case nothing comes of it."""
        try:
            yield
        except NoRule as silence:
            self._silent(silence.switch, str(silence), about)
        except RuleBroken as refusal:
            self.refusal(str(refusal), refusal.cite, about)

    def add(self, part: str, **facts: Any) -> None:
        self.result[part].append(facts)

    def verdict(self, found: Verdict[Any], about: str) -> None:
        if found.level == "unknown":
            self._silent(found.switch, found.because, about)
        else:
            part = "passed" if found.level == "ok" else "violations"
            self._found(part, found.because, found.cite, about, found.level)

    def refusal(self, because: str, cite: Cite | None, about: str, weight: str = "block") -> None:
        self._found("violations", because, cite, about, "breach" if weight == "block" else "warn", weight)

    def clause(self, cite: Cite | None) -> str:
        """How the answer names a clause; another document's has its name before it."""
        if cite is None:
            return ""
        name = cite.clause if cite.code == self._policy.code else cite.label
        if cite not in self._cited:
            self._cited.add(cite)
            self.add("clauses", name=name, policy=cite.policy, code=cite.code, clause=cite.clause, quote=cite.quote)
        return name

    def clauses(self, cites: Iterable[Cite | None]) -> list[str]:
        return list(dict.fromkeys(self.clause(cite) for cite in cites if cite))

    def _found(
        self, part: str, because: str, cite: Cite | None, about: str, level: str, weight: str | None = None
    ) -> None:
        facts = {"about": about, "clause": self.clause(cite), "level": level, "message": because}
        facts["weight"] = weight or WEIGHTS[level]
        if facts not in self.result[part]:
            self.result[part].append(facts)

    def _silent(self, switch: str, question: str, about: str) -> None:
        facts = {"switch": switch, "question": question, "about": about}
        if facts not in self.result["unknown"]:
            self.result["unknown"].append(facts)


def steps_of(steps: Iterable[Step]) -> list[dict[str, str]]:
    return [
        {"words": step.words}
        | ({"sum": step.sum} if step.sum else {})
        | ({"amount": step.amount.plain()} if step.amount is not None else {})
        for step in steps
    ]
