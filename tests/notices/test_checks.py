import pytest
from django.core.checks import run_checks


def said():
    return [caution.id for caution in run_checks(include_deployment_checks=True)]


@pytest.mark.parametrize("carrier, warned", [("afterschool.notices.carriers.Recording", True), ("gateway.Sms", False)])
def test_a_deployment_whose_codes_reach_nobody_is_warned(settings, carrier, warned):
    settings.NOTICE_CARRIERS = {**settings.NOTICE_CARRIERS, "sms": carrier}
    assert ("notices.W001" in said()) is warned


def test_a_laptop_is_not_warned():
    assert "notices.W001" not in [caution.id for caution in run_checks()]
