"""退费: for which causes money goes back, and how much of what was paid."""

from afterschool.policy.refunds.attendance import Attendance
from afterschool.policy.refunds.schedule import Refund, Schedule, route, schedule

__all__ = ["Attendance", "Refund", "Schedule", "route", "schedule"]
