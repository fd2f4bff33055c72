from datetime import date

import pytest

from afterschool import policy
from afterschool.policy import loader

IN_TERM = date(2026, 10, 9)


@pytest.fixture(autouse=True)
def without_shelves(monkeypatch):
    """The law library by itself: the files that come with it, and no table of bureaus."""
    monkeypatch.setattr(loader, "_shelves", [])


@pytest.fixture
def dalian():
    return policy.load("dalian-2024")


@pytest.fixture
def changle():
    return policy.load("changle-2021")


@pytest.fixture
def on():
    return IN_TERM
