"""How the stipends were worked out is told; what one person earns is not."""

import pytest

from billing.disclosures.hours import how_paid
from staffing.models import StipendLine


def lines(*served, **more):
    by_hour = {"counted": {"hour": "1"}}
    return [
        StipendLine(**{"workday_minutes": minutes, "amount_fen": fen, **by_hour, **more}) for minutes, fen in served
    ]


@pytest.mark.parametrize(
    ("paid", "told"),
    [
        (lines(*[(90, 90_00)] * 4), "不足 5 人，不单列工时"),
        (lines(*[(90, 90_00)] * 5), "7 小时 30 分钟 × 60.00"),
        (lines(*[(90, 90_00)] * 5, (50, 50_00)), "8 小时 20 分钟 × 60.00"),
        (lines(*[(90, 90_00)] * 5, (50, 51_00)), "8 小时 20 分钟"),  # no one rate explains every line
        (lines(*[(60, 150_00)] * 5, rest_minutes=30), "平日 5 小时，休息日 2 小时 30 分钟"),
        (lines(*[(0, 120_00)] * 5, counted={"lesson": "2"}), "10 课时 × 60.00"),
        (lines(*[(0, 75_00)] * 5, counted={"lesson": "5/4"}), "6.25 课时 × 60.00"),
        (lines(*[(90, 108_00)] * 5, counted={"minute": "90"}), "450 分钟 × 1.20"),
        (lines(*[(90, 80_00)] * 5, counted={"session": "2"}), "10 次 × 40.00"),
        (lines(*[(90, 80_00)] * 5, counted={"lesson": "1", "hour": "30"}), "5 课时，2 小时 30 分钟"),
    ],
)
def test_hours_and_rate_are_told_from_five_people_on(paid, told):
    assert how_paid(paid) == told
