"""What the registry does, one file a noun."""

from .calendar import change_day, change_days, confirm_year, fill_calendar
from .posts import end_post, give_post
from .roster import apply_roster, begin_applying, read_roster, upload_roster
from .terms import adopt_policy, open_term

__all__ = [
    "adopt_policy",
    "apply_roster",
    "begin_applying",
    "change_day",
    "change_days",
    "confirm_year",
    "end_post",
    "fill_calendar",
    "give_post",
    "open_term",
    "read_roster",
    "upload_roster",
]
