"""What the registry does, one file a noun."""

from .bureaus import change_bureau, found_bureau
from .calendar import change_day, change_days, confirm_year, fill_calendar
from .policies import adopt_policy, confirm_adoption, decline_adoption, propose_adoption, upload_policy
from .posts import end_post, give_post
from .roster import apply_roster, begin_applying, read_roster, upload_roster
from .schools import add_school, change_school
from .terms import open_term

__all__ = [
    "add_school",
    "adopt_policy",
    "apply_roster",
    "begin_applying",
    "change_bureau",
    "change_day",
    "change_days",
    "change_school",
    "confirm_adoption",
    "confirm_year",
    "decline_adoption",
    "end_post",
    "fill_calendar",
    "found_bureau",
    "give_post",
    "open_term",
    "propose_adoption",
    "read_roster",
    "upload_policy",
    "upload_roster",
]
