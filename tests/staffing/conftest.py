from functools import partial

import pytest

from tests import cast
from tests.attendance.town import build


@pytest.fixture
def town(haitang, term):
    """海棠路小学 with 三(2)班, 王静 and 赵立新 on the rota of Thursday 15 October 2026."""
    return build(haitang, term)


@pytest.fixture
def adopt(d_bureau):
    """Let the bureau work under a policy of a few rules from a day on."""
    return partial(cast.adopt, d_bureau)
