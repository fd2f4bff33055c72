"""Where every child of the service is today."""

from .board import Board, board, unsigned_days, waiting_children
from .book import FINAL, DayBook, State, day_book, final_states, served_days
from .contacts import TOLD, Missing, guardians_to_call, missing_children, unresolved_absences
from .family import FamilyDay, family_day, service_days_of
from .gate import leave_modes, still_here
from .reach import children_at_the_gate, children_of, sections_open_to, sessions_at_the_gate, sessions_open_to
from .roll import (
    RollRow,
    corrections_asked,
    corrections_done,
    leave_statuses,
    leaves_ahead,
    month_is_locked,
    roll,
    span,
)
from .trail import ChildDay, Station, trail
from .transfers import Move, moves, room_changes

__all__ = [
    "FINAL", "TOLD", "Board", "ChildDay", "DayBook", "FamilyDay", "Missing", "Move", "RollRow", "State", "Station",
    "board", "children_at_the_gate", "children_of", "corrections_asked", "corrections_done", "day_book",
    "family_day", "final_states", "guardians_to_call", "leave_modes", "leave_statuses", "leaves_ahead",
    "missing_children", "month_is_locked", "moves", "roll", "room_changes", "sections_open_to", "served_days",
    "service_days_of", "sessions_at_the_gate", "sessions_open_to", "span", "still_here", "trail",
    "unresolved_absences", "unsigned_days", "waiting_children",
]  # fmt: skip
