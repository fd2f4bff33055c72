"""What people do in a day: open it, take rolls, ask leave, hand children over, close it."""

from .alarms import untaken_rolls
from .batches import begin_batch, end_batch
from .changes import cancel_change, change_pickup
from .close import close_day
from .codes import call_back, cancel_code, make_code
from .contacts import note_contact, unresolved_contacts
from .corrections import correct_mark, decide_correction
from .day import open_day
from .evening import tell_families
from .gate import confirm_held, take_events, undo_held
from .guard import enter_gate, leave_gate
from .incidents import Step, call_about_dispute, follow_incident, note_incident
from .late import begin_late, change_keeper, end_late
from .leave import ask_leave, cancel_leave
from .left import children_left
from .patrol import patrol
from .roll import take_roll, undo_roll
from .stops import move_session, resume_sessions, stop_sessions
from .transfers import receive_children

__all__ = [
    "Step", "ask_leave", "begin_batch", "begin_late", "call_about_dispute", "call_back",
    "cancel_change", "cancel_code", "cancel_leave", "change_keeper", "change_pickup", "children_left", "close_day",
    "confirm_held", "correct_mark", "decide_correction", "end_batch", "end_late", "enter_gate", "follow_incident",
    "leave_gate", "make_code", "move_session", "note_contact", "note_incident",
    "open_day", "patrol", "receive_children", "resume_sessions", "stop_sessions",
    "take_events", "take_roll", "tell_families", "undo_held", "undo_roll", "unresolved_contacts",
    "untaken_rolls",
]  # fmt: skip
