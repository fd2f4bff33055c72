"""What a question to the policy comes back with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from afterschool.errors import NoRule
from afterschool.money import Money

Answer = TypeVar("Answer")
Level = Literal["ok", "breach", "warn", "unknown"]


@dataclass(frozen=True, slots=True)
class Cite:
    """The sentence a rule rests on: document (by its short title and its code), clause, and the words themselves."""

    policy: str
    clause: str
    quote: str
    code: str = ""

    @property
    def label(self) -> str:
        return f"{self.policy} {self.clause}"

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Verdict(Generic[Answer]):
    """What, why, and by which clause. `field` names the form field to mend, `switch` what the policy is silent on."""

    answer: Answer
    because: str
    cite: Cite | None = None
    level: Level = "ok"
    field: str = ""
    switch: str = ""

    def __str__(self) -> str:
        return f"{self.because} · {self.cite.label}" if self.cite else self.because


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a calculation: the words, the sum, what it comes to."""

    words: str
    sum: str = ""
    amount: Money | None = None

    def __str__(self) -> str:
        amount = "" if self.amount is None else f"{self.amount} 元"
        if self.sum:
            return f"{self.words}：{self.sum} = {amount}"
        return f"{self.words} {amount}".strip()


@dataclass(frozen=True, slots=True)
class Explained:
    """A calculation told step by step, with the clauses it rests on."""

    steps: tuple[Step, ...]
    cites: tuple[Cite, ...]


def breaches(findings: Iterable[Verdict[bool]]) -> list[Verdict[bool]]:
    return [finding for finding in findings if finding.level == "breach"]


def asked(field: str, question: Callable[[], list[Verdict[bool]]]) -> list[Verdict[bool]]:
    """The question's findings; where the policy is silent, one finding that says so."""
    try:
        return question()
    except NoRule as silence:
        return [Verdict(False, str(silence), None, "unknown", field, silence.switch)]
