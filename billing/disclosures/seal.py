"""The bytes that are hashed: anybody can make them again from the published content."""

import hashlib
import json


def canonical(content: dict) -> bytes:
    """UTF-8 JSON: keys in order, no spaces, whole numbers only."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def seal(content: dict) -> str:
    """SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical(content)).hexdigest()
