"""The gate's JSON: what a device sends, read strictly; what it is answered."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import JsonResponse

from attendance.models import Handover
from attendance.told import Kind, Taken, Told

MOST_EVENTS = 200
MOST_NUMBER = 2**31 - 1
KINDS, MODES = frozenset(Kind.values), frozenset(Handover.Mode.values)


class Unreadable(ValueError):
    """Not what a gate sends."""


@dataclass(frozen=True)
class Brought:
    device: str
    school_id: int | None
    list_uid: UUID | None
    events: list[Told]


@dataclass(frozen=True)
class Wanted:
    device: str
    school_id: int | None
    section_id: int | None


def read_wanted(body: bytes) -> Wanted:
    said = _object(body)
    return Wanted(_device(said), _maybe(said, "school"), _maybe(said, "section"))


def read_brought(body: bytes) -> Brought:
    said = _object(body)
    events = said.get("events")
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise Unreadable("events")
    uid = said.get("list")
    return Brought(_device(said), _maybe(said, "school"), _uuid(uid) if uid else None, [_told(one) for one in events])


def answer(received_at: datetime, taken: Iterable[Taken]) -> JsonResponse:
    events = [
        {
            "uid": one.uid,
            "outcome": one.outcome,
            "because": one.because,
            "handover": one.handover_id,
            "at": one.at,
            "words": one.words,
        }
        for one in taken
    ]
    return JsonResponse({"received_at": received_at, "events": events})


def _told(said) -> Told:
    if not isinstance(said, dict) or _text(said, "kind", 12) not in KINDS:
        raise Unreadable("kind")
    mode, about = _text(said, "mode", 10), said.get("about")
    if said["kind"] == Kind.RELEASE and mode not in MODES:
        raise Unreadable("mode")
    if said["kind"] in (Kind.UNDO, Kind.CONFIRM) and not about:
        raise Unreadable("about")
    return Told(
        uid=_uuid(said.get("uid")),
        kind=said["kind"],
        student_id=_number(said.get("student")),
        claimed_at=_moment(said.get("claimed_at")),
        sequence=_number(said.get("sequence", 0)),
        mode=mode,
        adult=_text(said, "adult", 30),
        code=_text(said, "code", 12),
        about=_uuid(about) if about else None,
        pace=min(_number(said.get("pace", 0)), 1000),
        place=_text(said, "place", 40),
    )


def _object(body: bytes) -> dict:
    try:
        said = json.loads(body)
    except ValueError as wrong:
        raise Unreadable("JSON") from wrong
    if not isinstance(said, dict):
        raise Unreadable("JSON")
    return said


def _device(said: dict) -> str:
    return str(_uuid(said.get("device")))


def _uuid(text) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as wrong:
        raise Unreadable("uuid") from wrong


def _number(said) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= MOST_NUMBER:
        raise Unreadable("number")
    return said


def _maybe(said: dict, name: str) -> int | None:
    return None if said.get(name) is None else _number(said[name])


def _text(said: dict, name: str, longest: int) -> str:
    text = said.get(name) or ""
    if not isinstance(text, str) or len(text) > longest or "\x00" in text:
        raise Unreadable(name)
    if text != text.encode(errors="ignore").decode():  # half a character
        raise Unreadable(name)
    return text


def _moment(text) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as wrong:
        raise Unreadable("claimed_at") from wrong
    if moment.tzinfo is None or not 1 < moment.year < 9999:  # at either end no other time zone can tell it
        raise Unreadable("claimed_at")
    return moment
