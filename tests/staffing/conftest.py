from datetime import date
from itertools import count

import pytest

from afterschool.schools.models import Adoption, PolicyText
from tests import cast
from tests.attendance.town import build
from tests.policy.tiny import file

_numbers = count(1)


@pytest.fixture
def town(haitang, term):
    """海棠路小学 with 三(2)班, 王静 and 赵立新 on the rota of Thursday 15 October 2026."""
    return build(haitang, term)


@pytest.fixture
def adopt(d_bureau):
    """Let the bureau work under a policy of these few rules from a day on."""

    def adopt(rules, began_on=date(2026, 9, 1)):
        code = f"tiny-{next(_numbers)}"
        PolicyText.objects.create(
            code=code, title="办法", body=file(rules, code=code), bureau=d_bureau, uploaded_by=cast.make_person("文书")
        )
        return Adoption.objects.create(bureau=d_bureau, policy=code, began_on=began_on)

    return adopt
