"""What people do in a day: open it, take rolls, ask leave, hand children over, close it."""

from .alarms import untaken_rolls
from .batches import begin_batch, end_batch
from .close import close_day
from .contacts import note_contact, unresolved_contacts
from .corrections import correct_mark, decide_correction
from .day import open_day
from .gate import confirm_held, take_events
from .handover import Departure, hand_over, hand_over_all, report_wrong_adult, undo_handover
from .incidents import Step, call_about_dispute, follow_incident, note_incident
from .late import begin_late, change_keeper, end_late
from .leave import ask_leave, cancel_leave
from .left import children_left
from .patrol import patrol
from .roll import take_roll, undo_roll

__all__ = [
    "Departure", "Step", "ask_leave", "begin_batch", "begin_late", "call_about_dispute", "cancel_leave",
    "change_keeper", "children_left", "close_day", "confirm_held", "correct_mark", "decide_correction", "end_batch",
    "end_late", "follow_incident", "hand_over", "hand_over_all", "note_contact", "note_incident", "open_day",
    "patrol", "report_wrong_adult", "take_events", "take_roll", "undo_handover", "undo_roll", "unresolved_contacts",
    "untaken_rolls",
]  # fmt: skip
