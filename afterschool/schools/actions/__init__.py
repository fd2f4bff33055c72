"""What the registry does, one file a noun."""

from .calendar import change_day, confirm_year, fill_calendar
from .posts import end_post, give_post
from .terms import adopt_policy, open_term

__all__ = [
    "adopt_policy",
    "change_day",
    "confirm_year",
    "end_post",
    "fill_calendar",
    "give_post",
    "open_term",
]
