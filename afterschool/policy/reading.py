"""A policy as a document: clause by clause, the notice's sentences and what the software makes of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from afterschool.errors import NoRule
from afterschool.policy import clauses, loader
from afterschool.policy.book import Policy
from afterschool.policy.rule import Rule
from afterschool.policy.saying import say
from afterschool.policy.terms import LEVELS

# The notices of the bundled policies.
NOTICES = Path(__file__).parents[2] / "docs" / "policies"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the notice, and the rules that rest on it in words."""

    quote: str
    sayings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    number: str
    sentences: tuple[Sentence, ...]

    @property
    def quotes(self) -> list[str]:
        return [sentence.quote for sentence in self.sentences]

    @property
    def sayings(self) -> list[str]:
        return [saying for sentence in self.sentences for saying in sentence.sayings]


def heading(policy: Policy) -> list[tuple[str, str]]:
    """What the document says of itself: (what, words)."""
    until = f"，到 {policy.until} 为止" if policy.until else ""
    facts = [
        ("文号", policy.number),
        ("发文单位", policy.issuer),
        ("级别", LEVELS[policy.level]),
        ("适用地区", policy.area),
        ("施行", f"{policy.since} 起{until}{'，试行' if policy.trial else ''}"),
        ("依据", "；".join(policy.cites)),
        ("废止", "；".join(policy.supersedes)),
        ("上位文件", policy.parent.title if policy.parent else ""),
        ("对照的上级文件", "；".join(_title(code) for code in policy.above)),
    ]
    return [(what, words) for what, words in facts if words]


def _title(code: str) -> str:
    try:
        return loader.load(code).title
    except NoRule:
        return code


def document(policy: Policy, on: date | None = None) -> list[Clause]:
    """Every clause that a rule rests on, in the notice's order; with a day, only the rules in force on it."""
    said: dict[str, dict[str, list[str]]] = {}
    for rule in sorted(policy.rules, key=lambda rule: rule.line):
        if on is None or rule.in_force(on):
            sentences = said.setdefault(rule.cite.clause, {})
            sentences.setdefault(rule.cite.quote, []).append(dated(rule, policy))
    return [_clause(number, said[number], _notice(policy.text)) for number in sorted(said, key=clauses.order)]


def _clause(number: str, said: dict[str, list[str]], notice: str) -> Clause:
    """Its sentences as they follow one another in the notice; where that is not at hand, in the file."""
    words = "".join(clauses.passages(notice, number))
    quotes = sorted(said, key=words.find)
    return Clause(number, tuple(Sentence(quote, tuple(said[quote])) for quote in quotes))


@cache
def _notice(name: str) -> str:
    file = NOTICES / Path(name).name
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def dated(rule: Rule, policy: Policy) -> str:
    """The rule in words, with its own days where they are not the whole document's."""
    since = f"{rule.since} 起" if rule.since != policy.since else ""
    until = f"到 {rule.until} 为止" if rule.until and rule.until != policy.until else ""
    days = "，".join(part for part in (since, until) if part)
    return say(rule, policy.rules) + (f"（{days}）" if days else "")
