"""The books of the day: what meets and who was there; what families say; what happens at the gate; what is kept."""

from .codes import CallBack, PickupCode
from .corrections import LaterRecord, MarkCorrection, MonthLock
from .day import Alarm, Batch, DayClose, LateStay, Patrol
from .family import ContactAttempt, Leave, PickupChange
from .gate import GateEvent, GateList, Handover
from .records import (
    Archive,
    EmergencyPlan,
    GateEntry,
    Incident,
    SessionPhoto,
    Venue,
    VenueCheck,
)
from .session import Mark, Session, Transfer

__all__ = [
    "Alarm", "Archive", "Batch", "CallBack", "ContactAttempt", "DayClose", "EmergencyPlan", "GateEntry", "GateEvent",
    "GateList", "Handover", "Incident", "LateStay", "LaterRecord", "Leave", "Mark", "MarkCorrection", "MonthLock",
    "Patrol", "PickupChange", "PickupCode", "Session", "SessionPhoto", "Transfer", "Venue", "VenueCheck",
]  # fmt: skip
