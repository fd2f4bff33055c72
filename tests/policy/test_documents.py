"""Each rule rests on a sentence that really stands in the document, in the clause it names."""

from dataclasses import fields
from pathlib import Path

import pytest

from afterschool import policy
from afterschool.policy import clauses
from afterschool.policy.loader import DATA
from afterschool.policy.rules import KINDS

DOCUMENTS = Path(__file__).parents[2] / "docs" / "policies"
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
    guide = (DOCUMENTS.parent / "policies.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`[[{kind}]]`" not in guide] == []


def test_the_guide_explains_every_key():
    guide = (DOCUMENTS.parent / "policies.md").read_text(encoding="utf-8")
    keys = {field.name for kind in KINDS.values() for field in fields(kind)} - {"cite", "since"}
    assert sorted(key for key in keys | {"from", "clause", "quote"} if f"`{key}`" not in guide) == []
