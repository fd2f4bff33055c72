"""The desks of enrolment, one file per noun."""

from .agreements import sign_as_guardian, sign_as_school
from .applications import apply, decline, resubmit, take_back
from .disputes import end_dispute, hold_in_dispute
from .exports import ask_export, decide_export, note_export
from .pickup import (
    confirm_restriction,
    end_pickup,
    end_restriction,
    keep_restriction,
    name_pickup,
    photograph,
    restrict,
)
from .reviews import approve, approve_all, confirm, confirm_all, refuse, return_for_correction
from .sections import open_sections
from .waivers import ask_waiver, decide_waiver
from .withdrawals import acknowledge_withdrawal, withdraw

__all__ = [
    "acknowledge_withdrawal",
    "apply",
    "approve",
    "approve_all",
    "ask_export",
    "ask_waiver",
    "confirm",
    "confirm_all",
    "confirm_restriction",
    "decide_export",
    "decide_waiver",
    "decline",
    "end_dispute",
    "end_pickup",
    "end_restriction",
    "hold_in_dispute",
    "keep_restriction",
    "name_pickup",
    "note_export",
    "open_sections",
    "photograph",
    "refuse",
    "restrict",
    "resubmit",
    "return_for_correction",
    "sign_as_guardian",
    "sign_as_school",
    "take_back",
    "withdraw",
]
