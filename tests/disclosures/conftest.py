import pytest

from tests.billing.conftest import town  # noqa: F401

from . import month


@pytest.fixture
def closed(town):  # noqa: F811
    """The month worked out by hand, locked."""
    return month.four_children(town)
