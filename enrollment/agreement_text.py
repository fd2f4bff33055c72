"""The text of an agreement: made once from a versioned template, kept as canonical JSON, told apart by its hash."""

import hashlib
import json
import re
from typing import Any

from django.template.loader import render_to_string

TEXT_VERSION = "v2026-2"  # a changed wording is a new file and a new version; old agreements keep theirs
MARK = "★"  # clauses that limit what the family may claim are pointed out (民法典 496)


def canonical(content: dict[str, Any]) -> bytes:
    """The same facts always give the same bytes."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def compose(facts: dict[str, Any], version: str = TEXT_VERSION) -> dict[str, Any]:
    """The whole agreement: its facts and every paragraph of its text."""
    text = render_to_string(f"enrollment/agreement/{version}.txt", facts)
    return {**facts, "text_version": version, "articles": list(_articles(text))}


def _articles(text: str):
    """`## 标题` begins an article; each further line is a paragraph."""
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, *lines = (line.strip() for line in part.splitlines() if line.strip())
        yield {"title": title.removeprefix(MARK), "marked": title.startswith(MARK), "paragraphs": lines}
