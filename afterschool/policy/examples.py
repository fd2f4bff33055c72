"""算例: the worked examples of a file, run and held against what the file says must come of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from afterschool.errors import NoRule, RuleBroken
from afterschool.money import Money
from afterschool.policy import trial
from afterschool.policy.book import Example, Policy
from afterschool.policy.verdict import Step

# Of sentences it is enough to write a part.
IN_WORDS = ("message", "question", "words")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one example came out. `touched` are the sentences it rests on, each with its clause."""

    name: str
    line: int
    clause: str
    passed: bool
    message: str
    steps: tuple[str, ...] = ()
    touched: frozenset[tuple[str, str]] = frozenset()


def run(policy: Policy, example: Example) -> CaseResult:
    facts = (example.name, example.line, "、".join(example.clauses))
    try:
        result = trial.simulate(policy, example.given)
    except (trial.ScenarioError, NoRule, RuleBroken, ValueError) as refusal:
        return CaseResult(*facts, passed=False, message=f"算不了：{refusal}")
    touched = frozenset((one["clause"], one["quote"]) for one in result["clauses"] if one["code"] == policy.code)
    touched |= frozenset(_left_open(policy, example.expect))
    problems = [*_holding_nothing(example), *differences(example.expect, result)]
    for clause in example.clauses:
        if clause not in {rested for rested, _ in touched}:
            problems.append(f"结果没有用到 {clause}，请核对 clause")
    return CaseResult(*facts, not problems, "；".join(problems), tuple(dict.fromkeys(_steps(result))), touched)


def _holding_nothing(example: Example) -> Iterator[str]:
    """An example that could not fail is none."""
    if not example.clauses:
        yield "没有写 clause，请写上它说明的条款"
    if _is_empty(example.expect):
        yield "expect 里有一项是空的，请写上算出来应当是多少"


def _is_empty(expect: Any, key: str = "") -> bool:
    """Nothing at all; that a list is empty is something to expect."""
    if isinstance(expect, Mapping):
        return not expect or any(_is_empty(held, name) for name, held in expect.items())
    if isinstance(expect, list):
        return any(_is_empty(one) for one in expect)
    return key in IN_WORDS and not str(expect).strip()


def _left_open(policy: Policy, expect: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The sentences that leave out what an example expects to be asked: refund.inclusive, staffing.assistant.rounding."""
    for one in expect.get("unknown", ()):
        kind, *role, key = one.get("switch", "").split(".") if "." in one.get("switch", "") else ("", "")
        for rule in policy.rules:
            if rule.kind == kind and getattr(rule, key, "") is None and getattr(rule, "role", None) in (None, *role):
                yield rule.cite.clause, rule.cite.quote


def differences(expect: Any, got: Any, at: str = "") -> Iterator[str]:
    """What is expected and did not come. What the result holds beyond that is no difference."""
    if isinstance(expect, Mapping) and isinstance(got, Mapping):
        for key, wanted in expect.items():
            if key in got:
                yield from differences(wanted, got[key], f"{at}.{key}" if at else key)
            else:
                yield f"结果里没有“{f'{at}.{key}' if at else key}”这一项"
    elif isinstance(expect, list) and isinstance(got, list):
        yield from _of_lists(expect, got, at)
    elif not _same(expect, got, at.rpartition(".")[2]):
        yield f"{at} 应当是 {expect}，算出来是 {got}"


def _of_lists(expect: Sequence[Any], got: Sequence[Any], at: str) -> Iterator[str]:
    """Each thing expected is one of those that came, in any order; nothing expected means nothing may come."""
    if not expect and got:
        yield f"{at} 应当是空的，算出来是 {_short(got)}"
    left = list(got)
    for number, wanted in enumerate(expect):
        place = f"{at}[{number}]"
        missing = {index: list(differences(wanted, one, place)) for index, one in enumerate(left)}
        nearest = min(missing, key=lambda index: len(missing[index]), default=None)
        if nearest is None:
            yield f"{place} 应当有 {_short(wanted)}，算出来没有"
        elif missing[nearest]:
            yield from missing[nearest]
        else:
            left.pop(nearest)


def _same(expect: Any, got: Any, key: str) -> bool:
    if key in IN_WORDS and isinstance(expect, str) and isinstance(got, str):
        return expect in got
    if isinstance(got, str) and type(expect) is int:
        return bool(got == Money(expect * 100).plain())
    return type(expect) is type(got) and bool(expect == got)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:120]}…"


def _steps(result: Mapping[str, Any]) -> Iterator[str]:
    """Every step of every calculation, and every finding, as lines."""
    for part in ("charges", "refunds", "subsidies", "stipends", "settlement"):
        for row in result[part]:
            yield from _lines(row["steps"])
            for share in row.get("shares", ()):
                yield from _lines(share["steps"])
    for part in ("violations", "passed", "staffing", "waivers", "pools", "answers"):
        yield from (row["message"] for row in result[part])
    yield from (row["question"] for row in result["unknown"])


def _lines(steps: Sequence[Mapping[str, str]]) -> Iterator[str]:
    for step in steps:
        amount = Money.parse(step["amount"], negative=True) if "amount" in step else None
        yield str(Step(step["words"], step.get("sum", ""), amount))
