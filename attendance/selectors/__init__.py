"""Where every child of the service is today."""

from .board import Board, board, unsigned_days, waiting_children
from .book import FINAL, DayBook, State, day_book, served_days
from .contacts import TOLD, Missing, missing_children, unresolved_absences
from .family import FamilyDay, family_day, service_days_of
from .gate import leave_modes, still_here
from .incidents import calls_open_to, calls_wanted, open_incidents
from .plan import PlanLine, day_plan
from .reach import (
    children_at_the_gate,
    children_of,
    schools_at_the_gate,
    sections_open_to,
    sessions_at_the_gate,
    sessions_before,
    sessions_open_to,
)
from .roll import (
    RollRow,
    corrections_asked,
    corrections_done,
    leave_statuses,
    leaves_ahead,
    month_is_locked,
    roll,
    signed,
    span,
    stands,
)
from .trail import ChildDay, Station, trail
from .transfers import Move, moves, room_changes, sessions_by_child

__all__ = [
    "FINAL", "TOLD", "Board", "ChildDay", "DayBook", "FamilyDay", "Missing", "Move", "PlanLine", "RollRow", "State",
    "Station", "board", "calls_open_to", "calls_wanted", "children_at_the_gate", "children_of", "corrections_asked",
    "corrections_done", "day_book", "day_plan", "family_day", "leave_modes", "leave_statuses",
    "leaves_ahead", "missing_children", "month_is_locked", "moves", "open_incidents", "roll", "room_changes",
    "schools_at_the_gate", "sections_open_to", "served_days", "service_days_of", "sessions_at_the_gate",
    "sessions_before", "sessions_by_child", "sessions_open_to", "signed", "span", "stands", "still_here", "trail",
    "unresolved_absences", "unsigned_days", "waiting_children",
]  # fmt: skip
