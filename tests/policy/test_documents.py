"""Each rule rests on a sentence that really stands in the document, in the clause it names."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from afterschool import policy
from afterschool.policy import clauses
from afterschool.policy.checking import check
from afterschool.policy.loader import DATA, HEADER, HEADER_OPTIONAL, parse
from afterschool.policy.rule import Rule
from afterschool.policy.rules import KINDS

DOCUMENTS = Path(__file__).parents[2] / "docs" / "policies"
GUIDE = (DOCUMENTS.parent / "policies.md").read_text(encoding="utf-8")
HEAD = GUIDE.split("```toml\n")[1].split("\n[[")[0]
CODES = sorted(file.stem for file in DATA.glob("*.toml"))
EVERY_RULE = [
    pytest.param(code, rule, id=f"{code}-{rule.kind}-{number}")
    for code in CODES
    for number, rule in enumerate(policy.load(code).rules)
]


@pytest.mark.parametrize(("code", "rule"), EVERY_RULE)
def test_quote_stands_in_its_clause(code, rule):
    document = (DOCUMENTS / policy.load(code).text).read_text(encoding="utf-8")
    assert any(rule.cite.quote in part for part in clauses.passages(document, rule.cite.clause))


def test_the_policies_are_there():
    assert CODES == ["changle-2021", "dalian-2024", "national-2023"]


def test_the_label_names_document_and_clause(dalian):
    cite = next(rule.cite for rule in dalian.rules if rule.kind == "price")
    assert cite.label == str(cite) == "实施方案 四.4"


def test_the_guide_explains_every_kind_of_rule():
    assert [kind for kind in KINDS if f"| `[[{kind}]]` |" not in GUIDE] == []


def test_the_guide_explains_every_key():
    keys = {field.name for kind in KINDS.values() for field in fields(kind)} - {"cite", "since", "line"}
    header = {*HEADER, *HEADER_OPTIONAL}
    assert sorted(key for key in keys | header | {"from", "clause", "quote"} if f"`{key}" not in GUIDE) == []


def values(kind):
    """The words that a rule's own keys may hold."""
    for key, hint in get_type_hints(kind).items():
        if key not in get_type_hints(Rule):
            for inner in (hint, *get_args(hint)):
                yield from ((key, value) for value in get_args(inner) if get_origin(inner) is Literal)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_guide_lists_every_value_of_a_kind(kind):
    [row] = [line for line in GUIDE.splitlines() if line.startswith(f"| `[[{kind.kind}]]` |")]
    about_refunds = GUIDE.split("### 例四")[1].split("```")[0] if kind.kind == "refund" else ""
    assert [value for _, value in values(kind) if f'`"{value}"`' not in row + about_refunds] == []


@pytest.mark.parametrize(
    "example", re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL), ids=lambda example: str(example.count(chr(10)))
)
def test_an_example_of_the_guide_holds(example):
    """A clerk copies them, so each is a policy and does what it says it does."""
    report = check(parse(example if example.startswith("code") else HEAD + example, "x.toml"))
    assert [case.message for case in report.cases if not case.passed] == []
    assert report.cases and report.passed


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\]\(#([^)]+)\)", GUIDE))))
def test_links_within_the_guide_lead_somewhere(name):
    headings = [
        re.sub(r"[：、，（）]", "", line.lstrip("# ")).replace(" ", "-")
        for line in GUIDE.splitlines()
        if line[:1] == "#"
    ]
    assert name in headings
