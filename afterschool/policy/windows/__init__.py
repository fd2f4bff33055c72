"""服务时间: on which days, until when, and for how long a service may run."""

from afterschool.policy.windows.days import (
    closed_weekdays,
    day_off,
    outside,
    runs_on,
    served,
    vacation_length,
    weekday_open,
)
from afterschool.policy.windows.hours import BELLS, Bells, allowed

__all__ = [
    "BELLS", "Bells", "allowed", "closed_weekdays", "day_off", "outside", "runs_on", "served", "vacation_length",
    "weekday_open",
]  # fmt: skip
