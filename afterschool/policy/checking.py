"""核对: is a policy file true to its notice, at one with itself and within what stands above it, and do its examples hold?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, product
from typing import Literal

from afterschool.errors import NoRule
from afterschool.policy import clauses, examples, levels, loader, rules
from afterschool.policy.book import Policy
from afterschool.policy.examples import CaseResult
from afterschool.policy.reading import dated
from afterschool.policy.rule import Rule
from afterschool.policy.saying.words import ROLES
from afterschool.policy.terms import LEVELS, UNITS
from afterschool.policy.verdict import Cite

# Several of these may hold for one case: each of them counts.
SEVERAL = (rules.ClosedDays, rules.DayOff, rules.EndsNotBefore, rules.HoursADay, rules.OutsideScope, rules.Refund)
SHORTEST_QUOTE = 4
NUMBERS = re.compile(r"\d|百分之|[一二两三四五六七八九十]+(?:天|周|小时|分钟|课时|个月|倍)")


@dataclass(frozen=True, slots=True)
class Finding:
    """A "breach" keeps the file from being adopted, a "warn" does not."""

    level: Literal["breach", "warn"]
    line: int
    clause: str
    message: str
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """`uncovered` are the clauses that rules rest on and no example that holds."""

    findings: tuple[Finding, ...]
    cases: tuple[CaseResult, ...]
    uncovered: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return all(case.passed for case in self.cases) and not any(one.level == "breach" for one in self.findings)


def check(policy: Policy, *, notice: str | None = None) -> Report:
    """Without the notice the quotes are taken on trust."""
    cases = tuple(examples.run(policy, example) for example in policy.examples)
    findings = [
        *(_misquoted(policy, notice) if notice is not None else ()),
        *_unclear(policy),
        *_lingering(policy),
        *_unnamed(policy),
        *_against_parent(policy),
        *_against_others(policy),
        *_untried(policy, cases),
    ]
    held = {clause for case in cases if case.passed for clause in case.clause.split("、")}
    cited = sorted({rule.cite.clause for rule in policy.rules}, key=clauses.order)
    found = tuple(sorted(findings, key=lambda finding: (finding.level, finding.line)))
    return Report(found, cases, tuple(clause for clause in cited if clause not in held))


def _misquoted(policy: Policy, notice: str) -> Iterator[Finding]:
    notice = notice.removeprefix("\ufeff")
    for rule in policy.rules:
        if len(rule.cite.quote) < SHORTEST_QUOTE:
            yield _breach(rule, f"“{rule.cite.quote}”太短，看不出是哪一句，请至少抄半句")
            continue
        parts = clauses.passages(notice, rule.cite.clause)
        if any(rule.cite.quote in part for part in parts):
            continue
        if rule.cite.quote not in notice:
            wrong = f"原文里没有这句话：“{rule.cite.quote}”，请一字不改照抄"
        elif parts:
            wrong = f"这句话在原文里，但不在 {rule.cite.clause} 下面，请核对 clause"
        else:
            wrong = f"原文里找不到 {rule.cite.clause} 这个条款号，请核对 clause"
        yield _breach(rule, wrong)


def _unclear(policy: Policy) -> Iterator[Finding]:
    """Rules that both hold for some case, with nothing to say which of them counts."""
    for one, other in combinations(policy.rules, 2):
        if (
            type(one) is type(other)
            and not isinstance(one, SEVERAL)
            and one.since == other.since
            and levels.share_a_case(one, other, one.told_apart_by)
            and not _sizes_apart(one, other)
        ):
            both = f"“{dated(one, policy)}”和“{dated(other, policy)}”"
            yield _breach(other, f"和第 {one.line} 行会同时适用，分不出以哪一条为准：{both}")


def _lingering(policy: Policy) -> Iterator[Finding]:
    """Of several bands of a refund the one that gives most counts: an old one stays until it is said to end."""
    bands = sorted((rule for rule in policy.rules if isinstance(rule, rules.Refund)), key=lambda rule: rule.since)
    for old, new in combinations(bands, 2):
        if (
            old.since < new.since
            and old.about != new.about
            and old.cause == new.cause
            and (old.until is None or old.until >= new.since)
            and levels.share_a_case(old, new)
        ):
            ends = f"请给它写 until = {new.since - timedelta(days=1)}"
            again = f"两档要一起用的，把旧的照 from = {new.since} 再写一条"
            yield _breach(old, f"第 {new.line} 行从 {new.since} 起改了同一种退费，这一条还在施行，{ends}；{again}")


def _sizes_apart(one: Rule, other: Rule) -> bool:
    if not isinstance(one, rules.StipendRate) or not isinstance(other, rules.StipendRate):
        return False
    sizes = [(rule.students_from or 0, rule.students_to) for rule in (one, other)]
    (_, most), (least, _) = sorted(sizes, key=lambda size: size[0])
    return most is not None and most < least


def _unnamed(policy: Policy) -> Iterator[Finding]:
    """Rules that name something which no rule defines, here or in the document above."""
    known = [*policy.rules, *(policy.parent.rules if policy.parent else ())]
    items = {rule.key for rule in known if isinstance(rule, rules.ServiceItem)}
    expenses = {rule.key for rule in known if isinstance(rule, rules.Expense)}
    roles = {rule.role for rule in known if isinstance(rule, rules.StipendRole)} | {role for _, role in ROLES}
    for rule in policy.rules:
        yield from (_missing(rule, key, "service_item") for key in rule.items if key not in items)
        if isinstance(rule, rules.Pool):
            yield from (_missing(rule, key, "expense") for key in rule.categories if key not in expenses)
        if isinstance(rule, rules.StipendRate):
            yield from (_missing(rule, role, "stipend_role") for role in rule.roles if role not in roles)


def _missing(rule: Rule, key: str, kind: str) -> Finding:
    return _breach(rule, f"“{key}”没有对应的 [[{kind}]]，请先写一条")


def _against_parent(policy: Policy) -> Iterator[Finding]:
    if policy.parent:
        for conflict in levels.conflicts(policy, policy.parent):
            yield _breach(conflict.mine, f"比上位文件宽：{conflict.message}", conflict.theirs.cite)
        yield from _not_to_be_compared(policy, policy.parent)


def _not_to_be_compared(policy: Policy, parent: Policy) -> Iterator[Finding]:
    """Prices of different units: neither is dearer, and this document's own counts alone."""
    prices = [[rule for rule in one.rules if isinstance(rule, rules.Price)] for one in (policy, parent)]
    for mine, theirs in product(*prices):
        if mine.unit != theirs.unit and "free" not in (mine.unit, theirs.unit) and levels.share_a_case(mine, theirs):
            units = f"按每{UNITS[mine.unit]}收，上位文件按每{UNITS[theirs.unit]}收"
            message = f"{units}，比不出高低：一共不会收得更多，请自己核对"
            yield Finding("warn", mine.line, mine.cite.clause, message, (mine.cite, theirs.cite))


