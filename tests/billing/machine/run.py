"""All rules together, and how long they are let run."""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .month_end import MonthEnd
from .payees import Payees
from .payouts import Payouts
from .policies import Policies
from .sheets import Sheets
from .trouble import Trouble
from .wechat import WeChat
from .world import build

LONG = os.environ.get("MACHINE", "")  # "5000x100": examples, and steps in each
EXAMPLES, STEPS = map(int, (LONG or "158x65").split("x"))


class MoneyRoom(Policies, MonthEnd, Payouts, Payees, WeChat, Sheets, Trouble):
    """All of it."""


@pytest.fixture
def room(transactional_db) -> Iterator[type[MoneyRoom]]:
    MoneyRoom.world, MoneyRoom.steps = build(), 0
    gc.disable()  # a tenth of the time; nothing here goes in circles for long
    yield MoneyRoom
    gc.enable()


def walk(room: type[MoneyRoom], number: int) -> None:
    """The same walk each time in the suite; another one each time, and shrunk where it fails, in a long run."""
    how = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(room if LONG else seed(number)(room), settings=how)
    assert LONG or room.steps >= 10_000, room.steps
