"""服务内容: words of the service log that sound like what the documents forbid in it."""

from __future__ import annotations

import re
from datetime import date

from afterschool.policy import rules
from afterschool.policy.book import Policy
from afterschool.policy.loader import load
from afterschool.policy.rule import Case
from afterschool.policy.verdict import Verdict

# How teachers write it down: not the documents' words but theirs. `…` is what may stand between, within one phrase.
# By what is meant, with the keys of the prohibitions it falls under.
SOUNDS_LIKE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "讲新课": (
        ("new_lessons",),
        (
            "(?:讲|(?<![晚早])上(?![午周次学节])|教(?![室师])|授|(?<![放同])学(?![校生]))…新课(?![桌本标程椅外间题])", "新授",
            "讲授新", "[讲学]新内容", "提前[讲学]", "赶进度", "赶课(?!间)",
        ),
    ),
    "补课": (
        ("group_lessons", "extra_load"),
        ("(?:集体|统一|全班)?补(?:语文|数学|英语|物理|化学)?课(?![桌本外间])", "补(?:语文|数学|英语|物理|化学)", "补习"),
    ),
    "加课": (("extra_load",), ("(?<![参增添])加课(?![外后间本题])",)),
    "刷题备考": (("drilling",), ("刷(?![牙漆墙碗])…题", "做…(?:卷子|试卷|考卷|真题)", "备考(?![古察])", "模拟考")),
}  # fmt: skip
BETWEEN = r"[^\s，。、；：！？,.;:!?不未没禁旧]{0,10}?"
DENIED = "(?<![不未没])(?<!不能|不得|不要|不再|不准|不许|没有|禁止|严禁)"  # “复习，不讲新课” is as it should be


def sounds_like(policy: Policy, on: date, text: str, *, stage: str) -> list[Verdict[str]]:
    """Each with the words as written and the clause that forbids them: the place's own where it speaks, else the one above."""
    forbidden = [_prohibitions(document, on, stage) for document in (policy, *map(load, policy.above))]
    found = []
    for meaning, (keys, listed) in SOUNDS_LIKE.items():
        rule = next((said[key] for said in forbidden for key in keys if key in said), None)
        if rule and (words := _words(listed, text)):
            found.append(Verdict("、".join(words), f"严禁{meaning}", rule.cite))
    return found


def _prohibitions(document: Policy, on: date, stage: str) -> dict[str, rules.Prohibition]:
    """What the document forbids a school of this stage; nothing before it holds, nothing where it is not about it."""
    case = Case(stage=stage)
    if on < document.since or not document.on(on).every(rules.AppliesTo, case):
        return {}
    return {rule.key: rule for rule in document.on(on).every(rules.Prohibition, case)}


def _words(listed: tuple[str, ...], text: str) -> list[str]:
    """In the order of the text, each once, and none that another of them holds."""
    any_of = "|".join(listed).replace("…", BETWEEN)
    words = list(dict.fromkeys(re.findall(f"{DENIED}(?:{any_of})", text)))
    return [word for word in words if not any(word != other and word in other for other in words)]
