"""What a gate sends is read strictly: nothing of it reaches the intake that the database could not keep."""

import json
from uuid import uuid4

import pytest

from attendance.wire import Unreadable, read_brought

EVENT = {
    "uid": str(uuid4()), "kind": "release", "student": 5, "mode": "collected", "adult": "guardian:12",
    "claimed_at": "2026-10-15T17:42:03+08:00", "sequence": 17, "place": "东门",
}  # fmt: skip


def read(**said):
    return read_brought(json.dumps({"device": str(uuid4()), "school": 1, "events": [EVENT | said]}).encode())


def test_a_tap_is_read():
    [told] = read().events
    assert (told.student_id, told.way, told.sequence, told.place) == (5, "guardian:12", 17, "东门")


@pytest.mark.parametrize(
    "said",
    [
        {"uid": "17"}, {"kind": []}, {"kind": "close"}, {"mode": {}}, {"mode": "fetched"}, {"student": "5"},
        {"student": True}, {"sequence": -1}, {"sequence": 2**31}, {"place": "门" * 41}, {"place": "\x00"},
        {"place": "\ud800"}, {"claimed_at": "2026-10-15T17:42:03"}, {"claimed_at": 17},
        {"claimed_at": "0001-01-01T00:00:00+00:00"}, {"claimed_at": "9999-12-31T23:59:59-12:00"}, {"kind": "undo"},
    ],
)  # fmt: skip
def test_what_no_gate_sends_is_unreadable(said):
    with pytest.raises(Unreadable):
        read(**said)
