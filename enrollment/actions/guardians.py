"""Who may put their name to a deed."""

from datetime import date

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student

from ..selectors import barred_guardians


def require_guardian(student: Student, by: Actor) -> int:
    """What only a guardian may do (民法典 27: the parents act for the child). Returns who."""
    if student.pk not in by.reach(Capability.APPLY).students:
        raise RuleBroken("这件事只有孩子的监护人可以办")
    return by.signer


def require_unbarred(student: Student, day: date, by: Actor) -> None:
    """Whoever must not collect the child does not decide when it leaves or who else collects: the office does."""
    if (student.pk, by.signer) in barred_guardians([student], day):
        raise RuleBroken("这件事请与学校办公室联系办理")
