from datetime import date

import pytest

from afterschool import policy

IN_TERM = date(2026, 10, 9)


@pytest.fixture
def dalian():
    return policy.load("dalian-2024")


@pytest.fixture
def changle():
    return policy.load("changle-2021")


@pytest.fixture
def on():
    return IN_TERM
