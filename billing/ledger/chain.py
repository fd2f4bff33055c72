"""Each voucher's link: the SHA-256 of the link before it and of all that the voucher says (L6).

The form below is for ever: what is written in the books was linked with it. docs/decisions/0011 spells it out.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

BEGINNING = "0" * 64
to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Said(NamedTuple):
    """What a voucher says. `moves`: kind and subject of the debit, kind and subject of the credit, fen."""

    number: str
    on: date
    key: str
    memo: str
    reverses: str | None
    who: int | None
    at: datetime
    moves: Iterable[tuple[str, str, str, str, int]]

    def canonical(self) -> bytes:
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        body = [self.number, self.on.isoformat(), self.key, self.memo, self.reverses, self.who, at, sorted(self.moves)]
        return to_json(body).encode()


def link(previous: str, said: Said) -> str:
    return hashlib.sha256(previous.encode() + said.canonical()).hexdigest()


def number_of(on: date, number: int) -> str:
    """How people write a voucher number: 2026-00017."""
    return f"{on.year}-{number:05}"