def _against_others(policy: Policy) -> Iterator[Finding]:
    for code in policy.above:
        try:
            above = loader.load(code)
        except NoRule:
            yield Finding("breach", 1, "", f"above 里的“{code}”没有这份文件，请先上传，或者删掉它")
            continue
        for conflict in levels.conflicts(policy, above):
            message = f"和{LEVELS[above.level]}文件《{above.title}》不一致：{conflict.message}"
            mine, theirs = conflict.mine.cite, conflict.theirs.cite
            yield Finding("warn", conflict.mine.line, mine.clause, message, (mine, theirs))


def _untried(policy: Policy, cases: tuple[CaseResult, ...]) -> Iterator[Finding]:
    """Sentences with a number in them that no example rests on."""
    touched = {sentence for case in cases if case.passed for sentence in case.touched}
    for cite, line in {rule.cite: rule.line for rule in reversed(policy.rules)}.items():
        if NUMBERS.search(cite.quote) and (cite.clause, cite.quote) not in touched:
            yield Finding("warn", line, cite.clause, f"这句话里有数字，还没有算例用到：“{cite.quote}”", (cite,))


def _breach(rule: Rule, message: str, *cites: Cite) -> Finding:
    return Finding("breach", rule.line, rule.cite.clause, message, (rule.cite, *cites))
