"""服务内容: words of the service log that sound like what the documents forbid in it."""

from __future__ import annotations

import re
from datetime import date

from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.loader import load
from afterschool.policy.rule import Case
from afterschool.policy.verdict import Verdict

# How teachers write it down, by the key of the prohibition. Not the documents' words: theirs.
SOUNDS_LIKE = {
    "new_lessons": (
        "讲新课", "上新课", "教新课", "学新课", "授新课", "新授", "讲授新", "讲新内容", "学新内容", "提前讲", "提前学",
        "赶进度", "赶课",
    ),
    "extra_load": ("补课", "补习", "加课"),
    "group_lessons": ("集体补课", "统一补课", "全班补课"),
    "drilling": ("刷题", "备考", "模拟考"),
}  # fmt: skip
DENIED = "(?<![不未没])(?<!不能|不得|没有|禁止|严禁)"  # “复习，不讲新课” is as it should be


def sounds_like(policy: Policy, on: date, text: str, *, stage: str) -> list[Verdict[str]]:
    """Each with the words as written and the clause that forbids them: the place's own where it speaks, else the one above."""
    found: dict[str, Verdict[str]] = {}
    for document in (policy, *map(load, policy.above)):
        for rule in _prohibitions(document, on, stage):
            if words := _words(SOUNDS_LIKE.get(rule.key, ()), text):
                found.setdefault(rule.key, Verdict("、".join(words), f"严禁{rule.label}", rule.cite))
    return list(found.values())


def _prohibitions(document: Policy, on: date, stage: str) -> list[rules.Prohibition]:
    """What the document forbids a school of this stage; nothing before it holds, nothing where it is not about it."""
    case = Case(stage=stage)
    if on < document.since or not document.on(on).every(rules.AppliesTo, case):
        return []
    return document.on(on).every(rules.Prohibition, case)


def _words(listed: tuple[str, ...], text: str) -> list[str]:
    """The longest word at each place, in the order of the text, each once."""
    any_of = "|".join(sorted(listed, key=len, reverse=True))
    return list(dict.fromkeys(re.findall(f"{DENIED}(?:{any_of})", text))) if listed else []
