"""F6: whatever the order of receipt, the same taps live and the same contradictions are open."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.settling import Good, Tap, settle

START = datetime(2026, 10, 15, 17, 30, tzinfo=UTC)
DEVICES, WAYS = ["tablet", "phone"], ["guardian:1", "pickup:2", "self"]


def uid(number: int) -> UUID:
    return UUID(int=number + 1)


@st.composite
def taps(draw):
    """Up to six events of one child, from two devices whose clocks are off by up to two days."""
    count = draw(st.integers(1, 6))
    skew = {device: draw(st.sampled_from([-48, 0, 48])) for device in DEVICES}
    found, sequences = [], dict.fromkeys(DEVICES, 0)
    for number in range(count):
        device = draw(st.sampled_from(DEVICES))
        sequences[device] += 1
        kind = draw(st.sampled_from(["release", "release", "release", "undo", "confirm"]))
        about = uid(draw(st.integers(0, count))) if kind != "release" else None  # may be of one that never comes
        found.append(
            Tap(
                uid(number),
                kind,
                device,
                sequences[device],
                START + timedelta(hours=skew[device], minutes=number),
                draw(st.sampled_from(WAYS)),
                about,
                draw(st.sampled_from(list(Good))) if kind == "release" else Good.YES,
            )
        )
    return found


def outcome(order) -> tuple:
    settled = settle(order)
    return frozenset(settled.live), frozenset(settled.held), len(settled.contradicting), settled.stands is not None


@settings(max_examples=150, deadline=None)
@given(taps())
def test_every_order_ends_in_the_same_state(events):
    wanted = outcome(events)
    for order in permutations(events):
        assert outcome(order) == wanted


@given(taps())
def test_a_tap_told_again_changes_nothing(events):
    assert outcome([*events, *events]) == outcome(events)


@given(taps())
def test_who_stands_is_the_first_received_of_those_that_live(events):
    settled = settle(events)
    alive = [tap for tap in events if tap in settled.live]
    assert settled.stands == (alive[0] if alive else None)
