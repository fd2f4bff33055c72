"""What people do in a day: open it, take rolls, ask leave, hand children over, close it."""

from .alarms import children_left, untaken_rolls
from .day import close_day, note_incident, open_day
from .gate import confirm_held, take_events
from .handover import Departure, hand_over, hand_over_all, report_wrong_adult, undo_handover
from .leave import ask_leave, cancel_leave
from .roll import correct_mark, take_roll, undo_roll

__all__ = [
    "Departure", "ask_leave", "cancel_leave", "children_left", "close_day", "confirm_held", "correct_mark", "hand_over", "hand_over_all",
    "note_incident", "open_day", "report_wrong_adult", "take_events", "take_roll", "undo_handover", "undo_roll", "untaken_rolls",
]  # fmt: skip
