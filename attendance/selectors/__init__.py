"""Where every child of the service is today."""

from .board import Board, board, unsigned_days, waiting_children
from .book import FINAL, DayBook, State, day_book, final_states, served_days
from .contacts import TOLD, Missing, guardians_to_call, missing_children, unresolved_absences
from .gate import leave_modes, still_here
from .reach import children_at_the_gate, children_of, sections_open_to, sessions_at_the_gate, sessions_open_to
from .roll import RollRow, leave_statuses, leaves_ahead, roll, span
from .trail import ChildDay, Station, trail

__all__ = [
    "FINAL", "TOLD", "Board", "ChildDay", "DayBook", "Missing", "RollRow", "State", "Station", "board",
    "children_at_the_gate", "children_of", "day_book", "final_states", "guardians_to_call", "leave_modes",
    "leave_statuses", "leaves_ahead", "missing_children", "roll", "sections_open_to", "served_days",
    "sessions_at_the_gate", "sessions_open_to", "span", "still_here", "trail", "unresolved_absences",
    "unsigned_days", "waiting_children",
]  # fmt: skip
